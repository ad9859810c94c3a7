"""Very many interventions, written in bulk: what a store looks like after five years."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

from django.utils import timezone

from yunying.accounts.people import Person, person_make
from yunying.interventions import states
from yunying.interventions.desk_facts import store_save
from yunying.interventions.models import Credit, Intervention, Measurement, Proof, Run, Trial
from yunying.interventions.tests.furnished_proposals import TODAY
from yunying.interventions.tests.furnished_reports import reports_of

STORE, BUYER = "crowd", "crowd-buyer"
_OVER = (states.CREDITED, states.MEASURED, states.NOT_MEASURED, states.REJECTED, states.EXPIRED, states.SUPERSEDED)
_BATCH = 2000


def crowd(open_count: int, past_count: int, store: str = STORE) -> Person:
    """A store with so many open proposals and so many that are over, with runs, trials and measurements."""
    buyer = person_make(BUYER, "desk-password-1", name="Buyer")
    store_save(store, title="Crowd", currency="CNY", time_zone="Asia/Shanghai", connector="csv", today_date=TODAY)
    _write(_rows(store, buyer, open_count, past_count))
    shown = Intervention.objects.filter(store=store, state=states.PROPOSED).order_by("-delay_loss_minor")[:50]
    Proof.objects.bulk_create([Proof(intervention=row, evidence={}, design={}) for row in shown])
    _measured(store, buyer, past_count)
    reports_of(store)
    now = timezone.now()
    Run.objects.bulk_create(
        [Run(store=store, kind="propose", key=f"{store}-{each}", state="done", requested_at=now, finished_at=now)
         for each in range(min(past_count // 100, 1800) + 60)], batch_size=_BATCH)  # fmt: skip
    return buyer


def _rows(store: str, buyer: Person, open_count: int, past_count: int) -> Iterator[Intervention]:
    now = timezone.now()
    for each in range(open_count + past_count):
        is_open = each < open_count
        day = TODAY if is_open else TODAY - timedelta(days=1 + (each * 7919) % 1825)
        state = (states.PROPOSED if each % 50 else states.SNOOZED) if is_open else _OVER[each % len(_OVER)]
        if not is_open and each % 20_000 < 3:
            state = (states.APPROVED, states.DISPATCHED, states.FAILED)[each % 20_000]
        mid = (each * 7919) % 400_000
        yield Intervention(
            store=store, origin="practice", practice="purchasing", subject=f"P{each}", proposal=f"crowd-{store}-{each}",
            title_en=f"Order {each % 300} of product {each}", title_zh=f"订购商品 {each} 共 {each % 300} 件",
            kind="purchase_order", params={"supplier": "S", "lines": []}, currency="CNY", low_minor=mid // 3,
            mid_minor=mid, high_minor=mid * 2, effect_days=21, delay_loss_minor=(each * 104_729) % 90_000,
            cost_minor=(each * 31) % 90_000 * 10, as_of=day, expires_date=day + timedelta(days=2 + each % 12),
            state=state, owner=None if is_open else buyer, created_at=now - timedelta(minutes=each),
            changed_at=now - timedelta(minutes=each),
        )  # fmt: skip


def _write(rows: Iterator[Intervention]) -> None:
    while batch := list(islice(rows, _BATCH)):
        Intervention.objects.bulk_create(batch, batch_size=_BATCH)


def _measured(store: str, buyer: Person, past_count: int) -> None:
    windows = min(past_count // 100, 65) + 8
    for each in range(windows):
        start = TODAY - timedelta(days=28 * (each + 1))
        trial = Trial.objects.create(
            store=store, practice="purchasing", unit="product", start_date=start, end_date=start + timedelta(days=28),
            design={}, is_closed=True,
        )  # fmt: skip
        looks = [
            Measurement(
                store=store, practice="purchasing", trial=trial, as_of=start + timedelta(days=7 * (look + 1)),
                at=timezone.now(), is_final=look == 3, is_measured=True, method="holdout_cuped", currency="CNY",
                low_minor=1000, mid_minor=9000 + each, high_minor=20_000, interventions=40,
            )
            for look in range(4)
        ]  # fmt: skip
        made = Measurement.objects.bulk_create(looks)
        Credit.objects.create(
            measurement=made[-1], person=buyer, interventions=40, low_minor=1000, mid_minor=9000, high_minor=20_000
        )
