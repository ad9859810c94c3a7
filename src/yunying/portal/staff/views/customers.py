"""Customers, what they ask, and what they say of the goods."""

from django.db.models import Count, Max, Q, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from yunying.kernel.errors import OperatorError
from yunying.portal.shop.conversations import work_answer, work_close
from yunying.portal.shop.models import Conversation, Order, Review, Shop
from yunying.portal.shop.reviews import work_review
from yunying.portal.shop.views.frame import text_given
from yunying.portal.staff.access import actor_of, framed, paged, staff


@require_safe
@staff("see")
def customer_list(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Whoever ordered, by the phone that the orders went to."""
    # Of those who were erased no telephone is left, and they are nobody's customers any more.
    rows = Order.objects.filter(shop=shop).exclude(address__phone="")
    words = text_given(request.GET, "q", 100)
    if words:
        rows = rows.filter(Q(address__name__icontains=words) | Q(address__phone__contains=words)
                           | Q(address__email__iexact=words))  # fmt: skip
    grouped = rows.order_by().values("address__phone").annotate(
        name=Max("address__name"), email=Max("address__email"), city=Max("address__city"), orders=Count("pk"),
        paid=Sum("paid_minor"), refunded=Sum("refunded_minor"), last=Max("placed_at"), person=Max("person"),
    )  # fmt: skip
    return framed(request, shop, "customers", {"rows": paged(request, grouped.order_by("-last")), "words": words})


@require_safe
@staff("see")
def conversation_list(request: HttpRequest, shop: Shop) -> HttpResponse:
    chosen = text_given(request.GET, "state", 10)
    rows = Conversation.objects.filter(shop=shop).select_related("order").order_by("-changed_at")
    if chosen in Conversation.STATES:
        rows = rows.filter(state=chosen)
    content = {"rows": paged(request, rows), "chosen": chosen, "states": Conversation.STATES}
    return framed(request, shop, "conversations", content)


@require_safe
@staff("see")
def conversation(request: HttpRequest, shop: Shop, id: int) -> HttpResponse:
    return _shown(request, _conversation(shop, id), None)


@require_POST
@staff("answer")
def conversation_act(request: HttpRequest, shop: Shop, id: int, action: str) -> HttpResponse:
    found, actor, now = _conversation(shop, id), actor_of(request), timezone.now()
    try:
        if action == "answer":
            work_answer(found, text_given(request.POST, "text", 4_000), actor, now)
        elif action == "close":
            work_close(found, actor, now)
        else:
            raise Http404
    except OperatorError as error:
        return _shown(request, found, error)
    return redirect(f"{reverse('staff:conversation', args=[shop.slug, found.pk])}?done=1")


@require_safe
@staff("see")
def review_list(request: HttpRequest, shop: Shop) -> HttpResponse:
    chosen = text_given(request.GET, "state", 10)
    rows = Review.objects.filter(shop=shop).select_related("product", "line__order").order_by("-written_at")
    rows = rows.filter(state=chosen if chosen in Review.STATES else "waiting")
    content = {"rows": paged(request, rows), "chosen": chosen or "waiting", "states": Review.STATES}
    return framed(request, shop, "reviews", content)


@require_POST
@staff("reviews")
def review_act(request: HttpRequest, shop: Shop, id: int) -> HttpResponse:
    found = Review.objects.filter(shop=shop, pk=min(id, 2**62)).select_related("shop").first()
    if found is None:
        raise Http404
    work_review(
        found, is_shown="show" in request.POST, answer=text_given(request.POST, "answer", 1_000),
        actor=actor_of(request), now=timezone.now(),
    )  # fmt: skip
    return redirect(f"{reverse('staff:reviews', args=[shop.slug])}?done=1")


def _conversation(shop: Shop, pk: int) -> Conversation:
    rows = Conversation.objects.filter(shop=shop, pk=min(pk, 2**62)).select_related("shop", "order")
    if (found := rows.first()) is None:
        raise Http404
    return found


def _shown(request: HttpRequest, found: Conversation, problem: OperatorError | None) -> HttpResponse:
    content = {"conversation": found, "remarks": found.remarks.order_by("pk")}
    return framed(request, found.shop, "conversation", content, problem)
