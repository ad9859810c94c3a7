"""Interventions: lists that stay light, one with its whole history, and counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from yunying.interventions import states
from yunying.interventions.models import Credit, Intervention, Measurement, Outbox, Proof, Store, Transition
from yunying.interventions.selectors.seen import area_filter, looks_seen, seen_of
from yunying.interventions.selectors.stores import Missing
from yunying.kernel.money import minor_digits
from yunying.org.active import active_scope

SOON_DAYS = 2
"""What expires within so many days is said to expire soon."""
RANK = ("-delay_loss_minor", "-mid_minor", "id")


@dataclass(frozen=True)
class Shown:
    """One intervention with everything that is known of it."""

    row: Intervention
    evidence: Mapping[str, Any]
    design: Mapping[str, Any]
    transitions: Sequence[Transition]
    entries: Sequence[Outbox]
    measurements: Sequence[Measurement]


def interventions_of(store: str) -> QuerySet[Intervention]:
    """All of a store that the active scope sees, without the parameters of their commands, which lists do not show."""
    return seen_of(store).defer("params").select_related("owner")


def decidable_of(store: str) -> QuerySet[Intervention]:
    """The proposals that the active scope's person may decide on: in his areas, up to his amounts, not his own.

    Whether an own one may be decided after all, where nobody else can, its page says.
    """
    scope, found = active_scope(), Store.objects.filter(slug=store).first()
    limits = Q(pk__in=())
    for area in scope.areas_for("decide", store) if found is not None else ():
        most = area.most_minor(store, minor_digits(found.currency))
        # An empty condition would be left out of the alternatives, not let everything in.
        limits |= area_filter(area) & (Q(pk__isnull=False) if most is None else Q(cost_minor__lte=most))
    rows = interventions_of(store).filter(limits, state=states.PROPOSED)
    return rows.exclude(composer=scope.person) if scope.has_rules else rows


def intervention_seen(store: str, id: int) -> Intervention:
    """One intervention's row, as the active scope sees it.

    Raises:
        Missing: there is none of that id in the store.
    """
    row = seen_of(store).filter(pk=id).first()
    if row is None:
        raise Missing("intervention")
    return row


def proposals_ranked(store: str, most: int = 30) -> list[Intervention]:
    """What waits for a person, by what a day of delay would lose."""
    return list(interventions_of(store).filter(state=states.PROPOSED).order_by(*RANK)[:most])


def expiring(rows: QuerySet[Intervention], today: date) -> QuerySet[Intervention]:
    """Those that wait for a person and hold for a few days only."""
    return rows.filter(state=states.PROPOSED, expires_date__lte=today + timedelta(days=SOON_DAYS))


def counts_by_state(store: str) -> dict[str, int]:
    """How many wait, are put off, under way or failed; what is over is not counted, for its number only grows."""
    wanted = (*states.OPEN, *states.RUNNING, states.FAILED)
    rows = seen_of(store).filter(state__in=wanted).order_by()
    counted = dict(rows.values_list("state").annotate(number=Count("pk")))
    return {state: counted.get(state, 0) for state in wanted}


def running_of(store: str, most: int = 12) -> list[Intervention]:
    """What is approved or being done, the newest decision first."""
    rows = interventions_of(store).filter(state__in=states.RUNNING)
    return list(rows.order_by("-changed_at")[:most])


def practices_of(store: str) -> list[str]:
    """The practices that have proposed something, by jumping along the index from one to the next."""
    rows = seen_of(store)
    found: list[str] = []
    while len(found) < 40:
        following = rows.filter(practice__gt=found[-1]) if found else rows
        name = following.order_by("practice").values_list("practice", flat=True).first()
        if name is None:
            break
        found.append(name)
    return found


def ids_of(rows: QuerySet[Intervention]) -> list[int]:
    """The ids of exactly these rows, in one query."""
    return list(rows.order_by("pk").values_list("pk", flat=True))


def intervention_shown(store: str, id: int) -> Shown:
    """One intervention with its evidence, history, outbox, receipts and measurements.

    Raises:
        Missing: there is none of that id in the store.
    """
    rows = seen_of(store).filter(pk=id).select_related("owner", "run", "trial", "proof")
    row = rows.first()
    if row is None:
        raise Missing("intervention")
    proof = row.proof if hasattr(row, "proof") else Proof(evidence={}, design={})
    steps = Transition.objects.filter(intervention=row).select_related("actor").order_by("revision")
    entries = Outbox.objects.filter(intervention=row).select_related("receipt").order_by("id")
    return Shown(row, proof.evidence, proof.design, list(steps), list(entries), _measurements(store, row))


def receipt_file(store: str, id: int, entry: int, number: int) -> Mapping[str, Any]:
    """The n-th file (from 0) that a receipt lists: its name, path and media type.

    Raises:
        Missing: the receipt, or that file of it, is not there.
    """
    mine = Outbox.objects.filter(intervention__in=seen_of(store).filter(pk=id), pk=entry)
    found = mine.select_related("receipt").first()
    files = found.receipt.content.get("files", []) if found is not None and hasattr(found, "receipt") else []
    if number >= len(files):
        raise Missing("file")
    return files[number]


def _measurements(store: str, row: Intervention) -> list[Measurement]:
    people = Prefetch("credits", Credit.objects.select_related("person"))
    looks = looks_seen(store).prefetch_related(people)
    mine = looks.filter(trial=row.trial_id) if row.trial_id else looks.filter(intervention=row)
    return list(mine.order_by("-as_of", "-id")[:60])
