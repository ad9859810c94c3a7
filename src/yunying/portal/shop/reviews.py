"""Reviews: of what was bought and delivered, one for a line, shown once somebody of the shop has read it."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from yunying.audit.log import Change, audit_record
from yunying.kernel.errors import OperatorError
from yunying.portal.shop.models import Order, OrderLine, Product, Review


def review_write(order: Order, position: int, stars: int, text: str, name: str, now: datetime) -> Review:
    """Say how a line of a delivered order is."""
    line = OrderLine.objects.filter(order=order, position=position).select_related("variant").first()
    if line is None or order.state != "delivered":
        raise OperatorError("review-closed", "Only what was delivered is reviewed.", "Wait until it is there.")
    if not 1 <= stars <= 5:
        raise OperatorError("no-stars", "The stars are missing.", "Give one to five.")
    try:
        with transaction.atomic():
            return Review.objects.create(
                shop_id=order.shop_id, product_id=line.variant.product_id, line=line, stars=stars, text=text[:2000],
                name=name[:40], written_at=now,
            )  # fmt: skip
    except IntegrityError as error:
        raise OperatorError("reviewed-already", "This was reviewed already.", "Look at what you wrote.") from error


def work_review(review: Review, *, is_shown: bool, answer: str, actor: str, now: datetime) -> None:
    """Show or hide a review and answer it; the product's stars follow in the same transaction."""
    with transaction.atomic():
        row = Review.objects.select_for_update(of=("self",), no_key=True).get(pk=review.pk)
        state = "shown" if is_shown else "hidden"
        step = (state == "shown") - (row.state == "shown")
        Review.objects.filter(pk=row.pk).update(state=state, answer=answer[:1000], decided_at=now)
        if step:
            Product.objects.filter(pk=row.product_id).update(
                stars_sum=F("stars_sum") + step * row.stars, stars_count=F("stars_count") + step
            )
        change = Change("shop-review", f"review/{row.pk}", before={"state": row.state, "answer": row.answer},
                        after={"state": state, "answer": answer})  # fmt: skip
        audit_record(review.shop.slug, actor, now, [change])
