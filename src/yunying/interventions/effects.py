"""Trials, what they brought, and who is credited for it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from yunying.interventions import states
from yunying.interventions.ledger import Ledger, rows_locked, store_row
from yunying.interventions.models import Credit, Intervention, Measurement, Store, Trial
from yunying.kernel.proposal import MeasurementDesign, MoneyInterval


@dataclass(frozen=True)
class Effect:
    """What was found on a day; without an interval it was not measured, and the reasons say why.

    Args:
        interval: of the whole effect, in minor units, 95 %.
        early: the always-valid interval at that look, if there is one.
    """

    as_of: date
    is_final: bool
    method: str
    interval: MoneyInterval | None
    early: tuple[int, int] | None = None
    reason_en: str = ""
    reason_zh: str = ""
    detail: Mapping[str, Any] | None = None


def trial_current(store: str, practice: str, day: date) -> Trial | None:
    """The trial whose window holds the day."""
    running = Trial.objects.filter(store=store, practice=practice, start_date__lte=day, end_date__gt=day)
    return running.order_by("-start_date").first()


def trial_open(
    store: str,
    practice: str,
    design: MeasurementDesign,
    *,
    start_date: date,
    end_date: date,
    eligible: Sequence[str],
    held_out: Sequence[str],
    design_plain: Mapping[str, Any],
    has_control_rule: bool,
) -> Trial:
    """Record a window's draw before anything is done in it; the same window again gives the first record."""
    trial, _ = Trial.objects.get_or_create(
        store=store, practice=practice, start_date=start_date,
        defaults={
            "unit": design.unit, "end_date": end_date, "design": dict(design_plain), "eligible": list(eligible),
            "held_out": list(held_out), "has_control_rule": has_control_rule,
        },
    )  # fmt: skip
    return trial


def trials_to_measure(store: str, today: date) -> list[Trial]:
    """Trials that have begun and are not closed."""
    return list(Trial.objects.filter(store=store, is_closed=False, start_date__lt=today).order_by("start_date"))


def interventions_to_measure(store: str) -> list[Intervention]:
    """What was done outside every trial and has no final measurement: composed by hand, or not drawn."""
    done = (states.APPLIED, states.PARTLY_APPLIED)
    rows = Intervention.objects.filter(store=store, trial=None, state__in=done, applied_date__isnull=False)
    return list(rows.exclude(origin="observed").exclude(measurements__is_final=True).order_by("pk"))


def trial_interventions(trial: Trial) -> list[Intervention]:
    """What was done to the treated units of a trial."""
    done = (*states.DONE, states.REVERTED)
    return list(Intervention.objects.filter(trial=trial, arm="treated", state__in=done).order_by("pk"))


def effect_record(
    store: str, practice: str, effect: Effect, *, trial: Trial | None = None, intervention: Intervention | None = None
) -> Measurement:
    """Record a look; a final one moves its interventions on and credits their owners where the lower end is above 0."""
    row_of_store, now = store_row(store), timezone.now()
    with transaction.atomic():
        found = trial_interventions(trial) if trial is not None else [intervention] if intervention else []
        # Locked, so that what somebody takes back meanwhile is seen as taken back.
        rows = rows_locked(row.pk for row in found)
        measurement, _ = Measurement.objects.update_or_create(
            trial=trial, intervention=intervention, as_of=effect.as_of,
            defaults=_fields(effect, row_of_store, practice, rows) | {"at": now},
        )  # fmt: skip
        looks = Measurement.objects.filter(trial=trial, intervention=intervention, as_of__lt=effect.as_of)
        looks.filter(is_newest=True).update(is_newest=False)
        if effect.is_final:
            ledger = Ledger(store, None, now, row_of_store.today_date or effect.as_of)
            _close(ledger, measurement, trial, rows)
            ledger.flush()
    return measurement


def practice_results(store: str, practice: str, most: int = 3) -> list[Measurement]:
    """The newest final measurements of a practice, newest first: what the last ones really brought."""
    final = Measurement.objects.filter(store=store, practice=practice, is_final=True, is_measured=True)
    return list(final.order_by("-as_of", "-id")[:most])


