"""What the facade's commands do with the slots of pages: feature a product, draw from weights, take either back."""

from datetime import datetime
from typing import Any

from yunying.kernel.errors import OperatorError
from yunying.portal.shop.command_params import (
    Params,
    bad_command,
    decimal_given,
    moment_given,
    product_named,
    text_named,
    whole_given,
)
from yunying.portal.shop.models import Feature, Product, Shop, SlotChance, SlotPlan

MOST_POSITION, MOST_CHANCES, MOST_WEIGHT = 1_000, 200, 1_000_000


def feature_check(shop: Shop, params: Params, now: datetime) -> str:
    """``product`` or ``sku``, ``slot``, ``position``; perhaps ``starts_at``, ``ends_at``."""
    product, slot = product_named(shop, params), text_named(params, "slot", 40)
    whole_given(params, "position", MOST_POSITION)
    starts_at, ends_at = moment_given(params, "starts_at"), moment_given(params, "ends_at")
    if ends_at is not None and ends_at <= (starts_at or now):
        raise bad_command("ends_at must come after the beginning.")
    if _features(shop, slot, product).exclude(ends_at__lte=now).exists():
        raise OperatorError("featured-already", "It stands in this slot already.", "Undo that first.")
    return f"{product.slug} stands in {slot} at {params['position']}."


def feature_apply(shop: Shop, params: Params, key: str, now: datetime) -> Params:
    product = product_named(shop, params)
    _features(shop, params["slot"], product).filter(ends_at__lte=now).delete()
    made = Feature.objects.create(
        shop=shop, slot=params["slot"], product=product, position=params["position"],
        starts_at=moment_given(params, "starts_at"), ends_at=moment_given(params, "ends_at"),
    )  # fmt: skip
    return {"feature": made.pk}


def feature_undo(shop: Shop, result: Params, key: str, now: datetime) -> None:
    Feature.objects.filter(shop=shop, pk=result["feature"]).delete()


def unfeature_check(shop: Shop, params: Params, now: datetime) -> str:
    """``product`` or ``sku``, ``slot``."""
    product, slot = product_named(shop, params), text_named(params, "slot", 40)
    if not _features(shop, slot, product).exists():
        raise OperatorError("not-featured", "It does not stand in this slot.", "Check the slot and the product.")
    return f"{product.slug} leaves {slot}."


def unfeature_apply(shop: Shop, params: Params, key: str, now: datetime) -> Params:
    row = _features(shop, params["slot"], product_named(shop, params)).get()
    kept: dict[str, Any] = {
        "slot": row.slot, "product": row.product_id, "position": row.position,
        "starts_at": row.starts_at and row.starts_at.isoformat(), "ends_at": row.ends_at and row.ends_at.isoformat(),
    }  # fmt: skip
    row.delete()
    return kept


def unfeature_undo(shop: Shop, result: Params, key: str, now: datetime) -> None:
    Feature.objects.create(
        shop=shop, slot=result["slot"], product_id=result["product"], position=result["position"],
        starts_at=moment_given(result, "starts_at"), ends_at=moment_given(result, "ends_at"),
    )  # fmt: skip


def plan_check(shop: Shop, params: Params, now: datetime) -> str:
    """``slot``, ``items`` of ``product`` or ``sku`` and ``weight``; perhaps ``explore_rate``, ``name``."""
    slot, rows = text_named(params, "slot", 40), params.get("items")
    if not isinstance(rows, list | tuple) or not 1 <= len(rows) <= MOST_CHANCES:
        raise bad_command(f"items must be 1 to {MOST_CHANCES} rows.")
    products = {product_named(shop, row).pk for row in rows if whole_given(row, "weight", MOST_WEIGHT)}
    if len(products) < len(rows):
        raise bad_command("A product stands in items twice.")
    decimal_given({"explore_rate": params.get("explore_rate", 0)}, "explore_rate", 1, 4)
    if "name" in params:
        text_named(params, "name", 64)
    return f"{slot} is drawn from {len(rows)} products."


def plan_apply(shop: Shop, params: Params, key: str, now: datetime) -> Params:
    made = SlotPlan.objects.create(
        shop=shop, slot=params["slot"], name=params.get("name") or key,
        explore_rate=float(params.get("explore_rate", 0)), set_at=now,
    )  # fmt: skip
    SlotChance.objects.bulk_create(
        [SlotChance(plan=made, product=product_named(shop, row), weight=row["weight"]) for row in params["items"]]
    )
    return {"plan": made.pk}


def plan_undo(shop: Shop, result: Params, key: str, now: datetime) -> None:
    """What held before it holds again."""
    SlotPlan.objects.filter(shop=shop, pk=result["plan"], cleared_at=None).update(cleared_at=now)


def clearing_check(shop: Shop, params: Params, now: datetime) -> str:
    """``slot``."""
    slot = text_named(params, "slot", 40)
    if not SlotPlan.objects.filter(shop=shop, slot=slot, cleared_at=None).exists():
        raise OperatorError("no-plan", "Nothing was set for this slot.", "Check the slot.")
    return f"What was last set for {slot} is taken away."


def clearing_apply(shop: Shop, params: Params, key: str, now: datetime) -> Params:
    plan = SlotPlan.objects.filter(shop=shop, slot=params["slot"], cleared_at=None).order_by("-pk")[0]
    SlotPlan.objects.filter(pk=plan.pk).update(cleared_at=now)
    return {"plan": plan.pk}


def clearing_undo(shop: Shop, result: Params, key: str, now: datetime) -> None:
    SlotPlan.objects.filter(shop=shop, pk=result["plan"]).update(cleared_at=None)


def _features(shop: Shop, slot: str, product: Product) -> Any:
    return Feature.objects.filter(shop=shop, slot=slot, product=product)
