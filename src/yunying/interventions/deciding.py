"""What people do with proposals: approve, edit, reject, snooze, and take each of these back; singly and in bulk."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from yunying.accounts.people import Person
from yunying.interventions import states
from yunying.interventions.budgets import budget_settle, budgets_for, budgets_locked, budgets_reserve
from yunying.interventions.ledger import Ledger, Stale, rows_locked, store_row
from yunying.interventions.models import Intervention, Outbox
from yunying.interventions.rights import (
    ALONE_WAIT,
    approval_refusal,
    deed_check,
    is_alone,
    piece_of,
    second_is_needed,
)
from yunying.kernel.command import Command
from yunying.kernel.command_schema import command_check, command_cost_minor, command_subject
from yunying.kernel.errors import OperatorError
from yunying.org.grants import scope_of

UNDO_SECONDS = 10
"""How long an approved command waits before it is sent, so that a slip can be taken back."""


@dataclass(frozen=True)
class Outcome:
    """What became of one row: ``code`` is empty if it was done, else says why not."""

    id: int
    code: str = ""
    what: str = ""
    remedy: str = ""

    @property
    def is_done(self) -> bool:
        """Whether it was done."""
        return not self.code


Deed = Callable[[Ledger, Intervention, date], Outcome]


def proposals_approve(
    store: str, ids: Iterable[int], actor: Person, *, revisions: Mapping[int, int] | None = None, at_once: bool = False
) -> list[Outcome]:
    """Approve each: reserve its money, write its command into the outbox; those that cannot be are told apart.

    Args:
        revisions: of each row, the revision that was looked at; a row that changed since is refused.
        at_once: do not wait for a slip to be taken back.
    """

    def approve(ledger: Ledger, row: Intervention, today: date) -> Outcome:
        refusal = _not_open(ledger, row, today)
        return refusal or _approve_by(ledger, row, today, actor, at_once=at_once)

    return _each(store, ids, actor, approve, revisions)


def proposals_reject(
    store: str, ids: Iterable[int], actor: Person, *, reason: str = "", revisions: Mapping[int, int] | None = None
) -> list[Outcome]:
    """Reject each."""

    def reject(ledger: Ledger, row: Intervention, today: date) -> Outcome:
        refusal = _not_open(ledger, row, today)
        if refusal is None:
            ledger.step(row, "reject", states.REJECTED, reason=reason, owner=actor)
        return refusal or Outcome(row.pk)

    return _each(store, ids, actor, reject, revisions)


def proposals_snooze(
    store: str, ids: Iterable[int], actor: Person, *, until_date: date, revisions: Mapping[int, int] | None = None
) -> list[Outcome]:
    """Put each off until a day; newer proposals on its subject stay put off as well."""

    def snooze(ledger: Ledger, row: Intervention, today: date) -> Outcome:
        refusal = _not_open(ledger, row, today)
        if refusal is None and until_date <= today:
            refusal = Outcome(row.pk, "bad-day", f"{until_date} is not after {today}.", "Give a later day.")
        if refusal is None:
            ledger.step(row, "snooze", states.SNOOZED, snoozed_until=until_date, detail={"until": str(until_date)})
        return refusal or Outcome(row.pk)

    return _each(store, ids, actor, snooze, revisions)


def decisions_undo(store: str, ids: Iterable[int], actor: Person) -> list[Outcome]:
    """Take back the last decision on each: approved and not yet sent, rejected or put off, it is proposed again."""

    def undo(ledger: Ledger, row: Intervention, today: date) -> Outcome:
        if row.state == states.APPROVED:
            return _withdraw(ledger, row, "undo", states.PROPOSED)
        if row.state in (states.REJECTED, states.SNOOZED):
            newer = _newer(row)
            if newer is None:
                ledger.step(row, "undo", states.PROPOSED, snoozed_until=None)
            return newer or Outcome(row.pk)
        return _cannot(row, "There is no decision on it that can be taken back.", "Revert it if it was done.")

    return _each(store, ids, actor, undo, None)


def proposal_edit(
    store: str, id: int, actor: Person, params: Mapping[str, Any], *, revision: int | None = None
) -> Intervention:
    """Change a proposal's parameters: whoever approves next approves the new ones; an approval before is void.

    Raises:
        OperatorError: the parameters do not fit, or the proposal can no longer be changed.
    """

    def edit(ledger: Ledger, row: Intervention, today: date) -> Outcome:
        if row.state == states.APPROVED:
            withdrawn = _withdraw(ledger, row, "edit", states.PROPOSED)
            if not withdrawn.is_done:
                return withdrawn
        refusal = _not_open(ledger, row, today)
        if refusal is None:
            command = command_check(Command(row.kind, row.version, params))
            ledger.step(
                row, "edit", states.PROPOSED, detail={"before": row.params, "after": dict(params)},
                params=dict(params), cost_minor=command_cost_minor(command, row.currency), is_edited=True,
                composer=actor, first_approver=None,
                subject=command_subject(command)[:200] if row.origin == "person" else row.subject,
            )  # fmt: skip
        return refusal or Outcome(row.pk)

    only(_each(store, [id], actor, edit, None if revision is None else {id: revision}))
    return Intervention.objects.get(pk=id)


def intervention_cancel(store: str, id: int, actor: Person, *, reason: str = "") -> None:
    """Give up what was approved and is not sent yet.

    Raises:
        OperatorError: it is not approved, or on its way already.
    """

    def cancel(ledger: Ledger, row: Intervention, today: date) -> Outcome:
        if row.state != states.APPROVED:
            return _cannot(row, "Only what is approved and not yet sent can be cancelled.", "Reject or revert it.")
        return _withdraw(ledger, row, "cancel", states.CANCELLED, reason)

    only(_each(store, [id], actor, cancel, None))


def intervention_revert(store: str, id: int, actor: Person, *, reason: str = "") -> None:
    """Ask for what was done to be taken back: the undoing command goes the way of every command.

    Raises:
        OperatorError: nothing takes this command back, or it was not done.
    """

    def revert(ledger: Ledger, row: Intervention, today: date) -> Outcome:
        if row.state not in states.DONE:
            return _cannot(row, "Only what was done can be taken back.", "Cancel it if it was not sent yet.")
        if row.is_reverting:
            return _cannot(row, "It is being taken back already.", "Wait for the next run.")
        undo = _undo_of(row)
        if undo is None:
            return _cannot(row, "Nothing takes this back.", "Compose the opposite by hand.")
        key = f"{row.pk}-undo"
        ledger.step(row, "revert", row.state, reason=reason, is_reverting=True)
        ledger.outbox.append(_outbox(row, key, "undo", undo, ledger.now, timedelta(0)))
        return Outcome(row.pk)

    only(_each(store, [id], actor, revert, None))


def intervention_retry(store: str, id: int, actor: Person) -> None:
    """Approve once more what failed. It goes out under the same key, for the outside system may have done it already.

    Raises:
        OperatorError: it did not fail, its subject was decided anew, or its money no longer fits the budget.
    """

    def retry(ledger: Ledger, row: Intervention, today: date) -> Outcome:
        failed = Outbox.objects.filter(intervention=row, purpose="apply", state="failed").order_by("pk").last()
        if row.state != states.FAILED or failed is None:
            return _cannot(row, "Only what failed can be tried again.", "Look at its history.")
        money: dict[str, Any] = {}
        refusal = _newer(row)
        if refusal is None:
            refusal, money = _reserve(ledger, row, today)
        if refusal is None:
            # It is on its way at once: what was sent before can no longer be withdrawn as if it had not been.
            Outbox.objects.filter(pk=failed.pk).update(state="waiting", not_before=ledger.now, lease_until=None)
            ledger.step(row, "retry", states.DISPATCHED, owner=ledger.actor or row.owner, **money)
        return refusal or Outcome(row.pk)

    only(_each(store, [id], actor, retry, None))


def only(outcomes: Sequence[Outcome]) -> None:
    """Raise OperatorError if the one outcome is a refusal."""
    for outcome in outcomes:
        if not outcome.is_done:
            raise OperatorError(outcome.code, outcome.what, outcome.remedy)


def approve_row(ledger: Ledger, row: Intervention, today: date, *, action: str) -> Outcome:
    """Approve a row within a transaction that is open already: for standing approvals."""
    return _approve(ledger, row, today, timedelta(0), action=action)


def _each(
    store: str, ids: Iterable[int], actor: Person, deed: Deed, revisions: Mapping[int, int] | None
) -> list[Outcome]:
    """Do one deed to each row in one transaction; refusals of single rows do not stop the others."""
    scope = deed_check(actor, "decide", store)
    wanted = list(dict.fromkeys(ids))
    row_of_store = store_row(store)
    now = timezone.now()
    today = row_of_store.today_date or now.date()
    found: dict[int, Outcome] = {}
    with transaction.atomic():
        ledger = Ledger(store, actor, now, today)
        rows = rows_locked(wanted)
        budgets_locked(store, rows, today)
        for row in rows:
            if row.store != store or not (scope.may("see", store, piece_of(row)) or row.composer_id == actor.pk):
                continue
            if not scope.may("decide", store, piece_of(row)):
                what = f"“{row.title_en}” is not yours to decide."
                found[row.pk] = Outcome(row.pk, "not-allowed", what, "Ask whoever owns that part of the store.")
                continue
            seen = (revisions or {}).get(row.pk, row.revision)
            if seen != row.revision:
                stale = Stale(row)
                found[row.pk] = Outcome(row.pk, stale.code, stale.what, stale.remedy)
            else:
                found[row.pk] = deed(ledger, row, today)
        ledger.flush()
    missing = ("not-found", "There is no such proposal in this store.", "Open the list again.")
    return [found.get(id) or Outcome(id, *missing) for id in wanted]


def _reserve(ledger: Ledger, row: Intervention, today: date) -> tuple[Outcome | None, dict[str, Any]]:
    """Reserve a row's money: why not, or the fields that say so."""
    person = ledger.actor.pk if ledger.actor is not None else row.owner_id
    budgets = budgets_for(row, today, person)
    if not budgets:
        return None, {"budget": None, "reserved_minor": 0}
    full = budgets_reserve(ledger, budgets, row, row.cost_minor)
    if full is None:
        return None, {"budget": budgets[0], "reserved_minor": row.cost_minor}
    free = full.cap_minor - full.reserved_minor - full.spent_minor
    return Outcome(
        row.pk, "over-budget", f"It needs {row.cost_minor}, and {free} minor units are left of the budget {full}.",
        "Raise the budget, approve less, or cancel something.",
    ), {}  # fmt: skip


