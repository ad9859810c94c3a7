"""Placing an order: once for a key, at the prices the buyer saw, with everything it needs held or not at all."""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from yunying.kernel.errors import OperatorError
from yunying.portal.shop.baskets import PricedBasket, basket_priced, basket_seen, shipping_methods, ships_to
from yunying.portal.shop.coupons import coupon_take
from yunying.portal.shop.facts.orders import order_placed_tell
from yunying.portal.shop.holds import money_may_move
from yunying.portal.shop.mails import order_mail
from yunying.portal.shop.models import Address, Basket, Order, OrderLine, Payment, ShippingMethod
from yunying.portal.shop.providers import provider_offered
from yunying.portal.shop.providers.contract import Provider
from yunying.portal.shop.states import order_accept
from yunying.portal.shop.stock import stock_demand, stock_enough, stock_reserve
from yunying.portal.shop.totals import shares_of

MOST_MINOR = 10**12


@dataclass(frozen=True)
class CheckOut:
    """What a buyer sends: his key, what he saw (``basket_seen``), where it goes, how it is paid."""

    key: str
    seen: str
    shipping_method: int
    provider: str
    address: Mapping[str, str]
    note: str = ""
    language: str = "en"

    def digest(self, basket: Basket) -> str:
        """What the key stands for."""
        sent = {**asdict(self), "address": dict(self.address)}
        del sent["language"]
        content = json.dumps([basket.pk, sent], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()


def order_place(basket: Basket, check_out: CheckOut, now: datetime) -> Order:
    """Place the order of a basket; the same key again is the same order, whoever comes first.

    Raises:
        OperatorError: nothing was done; the basket is as it was.
    """
    if not 8 <= len(check_out.key) <= 64:
        raise OperatorError("bad-key", "The order's key is missing.", "Open the check-out again.")
    # An open basket has no order yet, or one of this moment, which whoever holds the lock will see.
    known = _refused_early(basket, check_out) if basket.is_open else _known(basket, check_out)
    if known is not None:
        return known
    try:
        with transaction.atomic():
            return _known(basket, check_out) or _placed(basket, check_out, now)
    except IntegrityError:
        # Another basket came first with this key.
        known = _known(basket, check_out)
        if known is None:
            raise
        return known


def _known(basket: Basket, check_out: CheckOut) -> Order | None:
    order = Order.objects.filter(shop=basket.shop_id, key=check_out.key).first()
    if order is not None and order.digest != check_out.digest(basket):
        raise OperatorError(
            "key-reused", "This key placed another order.", "Look at that order, or open the check-out again."
        )
    return order


def _refused_early(basket: Basket, check_out: CheckOut) -> Order | None:
    """Whoever comes when all is sold learns it without a lock; the reservation decides about the rest."""
    try:
        stock_enough(stock_demand(dict(basket.lines.values_list("variant", "quantity"))))
    except OperatorError:
        # Perhaps the same key took the last just now: then this is its second send.
        known = _known(basket, check_out)
        if known is None:
            raise
        return known
    return None


def _placed(basket: Basket, check_out: CheckOut, now: datetime) -> Order:
    # The basket's row makes the sends of one basket wait for each other.
    if not Basket.objects.filter(pk=basket.pk, is_open=True).update(is_open=False):
        known = _known(basket, check_out)
        if known is None:
            raise OperatorError("basket-ordered", "This basket was ordered already.", "Look at your order.")
        return known
    basket.refresh_from_db(from_queryset=Basket.objects.select_related("shop"))
    money_may_move(basket.shop)
    provider = provider_offered(check_out.provider)
    methods = shipping_methods(basket.shop)
    method = _method(methods, check_out)
    priced = _as_seen(basket, check_out, method, methods, now)
    order, lines = _order(basket, check_out, priced, method, now)
    needed = stock_demand({line.variant.pk: line.quantity for line in priced.lines})
    if priced.coupon is not None:
        coupon_take(priced.coupon, order, now)
    order_placed_tell(order, lines, now)
    order_mail(order, "placed", now)
    if order.total_minor:
        _begin(order, provider, now)
    # Last, because a crowd that wants the same item waits for this row until the transaction ends.
    stock_reserve(order, needed, now + provider.hold)
    if order.total_minor == 0 or provider.accepts_unpaid:
        order_accept(order, now, is_paid=order.total_minor == 0)
    return order


def _method(methods: Sequence[ShippingMethod], check_out: CheckOut) -> ShippingMethod:
    there = ships_to(methods, check_out.address.get("country", ""))
    chosen = [each for each in there if each.pk == check_out.shipping_method]
    if not chosen:
        raise OperatorError("no-shipping", "This way of shipping does not go there.", "Choose another one.")
    return chosen[0]


def _as_seen(
    basket: Basket, check_out: CheckOut, method: ShippingMethod, methods: Sequence[ShippingMethod], now: datetime
) -> PricedBasket:  # fmt: skip
    """The basket at the prices in force, if they are those that the buyer agreed to."""
    priced = basket_priced(basket, method, now)
    if priced.coupon_problem is not None:
        raise priced.coupon_problem
    if priced.missing:
        raise OperatorError("not-for-sale", "Something in the basket is not for sale any more.", "Take it out first.")
    if not priced.lines:
        raise OperatorError("basket-empty", "The basket is empty.", "Put something into it first.")
    if basket_seen(basket.shop, priced, methods) != check_out.seen:
        raise OperatorError(
            "basket-changed", "The basket or a price has changed.", "Look at the new total and order again."
        )
    if priced.totals.total_minor > MOST_MINOR:
        raise OperatorError("order-too-large", "This order is too large.", "Split it into several.")
    return priced


def _order(
    basket: Basket, check_out: CheckOut, priced: PricedBasket, method: ShippingMethod, now: datetime
) -> tuple[Order, list[OrderLine]]:  # fmt: skip
    totals = priced.totals
    order = Order.objects.create(
        shop=basket.shop, number=f"{secrets.randbelow(10**12):012d}", token=secrets.token_urlsafe(24),
        key=check_out.key, digest=check_out.digest(basket), basket=basket, person=basket.person,
        currency=basket.shop.currency, goods_minor=totals.goods_minor, discount_minor=totals.discount_minor,
        shipping_minor=totals.shipping_minor, tax_minor=totals.tax_minor, total_minor=totals.total_minor,
        address=Address.objects.create(**check_out.address), shipping_method=method,
        coupon_code=priced.coupon.code if priced.coupon else "", provider=check_out.provider,
        note=check_out.note, language=check_out.language, placed_at=now,
    )  # fmt: skip
    # Where tax comes on top, the goods' share of it goes with them when they are sent back.
    owed_for_goods = totals.goods_minor - totals.discount_minor
    if not basket.shop.prices_hold_tax:
        taxed = shares_of(totals.tax_minor, [owed_for_goods, totals.shipping_minor])
        owed_for_goods += taxed[0]
    dues = shares_of(owed_for_goods, [line.goods_minor for line in priced.lines])
    lines = OrderLine.objects.bulk_create(
        [
            OrderLine(
                order=order, position=position, variant=line.variant, sku=line.variant.sku,
                title=f"{line.variant.product.title} {line.variant.title}".strip(),
                title_zh=f"{line.variant.product.title_zh} {line.variant.title_zh}".strip(),
                quantity=line.quantity, unit_price_minor=line.price.price_minor,
                unit_cost_minor=line.variant.cost_minor, due_minor=due,
            )
            for position, (line, due) in enumerate(zip(priced.lines, dues, strict=True), start=1)
        ]
    )  # fmt: skip
    return order, lines


def _begin(order: Order, provider: Provider, now: datetime) -> None:
    """Write the payment down before anybody is asked for it."""
    Payment.objects.create(
        order=order, provider=provider.slug, reference=secrets.token_hex(12), amount_minor=order.total_minor,
        currency=order.currency, begun_at=now,
    )  # fmt: skip
