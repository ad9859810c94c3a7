"""Stock: held for an order, claimed by it, let go, received. Each change is one conditional update a variant."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import F

from yunying.kernel.errors import InternalError, OperatorError
from yunying.portal.shop.facts.stock import movement_tell
from yunying.portal.shop.models import BundlePart, Order, Reservation, ReservationLine, Stock, StockMovement, Variant


def stock_demand(wanted: Mapping[int, int]) -> dict[int, int]:
    """How many of each stocked item the wanted variants need; what bundles and lines share is summed.

    Args:
        wanted: variant to quantity.

    Returns:
        Variant to quantity, by rising variant.
    """
    parts: dict[int, list[BundlePart]] = {}
    for part in BundlePart.objects.filter(bundle__in=wanted):
        parts.setdefault(part.bundle_id, []).append(part)
    needed: Counter[int] = Counter()
    for variant, quantity in wanted.items():
        if variant in parts:
            for part in parts[variant]:
                needed[part.part_id] += quantity * part.quantity
        else:
            needed[variant] += quantity
    return dict(sorted(needed.items()))


def stock_available(variants: Iterable[int]) -> dict[int, int]:
    """How many of each variant can be sold now; of a bundle, how many its parts make."""
    asked = list(variants)
    parts = list(BundlePart.objects.filter(bundle__in=asked))
    items = {*asked, *(part.part_id for part in parts)}
    free = {row.variant_id: row.on_hand - row.reserved for row in Stock.objects.filter(variant__in=items)}
    made: dict[int, list[int]] = {}
    for part in parts:
        made.setdefault(part.bundle_id, []).append(free.get(part.part_id, 0) // part.quantity)
    return {variant: min(made.get(variant, [free.get(variant, 0)])) for variant in asked}


def stock_reserve(order: Order, needed: Mapping[int, int], expires_at: datetime) -> Reservation:
    """Hold what an order needs, all of it or nothing, in the caller's transaction."""
    reservation = Reservation.objects.create(order=order, expires_at=expires_at)
    ReservationLine.objects.bulk_create(
        [ReservationLine(reservation=reservation, variant_id=variant, quantity=needed[variant])
         for variant in sorted(needed)]
    )  # fmt: skip
    stock_hold(needed)
    return reservation


def stock_hold(needed: Mapping[int, int]) -> None:
    """Count units of variants as held, all of them or none, in the caller's transaction."""
    for variant in sorted(needed):
        is_held = Stock.objects.filter(variant=variant, on_hand__gte=F("reserved") + needed[variant]).update(
            reserved=F("reserved") + needed[variant]
        )
        if not is_held:
            raise _short(variant)


def stock_enough(needed: Mapping[int, int]) -> None:
    """Refuse a demand that the stock of this moment does not cover; one query, and nothing is held."""
    free = {row.variant_id: row.on_hand - row.reserved for row in Stock.objects.filter(variant__in=needed)}
    for variant in sorted(needed):
        if free.get(variant, 0) < needed[variant]:
            raise _short(variant)


def _short(variant: int) -> OperatorError:
    sku = Variant.objects.values_list("sku", flat=True).get(pk=variant)
    return OperatorError("out-of-stock", f"There is not enough of {sku} any more.", "Take fewer, or something else.")


def stock_claim(order: Order, now: datetime) -> None:
    """What was held is sold: it leaves the stock. In the caller's transaction, which holds the order's row."""
    if not Reservation.objects.filter(order=order, state="held").update(state="claimed"):
        raise InternalError(f"order {order.number} holds no stock to claim")
    for line in _lines(order):
        Stock.objects.filter(variant=line.variant_id).update(
            on_hand=F("on_hand") - line.quantity, reserved=F("reserved") - line.quantity
        )
        _move(line.variant_id, -line.quantity, "sale", order.number, now)


def stock_release(order: Order) -> bool:
    """Let go what is held; in the caller's transaction. Whether anything was."""
    if not Reservation.objects.filter(order=order, state="held").update(state="released"):
        return False
    for line in _lines(order):
        Stock.objects.filter(variant=line.variant_id).update(reserved=F("reserved") - line.quantity)
    return True


def stock_put_back(order: Order, now: datetime) -> None:
    """A sold order that was not shipped gives its items back; in the caller's transaction."""
    if not Reservation.objects.filter(order=order, state="claimed").update(state="released"):
        raise InternalError(f"order {order.number} claimed no stock")
    for line in _lines(order):
        stock_add(line.variant_id, line.quantity, "cancellation", order.number, now)


def stock_write_off(order: Order, now: datetime) -> None:
    """A sold order came back spoilt: its items do not return to the stock; in the caller's transaction.

    What was never paid was no sale, so its items move back and off again, as a loss.
    """
    if not Reservation.objects.filter(order=order, state="claimed").update(state="released"):
        raise InternalError(f"order {order.number} claimed no stock")
    for line in _lines(order) if order.paid_at is None else ():
        _move(line.variant_id, line.quantity, "cancellation", order.number, now)
        _move(line.variant_id, -line.quantity, "write-off", order.number, now)


def stock_add(variant: int, quantity: int, reason: str, reference: str, now: datetime) -> None:
    """Put units of a variant on hand; in the caller's transaction. A reason and reference count once."""
    Stock.objects.get_or_create(variant_id=variant)
    Stock.objects.filter(variant=variant).update(on_hand=F("on_hand") + quantity)
    _move(variant, quantity, reason, reference, now)


def stock_take_away(variant: int, quantity: int, reason: str, reference: str, now: datetime) -> None:
    """Take units off that nobody holds; in the caller's transaction."""
    is_taken = Stock.objects.filter(variant=variant, on_hand__gte=F("reserved") + quantity).update(
        on_hand=F("on_hand") - quantity
    )
    if not is_taken:
        raise OperatorError(
            "stock-is-sold", "Some of these units are sold or held already.", "Adjust the stock by what is left."
        )
    _move(variant, -quantity, reason, reference, now)


def _lines(order: Order) -> Iterable[ReservationLine]:
    return ReservationLine.objects.filter(reservation__order=order).order_by("variant")


def _move(variant: int, change: int, reason: str, reference: str, now: datetime) -> None:
    movement = StockMovement.objects.create(
        variant_id=variant, change=change, reason=reason, reference=reference, at=now
    )
    movement_tell(movement)
