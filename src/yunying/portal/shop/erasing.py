"""What the shop forgets of somebody who is erased, and what it keeps because the law wants the books kept.

Kept are an order's number, days, goods, amounts, tax, payments, the country and province that it went to, and the
numbered invoices. What names or reaches the buyer goes. An order that is still under way keeps its address until it
is through, for without it nothing can be delivered.
"""

from collections.abc import Callable, Iterable

from django.db.models import F, Q, QuerySet

from yunying.accounts.member_keys import member_drop
from yunying.accounts.people import Person
from yunying.portal.shop.coupons import phone_digits
from yunying.portal.shop.models import (
    Address,
    AppliedCommand,
    Basket,
    BasketVisit,
    Conversation,
    CouponUse,
    Invoice,
    Message,
    Order,
    Product,
    Refund,
    Return,
    Review,
)

Without = Callable[[str], str]
MAIL_KINDS = ("placed", "paid", "shipped", "refunded")
NAMING = ("name", "phone", "email", "city", "district", "street", "postcode")
"""What goes of an order's address; country and province stay, for they say where its tax is due."""


def orders_of(person: Person, email: str) -> QuerySet[Order]:
    """A member's orders, and those that a guest placed with the address that the member has proven."""
    mine = Q(person=person)
    if email:
        mine |= Q(person=None, address__email__iexact=email)
    return Order.objects.filter(mine).select_related("address", "shop").order_by("pk")


def order_is_open(order: Order) -> bool:
    """Whether something is still to be delivered, sent back or refunded, for which the shop must reach the buyer."""
    return (
        order.state in ("placed", "accepted", "shipped")
        or Return.objects.filter(order=order, state__in=("asked", "approved")).exists()
        or Refund.objects.filter(payment__order=order, state="asked").exists()
    )


def conversations_of(person: Person, email: str, orders: Iterable[Order]) -> QuerySet[Conversation]:
    """What a member asked the shop, signed in, by the proven address, or about an order."""
    mine = Q(person=person) | Q(order__in=[order.pk for order in orders])
    return Conversation.objects.filter(mine | Q(person=None, email__iexact=email) if email else mine)


def messages_of(email: str, orders: Iterable[Order]) -> QuerySet[Message]:
    """The mails to a proven address, and those about orders."""
    mine = Q(to__iexact=email) if email else Q(pk=None)
    for order in orders:
        mine |= Q(shop=order.shop_id, about__in=[f"{kind}-{order.number}" for kind in MAIL_KINDS])
    return Message.objects.filter(mine)


def order_strip(order: Order, without: Without) -> list[tuple[str, str]]:
    """Take what names or reaches the buyer off an order that is through, in the caller's transaction.

    Ask ``order_traces`` before, for what the log tells of it.

    Returns:
        The store and the random key under which a guest of that telephone number was known, for the log to tell.
    """
    address = order.address
    digits = "".join(letter for letter in address.phone if letter.isdigit())
    # A guest is known to the facts by his telephone number, so this row would name him.
    key = member_drop(order.shop.slug, f"phone:{digits}")
    _commands_strip(order)
    messages_of("", [order]).delete()
    conversations = Conversation.objects.filter(order=order)
    Message.objects.filter(about__in=[f"answer-{pk}" for pk in conversations.values_list("pk", flat=True)]).delete()
    conversations.delete()
    Address.objects.filter(pk=address.pk).update(**dict.fromkeys(NAMING, ""))
    Order.objects.filter(pk=order.pk).update(note="", tracking="", digest="", person=None)
    CouponUse.objects.filter(order=order).update(phone="")
    BasketVisit.objects.filter(basket=order.basket_id).delete()
    for row in Return.objects.filter(order=order):
        Return.objects.filter(pk=row.pk).update(reason="", answer=without(row.answer))
    for row in Refund.objects.filter(payment__order=order):
        Refund.objects.filter(pk=row.pk).update(reason=without(row.reason))
    for row in Invoice.objects.filter(order=order):
        # The database lets this change through and no other.
        Invoice.objects.filter(pk=row.pk).update(content={**row.content, "to": []})
    return [(order.shop.slug, key)] if key else []


def person_forget(person: Person, email: str, orders: list[Order], without: Without, *, keeps_posts: bool) -> None:
    """Delete or strip what the shop holds on somebody beside the orders themselves, in the caller's transaction."""
    still_open = [order for order in orders if order_is_open(order)]
    talks = conversations_of(person, email, orders).exclude(order__in=[order.pk for order in still_open])
    Message.objects.filter(about__in=[f"answer-{pk}" for pk in talks.values_list("pk", flat=True)]).delete()
    talks.delete()
    if email:
        Message.objects.filter(to__iexact=email).delete()
    baskets = Basket.objects.filter(person=person)
    BasketVisit.objects.filter(basket__in=baskets).delete()
    baskets.filter(order=None).delete()
    baskets.update(person=None)
    for review in Review.objects.filter(line__order__in=[order.pk for order in orders]):
        if keeps_posts:
            Review.objects.filter(pk=review.pk).update(
                name="", text=without(review.text), answer=without(review.answer)
            )
            continue
        if review.state == "shown":
            Product.objects.filter(pk=review.product_id).update(
                stars_sum=F("stars_sum") - review.stars, stars_count=F("stars_count") - 1
            )
        review.delete()


def _commands_of(order: Order) -> QuerySet[AppliedCommand]:
    """The mails that somebody had the shop send to the buyer."""
    mine = Q(params__order=order.number)
    if order.address.email:
        mine |= Q(params__to=order.address.email)
    return AppliedCommand.objects.filter(mine, shop=order.shop_id, kind="send-message")


def _commands_strip(order: Order) -> None:
    for row in _commands_of(order):
        params = {name: "" if name in ("to", "subject", "body") else value for name, value in row.params.items()}
        what = row.what.replace(order.address.email, "…") if order.address.email else row.what
        AppliedCommand.objects.filter(pk=row.pk).update(params=params, what=what)
        Message.objects.filter(shop=order.shop_id, pk=row.result.get("message", 0)).delete()


def order_traces(orders: Iterable[Order]) -> dict[str, set[str]]:
    """What the log's links about orders are about, by chain."""
    found: dict[str, set[str]] = {}
    for order in orders:
        mine = found.setdefault(order.shop.slug, set())
        mine |= {f"order/{order.number}", *_commands_of(order).values_list("key", flat=True)}
        talks = Conversation.objects.filter(order=order).values_list("pk", flat=True)
        mine |= {f"conversation/{pk}" for pk in talks}
        reviews = Review.objects.filter(line__order=order).values_list("pk", flat=True)
        mine |= {f"review/{pk}" for pk in reviews}
    return found


def phones_of(orders: Iterable[Order]) -> set[str]:
    """The telephone numbers of orders in all forms in which the shop keeps them."""
    found: set[str] = set()
    for order in orders:
        phone = order.address.phone
        found |= {phone, phone_digits(phone), "".join(letter for letter in phone if letter.isdigit())}
    return found
