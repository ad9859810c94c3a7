"""Baskets: found by their token, filled, and priced for a moment."""

import hashlib
import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from yunying.kernel.errors import OperatorError
from yunying.portal.shop.coupons import coupon_discount, coupon_found
from yunying.portal.shop.models import Basket, BasketLine, Coupon, Order, ShippingMethod, Shop, Variant
from yunying.portal.shop.prices import Price, prices_at
from yunying.portal.shop.totals import Totals, totals_of

MOST_LINES, MOST_UNITS = 100, 999


@dataclass(frozen=True)
class PricedLine:
    variant: Variant
    quantity: int
    price: Price

    @property
    def goods_minor(self) -> int:
        return self.quantity * self.price.price_minor


@dataclass(frozen=True)
class PricedBasket:
    """A basket at the prices of a moment.

    Args:
        coupon_problem: why its code takes nothing off.
        missing: how many of its lines are not for sale any more.
        units: how many units it holds, those of missing lines among them.
    """

    lines: Sequence[PricedLine]
    totals: Totals
    coupon: Coupon | None = None
    coupon_problem: OperatorError | None = None
    missing: int = 0
    units: int = 0


def basket_open(shop: Shop, token: str, now: datetime, person: int | None = None) -> Basket:
    """The open basket of a token, or a new one with a token of its own."""
    found = Basket.objects.filter(shop=shop, token=token, is_open=True).first() if token else None
    return found or Basket.objects.create(
        shop=shop, token=secrets.token_urlsafe(24), person_id=person, changed_at=now
    )  # fmt: skip


def basket_set(basket: Basket, variant: Variant, quantity: int, now: datetime) -> None:
    """Have so many of a variant in the basket; none takes it out."""
    if not 0 <= quantity <= MOST_UNITS:
        raise OperatorError("bad-quantity", "So many cannot be ordered at once.", f"Give 0 to {MOST_UNITS}.")
    if variant.shop_id != basket.shop_id or not (variant.is_listed and variant.product.is_listed):
        raise OperatorError("not-for-sale", "This is not for sale.", "Choose something else.")
    lines = BasketLine.objects.filter(basket=basket)
    if quantity == 0:
        lines.filter(variant=variant).delete()
    else:
        if lines.exclude(variant=variant).count() >= MOST_LINES:
            raise OperatorError("basket-full", "The basket is full.", f"Order these {MOST_LINES} first.")
        lines.update_or_create(variant=variant, create_defaults={"basket": basket, "quantity": quantity},
                               defaults={"quantity": quantity})  # fmt: skip
    Basket.objects.filter(pk=basket.pk).update(changed_at=now)


def basket_add(basket: Basket, variant: Variant, quantity: int, now: datetime) -> None:
    """Put more of a variant into the basket."""
    there = BasketLine.objects.filter(basket=basket, variant=variant).values_list("quantity", flat=True).first() or 0
    basket_set(basket, variant, there + quantity, now)


def basket_coupon(basket: Basket, code: str, now: datetime) -> None:
    """Keep a coupon's code with the basket, if it holds; an empty one takes it out."""
    code = code.strip().upper()
    if code:
        coupon_found(basket.shop, code, basket_priced(basket, None, now).totals.goods_minor, now)
    Basket.objects.filter(pk=basket.pk).update(coupon_code=code, changed_at=now)
    basket.coupon_code = code


def basket_owned(basket: Basket, person: int) -> None:
    """A guest's open basket becomes the one of who signed in."""
    if Basket.objects.filter(pk=basket.pk, person=None, is_open=True).update(person_id=person):
        basket.person_id = person


def basket_refill(basket: Basket, order: Order, now: datetime) -> None:
    """Put an order's lines into a basket again, as far as they are still for sale."""
    for line in order.lines.select_related("variant__product").order_by("position"):
        if line.variant.is_listed and line.variant.product.is_listed:
            basket_set(basket, line.variant, line.quantity, now)


def basket_count(shop: Shop, token: str) -> int:
    """How many units an open basket holds."""
    lines = BasketLine.objects.filter(basket__shop=shop, basket__token=token, basket__is_open=True) if token else ()
    return sum(line.quantity for line in lines)


def basket_priced(basket: Basket, method: ShippingMethod | None, now: datetime) -> PricedBasket:
    """What the basket costs at this moment; without a shipping method, without shipping."""
    rows = list(basket.lines.select_related("variant__product").order_by("variant_id"))
    prices = prices_at([row.variant_id for row in rows], now)
    lines = []
    for row in rows:
        is_for_sale = row.variant.is_listed and row.variant.product.is_listed and row.variant_id in prices
        if is_for_sale:
            lines.append(PricedLine(row.variant, row.quantity, prices[row.variant_id]))
    goods_minor = sum(line.goods_minor for line in lines)
    coupon, problem = None, None
    if basket.coupon_code:
        try:
            coupon = coupon_found(basket.shop, basket.coupon_code, goods_minor, now)
        except OperatorError as error:
            problem = error
    discount_minor = coupon_discount(coupon, goods_minor) if coupon else 0
    totals = totals_with(basket.shop, goods_minor, discount_minor, method)
    units = sum(row.quantity for row in rows)
    return PricedBasket(tuple(lines), totals, coupon, problem, len(rows) - len(lines), units)


def totals_with(shop: Shop, goods_minor: int, discount_minor: int, method: ShippingMethod | None) -> Totals:
    """The totals of goods with one way to ship."""
    return totals_of(
        goods_minor, discount_minor, shipping_fee(method, goods_minor - discount_minor), shop.tax_rate,
        prices_hold_tax=shop.prices_hold_tax,
    )  # fmt: skip


def basket_seen(shop: Shop, priced: PricedBasket, methods: Sequence[ShippingMethod]) -> str:
    """A digest of what the buyer is shown: lines, prices, discount, tax and fees; another means that he saw another."""
    content = [
        [[line.variant.pk, line.quantity, line.price.price_minor] for line in priced.lines],
        priced.totals.discount_minor, f"{shop.tax_rate:.4f}", shop.prices_hold_tax,
        [[each.pk, each.fee_minor, each.free_from_minor] for each in methods],
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:32]


def shipping_fee(method: ShippingMethod | None, goods_minor: int) -> int:
    """What shipping costs for goods of this worth."""
    if method is None or (method.free_from_minor is not None and goods_minor >= method.free_from_minor):
        return 0
    return method.fee_minor


def shipping_methods(shop: Shop, country: str = "") -> list[ShippingMethod]:
    """The ways to ship into a country."""
    methods = ShippingMethod.objects.filter(shop=shop, is_offered=True).order_by("fee_minor", "pk")
    return ships_to(methods, country)


def ships_to(methods: Iterable[ShippingMethod], country: str) -> list[ShippingMethod]:
    """Those of some ways to ship that go into a country."""
    return [each for each in methods if not country or not each.countries or country in each.countries.split()]
