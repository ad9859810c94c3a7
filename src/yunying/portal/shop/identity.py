"""The identity of the books: money, stock, coupons and orders tell the same story, each counted twice."""

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from yunying.portal.shop.models import Coupon, Order, OrderLine, ReservationLine, Shop, Stock, StockMovement


def shop_problems(shop: Shop) -> list[str]:
    """What does not agree in a shop, a sentence each; nothing if all does."""
    return [*_stock_problems(shop), *_coupon_problems(shop), *_money_problems(shop), *_state_problems(shop)]


def _stock_problems(shop: Shop) -> list[str]:
    moved = _sums(StockMovement.objects.filter(variant__shop=shop), "change")
    held = _sums(ReservationLine.objects.filter(variant__shop=shop, reservation__state="held"), "quantity")
    problems = []
    for stock in Stock.objects.filter(variant__shop=shop).select_related("variant"):
        counted = (moved.get(stock.variant_id, 0), held.get(stock.variant_id, 0))
        if counted != (stock.on_hand, stock.reserved):
            problems.append(
                f"{stock.variant.sku}: {stock.on_hand} on hand and {stock.reserved} reserved, "
                f"but movements and reservations sum to {counted[0]} and {counted[1]}."
            )
    return problems


def _sums(rows: object, field: str) -> dict[int, int]:
    return dict(rows.values("variant").annotate(total=Sum(field)).values_list("variant", "total"))  # type: ignore[attr-defined]


def _coupon_problems(shop: Shop) -> list[str]:
    uses = Count("uses", filter=Q(uses__given_back_at=None))
    wrong = Coupon.objects.filter(shop=shop).annotate(counted=uses).exclude(counted=F("used"))
    return [f"Coupon {each.code}: used {each.used} times, but by {each.counted} orders." for each in wrong]


def _money_problems(shop: Shop) -> list[str]:
    orders = Order.objects.filter(shop=shop)
    paid = orders.annotate(
        counted=Coalesce(Sum("payments__amount_minor", filter=Q(payments__state="paid")), 0)
    ).exclude(counted=F("paid_minor"))  # fmt: skip
    refunded = orders.annotate(
        counted=Coalesce(
            Sum("payments__refunds__amount_minor", filter=Q(payments__refunds__state__in=("asked", "done"))), 0
        )
    ).exclude(counted=F("refunded_minor"))
    totals = orders.exclude(
        Q(shop__prices_hold_tax=True, total_minor=F("goods_minor") - F("discount_minor") + F("shipping_minor"))
        | Q(
            shop__prices_hold_tax=False,
            total_minor=F("goods_minor") - F("discount_minor") + F("shipping_minor") + F("tax_minor"),
        )
    )
    lines = OrderLine.objects.filter(order__shop=shop).values("order__number", "order__goods_minor")
    goods = lines.annotate(total=Sum(F("quantity") * F("unit_price_minor"))).exclude(total=F("order__goods_minor"))
    return [
        *(f"Order {each.number}: {each.paid_minor} paid, but payments are {each.counted}." for each in paid),
        *(f"Order {each.number}: {each.refunded_minor} refunded, but refunds are {each.counted}." for each in refunded),
        *(f"Order {each.number}: its total is not the sum of its parts." for each in totals),
        *(f"Order {each['order__number']}: its lines are not worth its goods." for each in goods),
    ]


def _state_problems(shop: Shop) -> list[str]:
    """Each state of an order goes with one of its reservation."""
    fits = (
        Q(state="placed", reservation__state="held", paid_at=None)
        | Q(state__in=("accepted", "shipped", "delivered"), reservation__state="claimed")
        | Q(state="cancelled", reservation__state="released")
    )
    wrong = Order.objects.filter(shop=shop).exclude(pk__in=Order.objects.filter(fits).values("pk"))
    return [f"Order {each.number}: {each.state}, but its stock is not." for each in wrong]
