"""What the shop's people change in the stock: receipts, adjustments with a reason, and counts that are booked once."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from yunying.audit.log import Change, audit_record
from yunying.kernel.errors import OperatorError
from yunying.portal.shop.models import BundlePart, Shop, Stock, StockTake, StockTakeLine, Variant
from yunying.portal.shop.purchases import purchase_receive
from yunying.portal.shop.stock import stock_add, stock_take_away

REASONS = ("found", "lost", "damaged", "own-use", "correction")
MOST_UNITS, MOST_LINES = 10**7, 2_000


def work_receive(
    variant: Variant, quantity: int, reference: str, actor: str, now: datetime, *, purchase: str = ""
) -> None:  # fmt: skip
    """Put goods on hand that came in under a delivery's reference, once, perhaps off a purchase order."""
    _refuse_bundle(variant)
    if not 0 < quantity <= MOST_UNITS:
        raise OperatorError("no-quantity", "This is not a quantity.", "Give a whole number.")
    if not reference:
        raise OperatorError("no-reference", "The delivery has no reference.", "Give its number.")
    try:
        with transaction.atomic():
            purchase_receive(variant, quantity, reference, now, purchase=purchase)
            _tell(variant.shop, "receive", f"variant/{variant.sku}", actor, now,
                  {"quantity": quantity, "reference": reference, "purchase": purchase})  # fmt: skip
    except IntegrityError as error:
        raise OperatorError(
            "received-already", "This delivery of it was received already.", "Look at its movements."
        ) from error


def work_adjust(variant: Variant, change: int, reason: str, key: str, actor: str, now: datetime) -> None:
    """Put units on hand or take units off, with a reason; the same key counts once."""
    _refuse_bundle(variant)
    if not 0 < abs(change) <= MOST_UNITS:
        raise OperatorError("no-quantity", "This is not a quantity.", "Give a whole number, with a minus for less.")
    if reason not in REASONS:
        raise OperatorError("no-reason", "The reason is missing.", "Choose one.")
    try:
        with transaction.atomic():
            if change > 0:
                stock_add(variant.pk, change, reason, key, now)
            else:
                stock_take_away(variant.pk, -change, reason, key, now)
            _tell(variant.shop, "adjust", f"variant/{variant.sku}", actor, now, {"change": change, "reason": reason})
    except IntegrityError as error:
        raise OperatorError("received-already", "This was done already.", "Look at its movements.") from error


def take_begin(shop: Shop, title: str, skus: Collection[str], actor: str, now: datetime) -> StockTake:
    """Begin a count of some variants, or of all that have stock."""
    rows = Variant.objects.filter(shop=shop).exclude(pk__in=BundlePart.objects.values("bundle"))
    rows = rows.filter(sku__in=skus) if skus else rows.filter(stock__isnull=False)
    variants = list(rows.order_by("sku")[: MOST_LINES + 1])
    if not variants or len(variants) < len(set(skus)):
        raise OperatorError("no-variant", "There is no variant of this SKU.", "Check the SKU.")
    if len(variants) > MOST_LINES:
        raise OperatorError("count-too-large", "These are too many for one sheet.", "Name fewer of them.")
    with transaction.atomic():
        take = StockTake.objects.create(shop=shop, title=title[:100] or f"{now:%Y-%m-%d}", begun_by=actor, begun_at=now)
        StockTakeLine.objects.bulk_create([StockTakeLine(take=take, variant=each) for each in variants])
        _tell(shop, "count-begin", f"count/{take.pk}", actor, now, {"lines": len(variants)})
    return take


def take_count(take: StockTake, counted: Mapping[int, int], actor: str, now: datetime) -> None:
    """Write down what was found of variants; what is on hand at that moment stands beside it."""
    if any(not 0 <= each <= MOST_UNITS for each in counted.values()):
        raise OperatorError("no-quantity", "This is not a quantity.", "Give a whole number.")
    with transaction.atomic():
        _locked(take)
        there = dict(Stock.objects.filter(variant__in=counted).values_list("variant", "on_hand"))
        changed = {}
        for line in StockTakeLine.objects.filter(take=take, variant__in=counted).select_related("variant"):
            found = counted[line.variant_id]
            if line.counted == found:
                continue
            expected = there.get(line.variant_id, 0)
            StockTakeLine.objects.filter(pk=line.pk).update(counted=found, expected=expected, counted_at=now)
            changed[line.variant.sku] = found
        if changed:
            _tell(take.shop, "count", f"count/{take.pk}", actor, now, changed)


def take_book(take: StockTake, actor: str, now: datetime) -> int:
    """Book the differences, once: what was sold since it was counted stays sold. How many variants changed."""
    with transaction.atomic():
        _locked(take)
        changes = {}
        lines = StockTakeLine.objects.filter(take=take, counted__isnull=False).exclude(counted=F("expected"))
        for line in lines.select_related("variant").order_by("variant"):
            change = line.counted - line.expected
            if change > 0:
                stock_add(line.variant_id, change, "count", f"count-{take.pk}", now)
            else:
                stock_take_away(line.variant_id, -change, "count", f"count-{take.pk}", now)
            changes[line.variant.sku] = change
        StockTake.objects.filter(pk=take.pk).update(state="booked", ended_at=now)
        _tell(take.shop, "count-book", f"count/{take.pk}", actor, now, changes)
    return len(changes)


def take_drop(take: StockTake, actor: str, now: datetime) -> None:
    """Give a count up."""
    with transaction.atomic():
        _locked(take)
        StockTake.objects.filter(pk=take.pk).update(state="dropped", ended_at=now)
        _tell(take.shop, "count-drop", f"count/{take.pk}", actor, now, {})


def _locked(take: StockTake) -> None:
    if not StockTake.objects.select_for_update(of=("self",), no_key=True).filter(pk=take.pk, state="open").exists():
        raise OperatorError("closed-already", "This count is closed.", "Begin another one.")


def _refuse_bundle(variant: Variant) -> None:
    if BundlePart.objects.filter(bundle=variant).exists():
        raise OperatorError("is-bundle", "A bundle has no stock of its own.", "Name its parts.")


def _tell(shop: Shop, what: str, subject: str, actor: str, now: datetime, after: Mapping[str, object]) -> None:
    audit_record(shop.slug, actor, now, [Change(f"shop-{what}", subject, after=after)])
