"""Rows of ``order_line``: an order's parts in each state that they reach; money stands where it really moved."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings

from yunying.accounts.member_keys import member_key_known, member_keys
from yunying.portal.shop.facts.parts import parts_new, parts_of
from yunying.portal.shop.facts.rows import day_of, facts_write, moment_text, price_text
from yunying.portal.shop.models import BasketVisit, Order, OrderLine, OrderPart, Refund, RefundLine, Return, ReturnLine
from yunying.portal.shop.totals import shares_of

Of = Callable[[OrderPart], Mapping[str, Any]]


def order_placed_tell(order: Order, lines: Sequence[OrderLine], now: datetime) -> None:
    """All parts of a new order as they are ordered; the buyer has a random key from now on."""
    buyer = _buyer(order)
    member = member_keys(order.shop.slug, [buyer])[buyer]
    if settings.SHOP_FACTS:
        _tell(order, "placed", "", now, _whole, parts=parts_new(order, lines), member=member)


def order_paid_tell(order: Order, now: datetime) -> None:
    """All parts as they are paid. Nobody takes a commission, and none of the ways to pay takes a fee."""
    _tell(order, "paid", "", now, lambda part: {**_whole(part), "commission_minor": 0, "payment_fee_minor": 0})


def order_shipped_tell(order: Order, now: datetime) -> None:
    """The goods as they leave; what the courier costs is unknown unless the way of shipping names it."""
    if not settings.SHOP_FACTS:
        return
    goods = [part for part in parts_of(order) if part.kind == "goods"]
    cost_minor = order.shipping_method.cost_minor
    shares = dict(zip([part.line for part in goods], shares_of(cost_minor or 0, [part.amount_minor for part in goods]),
                      strict=True))  # fmt: skip
    _tell(
        order, "shipped", "", now,
        lambda part: {
            **_nothing(part), "shipping_cost_minor": None if cost_minor is None else shares[part.line],
        },
        lambda part: part.kind == "goods",
    )  # fmt: skip


def order_cancelled_tell(order: Order, now: datetime, *, is_sellable: bool = True) -> None:
    """The goods as they become free again; money that goes back is told when it has gone.

    What nobody paid was never sold, so it is told without units: figures take them off what was paid.
    """
    is_paid = order.paid_at is not None

    def units(part: OrderPart) -> Mapping[str, Any]:
        quantity = part.quantity if is_paid else 0
        return {**_nothing(part), "quantity": quantity, "restocked_quantity": quantity if is_sellable else 0}

    _tell(order, "cancelled", "", now, units, lambda part: part.kind == "goods")


def return_received_tell(order: Order, sent_back: Return, now: datetime, *, is_sellable: bool) -> None:
    """The units that came back; their money is told when it has gone."""
    returned = {each.line_id: each.quantity for each in ReturnLine.objects.filter(sent_back=sent_back)}

    def units(part: OrderPart) -> int:
        whole = part.order_line.quantity if part.order_line else 1
        return part.quantity * returned[part.order_line_id or 0] // whole

    _tell(
        order, "refunded", f"return-{sent_back.pk}", now,
        lambda part: {**_nothing(part), "quantity": units(part),
                      "restocked_quantity": units(part) if is_sellable else 0},
        lambda part: part.order_line_id in returned,
    )  # fmt: skip


def refund_done_tell(order: Order, refund: Refund, now: datetime) -> None:
    """Money that went back, shared among the parts that it was paid for; none gets back more than it brought.

    In the caller's transaction, which holds the order's row.
    """
    if not settings.SHOP_FACTS:
        return
    parts = parts_of(order)
    left = [part.amount_minor - part.refunded_minor for part in parts]
    shares = _refund_shares(parts, left, refund)
    for part, share in zip(parts, shares, strict=True):
        if share:
            part.refunded_minor += share
            part.save(update_fields=["refunded_minor"])
    back = {part.line: share for part, share in zip(parts, shares, strict=True) if share}
    _tell(
        order, "refunded", f"refund-{refund.pk}", now,
        lambda part: {
            **_nothing(part), "quantity": 0, "amount_minor": back[part.line],
            "tax_minor": part.tax_minor * back[part.line] // max(part.amount_minor, 1),
            "commission_minor": 0, "payment_fee_minor": 0, "restocked_quantity": 0,
        },
        lambda part: part.line in back,
    )  # fmt: skip


def _refund_shares(parts: list[OrderPart], left: list[int], refund: Refund) -> list[int]:
    """By the lines and the postage that the refund names, as far as it is there; any other by what is left of each."""
    wanted = [0] * len(parts)
    named: dict[int | None, int] = {
        each.line_id: each.amount_minor for each in RefundLine.objects.filter(refund=refund)
    }
    # Postage is the part that no line of the order stands for.
    for line, amount_minor in (named | {None: refund.shipping_minor}).items():
        places = [at for at, part in enumerate(parts) if part.order_line_id == line]
        if places:
            shares = shares_of(amount_minor, [parts[at].amount_minor for at in places])
            for at, share in zip(places, shares, strict=True):
                wanted[at] = min(share, left[at])
    rest = [there - taken for there, taken in zip(left, wanted, strict=True)]
    more = shares_of(refund.amount_minor - sum(wanted), rest)
    return [one + other for one, other in zip(wanted, more, strict=True)]


def _tell(
    order: Order, state: str, occurrence: str, now: datetime, of: Of,
    which: Callable[[OrderPart], bool] = lambda part: True, *, parts: Sequence[OrderPart] = (), member: str = "",
) -> None:  # fmt: skip
    if not settings.SHOP_FACTS:
        return
    shop, address = order.shop, order.address
    visit = BasketVisit.objects.filter(basket=order.basket_id).first()
    shared = {
        "order": order.number, "state": state, "occurrence": occurrence, "date": day_of(shop, now).isoformat(),
        "at": moment_text(now), "promotion": order.coupon_code or None, "reality": "real",
        "member": member or member_key_known(shop.slug, _buyer(order)),
        "region": address.region if address.country == "CN" else address.country,
        "session": visit.session if visit else None, "channel": visit.channel or None if visit else None,
        "campaign": visit.campaign or None if visit else None,
    }  # fmt: skip
    facts_write(shop, "order_line", [{**shared, **_part(order, part), **of(part)}
                                     for part in parts or parts_of(order) if which(part)], now)  # fmt: skip


def _part(order: Order, part: OrderPart) -> Mapping[str, Any]:
    return {
        "line": part.line, "product": part.product, "line_kind": part.kind,
        "list_price": price_text(part.goods_minor, order.currency, part.quantity),
        "unit_cost": price_text(part.unit_cost_minor, order.currency) if part.kind == "goods" else None,
    }  # fmt: skip


def _whole(part: OrderPart) -> Mapping[str, Any]:
    is_taxed_on_top = part.order.total_minor > (
        part.order.goods_minor - part.order.discount_minor + part.order.shipping_minor
    )
    net_minor = part.amount_minor - part.tax_minor if is_taxed_on_top else part.amount_minor
    return {
        "quantity": part.quantity, "amount_minor": part.amount_minor, "tax_minor": part.tax_minor,
        "discount_minor": max(part.goods_minor - net_minor, 0),
    }  # fmt: skip


def _nothing(part: OrderPart) -> Mapping[str, Any]:
    """The units without money."""
    return {"quantity": part.quantity, "amount_minor": 0, "tax_minor": 0}


def _buyer(order: Order) -> str:
    """What the map of members knows a buyer by: his account, or the telephone number that a guest gave."""
    if order.person_id is not None:
        return f"person:{order.person_id}"
    digits = "".join(letter for letter in order.address.phone if letter.isdigit())
    return f"phone:{digits}"
