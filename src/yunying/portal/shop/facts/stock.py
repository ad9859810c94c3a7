"""Rows of ``stock_movement``, ``stock_level`` and ``purchase_line``."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Sum

from yunying.portal.shop.facts.rows import day_of, facts_write, price_text
from yunying.portal.shop.models import (
    ClosedDay,
    PurchaseOrderLine,
    Shop,
    Stock,
    StockMovement,
    Variant,
)

REASONS = {
    "receipt": "receipt", "sale": "sale", "cancellation": "sale", "return": "return", "count": "stock_take",
    "write-off": "write_off", "lost": "write_off", "damaged": "write_off", "own-use": "write_off",
}  # fmt: skip
"""What the facts call the shop's reasons; a cancelled sale comes in again. Every other reason is an adjustment."""


def movement_tell(movement: StockMovement) -> None:
    """One change of what is on hand, in its own transaction."""
    variant = Variant.objects.select_related("shop").get(pk=movement.variant_id)
    row = {
        "movement": str(movement.pk), "product": variant.sku, "date": day_of(variant.shop, movement.at).isoformat(),
        "reason": REASONS.get(movement.reason, "adjustment"), "direction": "in" if movement.change > 0 else "out",
        "quantity": abs(movement.change), "unit_cost": price_text(variant.cost_minor, variant.shop.currency),
    }  # fmt: skip
    facts_write(variant.shop, "stock_movement", [row], movement.at)


def days_close(shop: Shop, now: datetime) -> int:
    """Tell the closing stock of every day that is over, each once; how many days those were.

    A level is the sum of the movements until midnight, so it is right however late the day is closed.
    """
    today, count = day_of(shop, now), 0
    last = ClosedDay.objects.filter(shop=shop).order_by("-date").values_list("date", flat=True).first()
    first = StockMovement.objects.filter(variant__shop=shop).order_by("at").first()
    if first is None:
        return 0
    day = last + timedelta(days=1) if last else day_of(shop, first.at)
    while day < today:
        count += _day_close(shop, day, now)
        day += timedelta(days=1)
    return count


def purchase_tell(line: PurchaseOrderLine, state: str, quantity: int, now: datetime, occurrence: str = "") -> None:
    """One line of a purchase order in a state: ordered, received or cancelled."""
    purchase, shop = line.purchase, line.purchase.shop
    row = {
        "purchase": purchase.number, "line": str(line.position), "state": state, "occurrence": occurrence,
        "date": day_of(shop, now).isoformat(), "supplier": purchase.supplier or None, "product": line.variant.sku,
        "promised_date": purchase.promised_date.isoformat() if purchase.promised_date else None,
        "quantity": quantity, "unit_cost": f"{line.unit_cost:f}",
    }  # fmt: skip
    facts_write(shop, "purchase_line", [row], now)


def receipt_tell(variant: Variant, key: str, quantity: int, now: datetime) -> None:
    """Goods that came without a purchase order are one of their own; a delivery may bring several products."""
    shop = variant.shop
    shared: Mapping[str, Any] = {
        "purchase": f"receipt-{key}", "line": variant.sku, "occurrence": "", "date": day_of(shop, now).isoformat(),
        "supplier": variant.product.supplier or None, "product": variant.sku, "quantity": quantity,
        "unit_cost": price_text(variant.cost_minor, shop.currency),
    }  # fmt: skip
    facts_write(shop, "purchase_line", [{**shared, "state": "received"}], now)


def _day_close(shop: Shop, day: date, now: datetime) -> bool:
    midnight = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(shop.time_zone))
    with transaction.atomic():
        if not ClosedDay.objects.get_or_create(shop=shop, date=day, defaults={"closed_at": now})[1]:
            return False
        moved = StockMovement.objects.filter(variant__shop=shop, at__lt=midnight)
        levels = dict(moved.values("variant__sku").annotate(level=Sum("change")).values_list("variant__sku", "level"))
        stocked = Stock.objects.filter(variant__shop=shop).values_list("variant__sku", flat=True)
        levels = dict.fromkeys(stocked, 0) | levels
        facts_write(
            shop, "stock_level",
            [{"product": sku, "date": day.isoformat(), "on_hand": level} for sku, level in sorted(levels.items())],
            now,
        )  # fmt: skip
    return True
