"""How interventions begin: proposed by a practice, composed by a person, covered in advance, or only observed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from yunying.accounts.people import Person
from yunying.interventions import states
from yunying.interventions.budgets import budget_free
from yunying.interventions.checks import amount_check, proposals_check
from yunying.interventions.deciding import Outcome, approve_row
from yunying.interventions.ledger import Ledger, store_row
from yunying.interventions.models import Intervention, Proof, Run, StandingApproval, Trial
from yunying.interventions.rights import deed_check, is_able_to_act
from yunying.kernel.command import Command
from yunying.kernel.command_schema import (
    LARGEST_MONEY,
    command_check,
    command_cost_minor,
    command_schema,
    command_subject,
)
from yunying.kernel.ids import digest
from yunying.kernel.json_form import to_plain
from yunying.kernel.proposal import Proposal
from yunying.org.scope import ANYTHING, Piece

_BATCH = 500
_SUBJECT_CHARS = 200
HOLD_DAYS = 14
"""How long what a person composed waits for approval."""


@dataclass(frozen=True)
class Drawn:
    """A proposal with its unit's arm, its trial if anything was drawn, and the piece of the store it is about."""

    proposal: Proposal
    arm: str = "treated"
    trial: Trial | None = None
    piece: Piece = ANYTHING


@dataclass(frozen=True)
class Recorded:
    """How many proposals were new, took the place of older ones, closed older ones, or were approved in advance."""

    new: int
    superseded: int
    approved: int
    in_flight: int


def proposals_record(
    store: str, practice: str, drawn: Sequence[Drawn], run: Run | None, *, as_of: date, proofs: Mapping[str, Any]
) -> Recorded:
    """Record one practice's run: its proposals take the place of the open ones of older runs, or of their own subject.

    Running it again with the same proposals changes nothing.

    Args:
        proofs: evidence by the proposal's id, in JSON form, where it differs from the proposal's own.

    Raises:
        OperatorError: a proposal does not fit, so none was recorded and what was open stays.
    """
    row_of_store, now = store_row(store), timezone.now()
    proposals_check(row_of_store, practice, [each.proposal for each in drawn], as_of)
    with transaction.atomic():
        ledger = Ledger(store, None, now, row_of_store.today_date or as_of)
        known = set(Intervention.objects.filter(store=store, practice=practice, as_of=as_of).values_list(
            "proposal", flat=True))  # fmt: skip
        kept_ids = {each.proposal.id for each in drawn}
        snoozed = _superseded(ledger, store, practice, kept_ids, as_of)
        # Asked for once the open rows are locked: what somebody approved a moment ago is seen as under way.
        busy = _busy_subjects(store, practice, as_of)
        fresh = [each for each in drawn if each.proposal.id not in known and _subject(each) not in busy]
        rows = [_row(each, run, now, snoozed.get(_subject(each))) for each in fresh]
        Intervention.objects.bulk_create(rows, batch_size=_BATCH)
        Proof.objects.bulk_create(
            [_proof(row, each.proposal, proofs) for row, each in zip(rows, fresh, strict=True)], batch_size=_BATCH
        )
        for row in rows:
            ledger.created(row, "propose")
        approved = _standing(ledger, store, practice, [row for row in rows if row.state == states.PROPOSED], as_of)
        ledger.flush()
    in_flight = sum(_subject(each) in busy for each in drawn)
    return Recorded(len(rows), ledger_count(snoozed), approved, in_flight)


def ledger_count(snoozed: Mapping[str, Any]) -> int:
    """How many rows were closed; kept beside the snoozed subjects under a name that no subject has."""
    return int(snoozed.get("", 0))


