"""List prices in force, their schedule, and which crossed-out price may be shown."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery

from yunying.kernel.errors import OperatorError
from yunying.portal.shop.facts.catalogue import prices_tell
from yunying.portal.shop.models import ListPrice, OrderLine, Variant

CHARGED_WITHIN = timedelta(days=30)
"""A crossed-out price was paid by somebody within this span, or it is not shown."""


@dataclass(frozen=True)
class Price:
    """A list price in force, and the crossed-out one where it was really charged."""

    price_minor: int
    crossed_out_minor: int | None = None


def prices_at(variants: Collection[int], now: datetime) -> Mapping[int, Price]:
    """The prices in force by variant; one without a price is not in it. Two queries, whatever the number."""
    newest = ListPrice.objects.filter(variant=OuterRef("variant"), starts_at__lte=now).order_by("-starts_at")
    rows = ListPrice.objects.filter(variant__in=variants, pk=Subquery(newest.values("pk")[:1]))
    return prices_shown(rows.values_list("variant", "price_minor", "crossed_out_minor"), now)


def prices_shown(rows: Iterable[tuple[int, int, int | None]], now: datetime) -> Mapping[int, Price]:
    """The prices of variants, without the crossed-out ones that nobody was charged; a query where there is any.

    Args:
        rows: variant, list price and crossed-out price.
    """
    known = list(rows)
    charged = _charged([(variant, crossed) for variant, _, crossed in known if crossed], now)
    return {
        variant: Price(price, crossed if (variant, crossed) in charged else None) for variant, price, crossed in known
    }


def _charged(prices: Collection[tuple[int, int]], now: datetime) -> set[tuple[int, int]]:
    """Which crossed-out prices a paid order of the last days was charged."""
    if not prices:
        return set()
    wanted = Q()
    for variant, price in prices:
        wanted |= Q(variant=variant, unit_price_minor=price)
    lines = OrderLine.objects.filter(wanted, order__paid_at__gt=now - CHARGED_WITHIN, order__paid_at__lte=now)
    return set(lines.values_list("variant_id", "unit_price_minor").distinct())


def price_schedule(
    variant: Variant,
    price_minor: int,
    starts_at: datetime,
    ends_at: datetime | None = None,
    crossed_out_minor: int | None = None,
) -> list[int]:
    """Set a list price from a moment on, or for a while, after which the one before it holds again.

    Returns:
        The rows that were written, which ``price_unschedule`` takes away again.
    """
    if price_minor <= 0:
        raise OperatorError("bad-price", "A price must be above zero.", "Give a price above zero.")
    if ends_at is not None and ends_at <= starts_at:
        raise OperatorError("bad-period", "The price would end before it begins.", "Give an end after the beginning.")
    with transaction.atomic():
        # The variant's row stands for its whole schedule.
        Variant.objects.select_for_update(of=("self",), no_key=True).get(pk=variant.pk)
        schedule = ListPrice.objects.filter(variant=variant)
        before = schedule.filter(starts_at__lte=starts_at).order_by("-starts_at").first()
        if ends_at is not None and before is None:
            raise OperatorError(
                "no-price-before", "There is no price to go back to.", "Set a price without an end first."
            )
        inside = schedule.filter(starts_at=starts_at)
        if ends_at is not None:
            inside = schedule.filter(starts_at__gte=starts_at, starts_at__lt=ends_at)
        if inside.exists():
            raise OperatorError(
                "prices-overlap", "Another price begins in this period.", "Choose a period in which no other begins."
            )
        made = [
            ListPrice.objects.create(
                variant=variant, price_minor=price_minor, crossed_out_minor=crossed_out_minor, starts_at=starts_at
            )
        ]
        if ends_at is not None and before is not None and not schedule.filter(starts_at=ends_at).exists():
            made.append(
                ListPrice.objects.create(
                    variant=variant, price_minor=before.price_minor, crossed_out_minor=before.crossed_out_minor,
                    starts_at=ends_at,
                )
            )  # fmt: skip
        prices_tell(variant, {row.starts_at: row.price_minor for row in made}, starts_at)
        return [row.pk for row in made]


def price_unschedule(rows: Collection[int]) -> int:
    """Take scheduled prices away, so that the ones before them hold."""
    with transaction.atomic():
        gone = list(ListPrice.objects.filter(pk__in=rows).select_related("variant__shop"))
        ListPrice.objects.filter(pk__in=rows).delete()
        for variant in {row.variant for row in gone}:
            begun = {row.starts_at: row.price_minor for row in gone if row.variant_id == variant.pk}
            prices_tell(variant, begun, min(begun))
    return len(gone)