def _approve_by(ledger: Ledger, row: Intervention, today: date, actor: Person, *, at_once: bool) -> Outcome:
    """Approve as far as the person may: a large amount waits for a second one, one's own for a while."""
    scope = scope_of(actor, timezone.now().date())
    refused = approval_refusal(scope, row, actor)
    if refused is not None:
        return Outcome(row.pk, *refused)
    if second_is_needed(scope, row, actor):
        if row.first_approver_id is None:
            ledger.step(row, "approve_first", row.state, first_approver=actor)
            return Outcome(row.pk)
        if row.first_approver_id == actor.pk:
            what = f"“{row.title_en}” has your approval and needs one more."
            return Outcome(row.pk, "needs-second", what, "Ask a second person to approve it.")
    if is_alone(scope, row, actor):
        return _approve(ledger, row, today, ALONE_WAIT, action="approve_alone")
    return _approve(ledger, row, today, timedelta(seconds=0 if at_once else UNDO_SECONDS))


def _approve(ledger: Ledger, row: Intervention, today: date, wait: timedelta, *, action: str = "approve") -> Outcome:
    refusal, money = _reserve(ledger, row, today)
    if refusal is not None:
        return refusal
    ledger.step(row, action, states.APPROVED, owner=ledger.actor or row.owner, snoozed_until=None, **money)
    params = dict(row.params)
    if row.kind == "purchase_order" and not params.get("reference"):
        params["reference"] = f"YY{row.pk:06d}"
    command = {"kind": row.kind, "version": row.version, "params": params}
    ledger.outbox.append(_outbox(row, f"{row.pk}-{row.revision}", "apply", command, ledger.now, wait))
    return Outcome(row.pk)