def intervention_compose(
    store: str,
    actor: Person,
    command: Command,
    *,
    title: str = "",
    note: str = "",
    expected: tuple[int, int, int] | None = None,
    effect_days: int = 28,
) -> Intervention:
    """Record what a person wants done, with the same checks as a practice's proposal; it waits for approval.

    Args:
        expected: low, middle and high of the expected change of contribution profit in minor units, if the person says.

    Raises:
        OperatorError: the command's parameters do not fit, or an amount is out of bounds.
    """
    deed_check(actor, "propose", store)
    row_of_store, now = store_row(store), timezone.now()
    command_check(command)
    schema = command_schema(command.kind, command.version)
    subject, cost_minor = command_subject(command), command_cost_minor(command, row_of_store.currency)
    low, mid, high = expected or (None, None, None)
    amount_check("cost", cost_minor)
    amount_check("expected profit", low, mid, high, least=-LARGEST_MONEY)
    today = row_of_store.today_date or now.date()
    with transaction.atomic():
        ledger = Ledger(store, actor, now, today)
        row = Intervention.objects.create(
            store=store, origin="person", practice="person", subject=subject[:_SUBJECT_CHARS],
            proposal=f"person-{digest(f'{store}/{actor.pk}/{now.isoformat()}/{command.kind}')}",
            title_en=(title or f"{schema.title_en}: {subject}")[:300],
            title_zh=(title or f"{schema.title_zh}：{subject}")[:300],
            kind=command.kind, version=command.version, params=to_plain(command.params),
            currency=row_of_store.currency, low_minor=low, mid_minor=mid, high_minor=high, effect_days=effect_days,
            cost_minor=cost_minor, is_reversible=schema.is_reversible,
            as_of=today, expires_date=today + timedelta(days=HOLD_DAYS), owner=actor, composer=actor, created_at=now,
            changed_at=now,
            note=note[:500],
        )  # fmt: skip
        Proof.objects.create(intervention=row, evidence={}, design=WEAK_DESIGN)
        ledger.created(row, "compose")
        ledger.flush()
    return row


WEAK_DESIGN = {
    "unit": "store",
    "control": "the same products before, beside the products that were not touched",
    "holdout_rate": 0.0,
    "window_days": 28,
    "metric": "contribution_profit",
    "guardrails": [],
}
"""What a person composes is not drawn by chance, so its evidence is the weaker one."""


def intervention_observe(
    store: str, subject: str, kind: str, params: Mapping[str, Any], *, day: date, title_en: str, title_zh: str
) -> Intervention | None:
    """Record a change in the store that no intervention caused; None if it is recorded already."""
    row_of_store, now = store_row(store), timezone.now()
    identity = f"observed-{digest(f'{store}/{kind}/{subject}/{day}')}"
    with transaction.atomic():
        if Intervention.objects.filter(store=store, proposal=identity).exists():
            return None
        row = Intervention.objects.create(
            store=store, origin="observed", practice="observed", subject=subject[:_SUBJECT_CHARS], proposal=identity,
            title_en=title_en[:300], title_zh=title_zh[:300], kind=kind, params=dict(params),
            currency=row_of_store.currency, as_of=day, expires_date=day + timedelta(days=1), state=states.APPLIED,
            applied_date=day, created_at=now, changed_at=now,
        )  # fmt: skip
        ledger = Ledger(store, None, now, day)
        ledger.created(row, "observe")
        ledger.flush()
    return row


def standing_give(
    store: str, actor: Person, practice: str, kind: str, *, most_minor: int, until_date: date
) -> StandingApproval:
    """Approve in advance what a practice will propose, up to an amount each, until a day.

    What costs money is covered only as far as a budget reaches.

    Raises:
        OperatorError: the kind is unknown, or the bound out of bounds.
    """
    deed_check(actor, "standing", store, Piece(practice))
    row_of_store, now = store_row(store), timezone.now()
    command_schema(kind, 1)
    amount_check("the most of each", most_minor)
    with transaction.atomic():
        given = StandingApproval.objects.create(
            store=store, practice=practice, kind=kind, most_minor=most_minor, until_date=until_date,
            given_by=actor, given_at=now,
        )  # fmt: skip
        ledger = Ledger(store, actor, now, row_of_store.today_date or now.date())
        after = {"practice": practice, "kind": kind, "most_minor": most_minor, "until": str(until_date)}
        ledger.record("standing_give", f"standing/{given.pk}", after=after)
        ledger.flush()
    return given


def standing_revoke(store: str, id: int, actor: Person) -> bool:
    """End a standing approval; says whether it still held."""
    found = StandingApproval.objects.filter(store=store, pk=id).first()
    if found is None:
        return False
    deed_check(actor, "standing", store, Piece(found.practice))
    row_of_store, now = store_row(store), timezone.now()
    with transaction.atomic():
        ended = StandingApproval.objects.filter(store=store, pk=id, revoked_at=None).update(revoked_at=now) == 1
        if ended:
            ledger = Ledger(store, actor, now, row_of_store.today_date or now.date())
            ledger.record("standing_revoke", f"standing/{id}")
            ledger.flush()
    return ended