def credits_of(store: str) -> dict[int, int]:
    """Credit in minor units by person, over everything that was measured in a store."""
    total: dict[int, int] = defaultdict(int)
    for credit in Credit.objects.filter(measurement__store=store, measurement__is_final=True):
        total[credit.person_id] += credit.mid_minor
    return dict(total)


def _fields(effect: Effect, store: Store, practice: str, rows: Sequence[Intervention]) -> dict[str, Any]:
    interval = effect.interval
    expected = [row.mid_minor for row in rows if row.mid_minor is not None]
    return {
        "store": store.slug, "practice": practice, "is_final": effect.is_final, "method": effect.method,
        "is_measured": interval is not None, "currency": store.currency,
        "low_minor": interval.low_minor if interval else None,
        "mid_minor": interval.mid_minor if interval else None,
        "high_minor": interval.high_minor if interval else None,
        "early_low_minor": effect.early[0] if effect.early else None,
        "early_high_minor": effect.early[1] if effect.early else None,
        "reason_en": effect.reason_en[:500], "reason_zh": effect.reason_zh[:500],
        "expected_minor": sum(expected) if expected else None, "interventions": len(rows),
        "detail": dict(effect.detail or {}),
    }  # fmt: skip


_OTHER_ARMS = {
    "control": "It kept the old rule: the others are compared with it.",
    "outside": "Its unit joined after the draw, so chance did not decide on its arm.",
}


def _close(ledger: Ledger, measurement: Measurement, trial: Trial | None, rows: Sequence[Intervention]) -> None:
    if trial is not None and Trial.objects.filter(pk=trial.pk, is_closed=False).update(is_closed=True) != 1:
        return
    to_state = states.MEASURED if measurement.is_measured else states.NOT_MEASURED
    movable = (states.APPLIED, states.PARTLY_APPLIED, states.NOT_MEASURED)
    moved = [row for row in rows if row.state in movable]
    for row in moved:
        ledger.step(row, "measure", to_state, reason=measurement.reason_en)
    if trial is not None:
        for row in Intervention.objects.filter(trial=trial, state__in=movable[:2]).exclude(arm="treated"):
            ledger.step(row, "measure", states.NOT_MEASURED, reason=_OTHER_ARMS[row.arm])
    ledger.record("measure", f"measurement/{measurement.pk}", after={
        "low": measurement.low_minor, "mid": measurement.mid_minor, "high": measurement.high_minor,
    })  # fmt: skip
    if measurement.is_measured and (measurement.low_minor or 0) > 0 and moved:
        _credit(ledger, measurement, [row for row in moved if row.owner_id is not None], len(moved))


def _credit(ledger: Ledger, measurement: Measurement, rows: Sequence[Intervention], count: int) -> None:
    """Each owner's share is that of the number of interventions: what each one brought cannot be told apart."""
    by_person: dict[int, int] = defaultdict(int)
    for row in rows:
        by_person[row.owner_id] += 1
        ledger.step(row, "credit", states.CREDITED, detail={"measurement": measurement.pk})
    for person, interventions in sorted(by_person.items()):
        low, mid, high = (
            int(value or 0) * interventions // count
            for value in (measurement.low_minor, measurement.mid_minor, measurement.high_minor)
        )
        if low > 0:
            Credit.objects.create(
                measurement=measurement, person_id=person, interventions=interventions,
                low_minor=low, mid_minor=mid, high_minor=high,
            )  # fmt: skip
            ledger.record("credit", f"person/{person}", after={"measurement": measurement.pk, "mid_minor": mid})


def products_touched(store: str, from_date: date, until_date: date, *, except_id: int) -> frozenset[str]:
    """Products that some other intervention acted on in a span of days: they cannot stand beside it untouched."""
    rows = Intervention.objects.filter(
        store=store, applied_date__gte=from_date, applied_date__lt=until_date, state__in=(*states.DONE, states.REVERTED)
    ).exclude(pk=except_id)
    found: set[str] = set()
    for kind, params in rows.values_list("kind", "params"):
        # Buying for a product as always does not make it another product.
        if kind == "purchase_order":
            continue
        lines = params.get("products") or ()
        found |= {str(line["product"]) for line in lines} | ({str(params["product"])} if "product" in params else set())
    return frozenset(found)