def _withdraw(ledger: Ledger, row: Intervention, action: str, to_state: str, reason: str = "") -> Outcome:
    """Void an approval whose command nobody has taken yet."""
    waiting = Outbox.objects.filter(intervention=row, purpose="apply", state="waiting")
    if waiting.update(state="cancelled") != 1:
        return _cannot(row, "It is on its way already.", "Revert it once it is done.")
    budget_settle(ledger, row, 0, "release")
    ledger.step(row, action, to_state, reason=reason, budget=None, reserved_minor=0)
    return Outcome(row.pk)


def _not_open(ledger: Ledger, row: Intervention, today: date) -> Outcome | None:
    """Why a row cannot be decided on; None if it can. One whose time is over is marked so."""
    if row.state not in states.OPEN:
        name = states.TITLES[row.state][0].lower()
        remedy = "Look at the newer proposal." if row.state == states.SUPERSEDED else "Open it to see its history."
        return Outcome(row.pk, f"already-{row.state}".replace("_", "-"), f"“{row.title_en}” is {name} already.", remedy)
    if row.expires_date <= today:
        ledger.step(row, "expire", states.EXPIRED, reason=f"held until {row.expires_date}")
        return Outcome(row.pk, "expired", f"“{row.title_en}” held until {row.expires_date}.", "Make today's plan anew.")
    return None


def _newer(row: Intervention) -> Outcome | None:
    """Why a row cannot come back: a newer run spoke on its subject, and both would be done; None if it can."""
    if row.origin not in ("practice", "standing"):
        return None
    alive = (*states.OPEN, *states.RUNNING, *states.DONE)
    newer = Intervention.objects.filter(
        store=row.store, practice=row.practice, state__in=alive, subject=row.subject, as_of__gt=row.as_of
    )
    if not newer.exists():
        return None
    what = f"“{row.title_en}”: a newer proposal on the same subject took its place."
    return Outcome(row.pk, "newer-proposal", what, "Decide on the newer one.")


def _cannot(row: Intervention, what: str, remedy: str) -> Outcome:
    return Outcome(row.pk, f"is-{row.state}".replace("_", "-"), f"“{row.title_en}”: {what}", remedy)


def _undo_of(row: Intervention) -> Mapping[str, Any] | None:
    done = Outbox.objects.filter(intervention=row, purpose="apply", state="done").select_related("receipt").last()
    return done.receipt.content.get("undo") if done is not None and hasattr(done, "receipt") else None


def _outbox(
    row: Intervention, key: str, purpose: str, command: Mapping[str, Any], now: datetime, wait: timedelta
) -> Outbox:
    return Outbox(
        intervention=row, store=row.store, key=f"{row.store}-{key}", purpose=purpose, command=dict(command),
        created_at=now, not_before=now + wait,
    )  # fmt: skip