def proposals_expire(store: str) -> int:
    """Mark what no longer holds on the store's day, and wake what was put off until it; returns how many expired."""
    row_of_store, now = store_row(store), timezone.now()
    today = row_of_store.today_date
    if today is None:
        return 0
    with transaction.atomic():
        ledger = Ledger(store, None, now, today)
        rows = Intervention.objects.select_for_update().filter(store=store, state__in=states.OPEN).order_by("pk")
        over = list(rows.filter(expires_date__lte=today))
        for row in over:
            ledger.step(row, "expire", states.EXPIRED, reason=f"held until {row.expires_date}")
        for row in rows.filter(state=states.SNOOZED, snoozed_until__lte=today):
            ledger.step(row, "wake", states.PROPOSED, snoozed_until=None)
        ledger.flush()
    return len(over)


def _busy_subjects(store: str, practice: str, as_of: date) -> set[str]:
    """Subjects on which something is under way that the facts of this day cannot show yet."""
    running = Intervention.objects.filter(store=store, practice=practice, state__in=states.RUNNING)
    today = Intervention.objects.filter(store=store, practice=practice, state__in=states.DONE, applied_date__gte=as_of)
    return set(running.values_list("subject", flat=True)) | set(today.values_list("subject", flat=True))


def _superseded(ledger: Ledger, store: str, practice: str, kept: set[str], as_of: date) -> dict[str, Any]:
    """Close the open proposals of older runs; returns until when each subject was put off, and under "" how many."""
    rows = Intervention.objects.select_for_update().filter(
        store=store, practice=practice, state__in=states.OPEN, as_of__lte=as_of, origin__in=("practice", "standing")
    )
    snoozed: dict[str, Any] = {}
    count = 0
    for row in rows.order_by("pk"):
        if row.proposal in kept:
            continue
        if row.state == states.SNOOZED and row.snoozed_until is not None and row.snoozed_until > as_of:
            snoozed[row.subject] = row.snoozed_until
        ledger.step(row, "supersede", states.SUPERSEDED, reason=f"the plan of {as_of} took its place")
        count += 1
    return {**snoozed, "": count}


def _standing(ledger: Ledger, store: str, practice: str, rows: Sequence[Intervention], today: date) -> int:
    """Approve what a standing approval covers, in the order of what delay loses, as far as the budget reaches."""
    given = StandingApproval.objects.filter(store=store, practice=practice, revoked_at=None, until_date__gt=today)
    standing = [
        each
        for each in given.select_related("given_by").order_by("pk")
        if is_able_to_act(each.given_by, store, Piece(practice))
    ]
    has_budget = budget_free(store, practice, today) is not None
    approved = 0
    for row in sorted(rows, key=lambda each: (-each.delay_loss_minor, each.pk)):
        cover = next((each for each in standing if each.kind == row.kind and row.cost_minor <= each.most_minor), None)
        if cover is None or (row.cost_minor and not has_budget):
            continue
        row.owner = cover.given_by
        outcome: Outcome = approve_row(ledger, row, today, action="standing")
        if outcome.is_done:
            Intervention.objects.filter(pk=row.pk).update(origin="standing", owner=cover.given_by)
            approved += 1
    return approved


def _subject(drawn: Drawn) -> str:
    """A proposal's subject as its row holds it."""
    return drawn.proposal.subject[:_SUBJECT_CHARS]


def _row(drawn: Drawn, run: Run | None, now: Any, snoozed_until: date | None) -> Intervention:
    each = drawn.proposal
    # A budget is held to what the command itself commits, whatever the practice says of it.
    cost_minor = max(each.cost_minor, command_cost_minor(each.command, each.currency))
    return Intervention(
        store=each.store, origin="practice", practice=each.practice, subject=_subject(drawn), proposal=each.id,
        title_en=each.title_en[:300], title_zh=each.title_zh[:300], kind=each.command.kind,
        version=each.command.version, params=to_plain(each.command.params), currency=each.currency,
        low_minor=each.effect.low_minor, mid_minor=each.effect.mid_minor, high_minor=each.effect.high_minor,
        effect_days=each.effect_days, delay_loss_minor=each.delay_loss_minor, cost_minor=cost_minor,
        is_reversible=each.reversible, arm=drawn.arm, as_of=each.as_of, expires_date=each.expires_date,
        state=states.SNOOZED if snoozed_until else states.PROPOSED, snoozed_until=snoozed_until,
        run=run, trial=drawn.trial, created_at=now, changed_at=now, category=drawn.piece.category[:100],
        channel=drawn.piece.channel[:100], style=drawn.piece.style[:100],
    )  # fmt: skip


def _proof(row: Intervention, proposal: Proposal, proofs: Mapping[str, Any]) -> Proof:
    evidence = proofs.get(proposal.id) or to_plain(proposal.evidence)
    return Proof(intervention=row, evidence=evidence, design=to_plain(proposal.design))
