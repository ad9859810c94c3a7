"""One step of an intervention's life: row, history, audit and outbox in the caller's one transaction.

Locks are taken in one order, so that writers cannot deadlock: interventions by rising id, then budgets, then outbox
entries, and the head of the audit chain last.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from yunying.accounts.people import Person
from yunying.audit.log import Change, audit_record
from yunying.interventions import states
from yunying.interventions.models import BudgetEntry, Intervention, Outbox, Store, Transition
from yunying.kernel.errors import InternalError, OperatorError

SYSTEM = "system"
_BATCH = 500


class Stale(OperatorError):
    """The row changed between reading and writing: somebody else was faster."""

    def __init__(self, row: Intervention) -> None:
        super().__init__(
            "changed", f"“{row.title_en}” changed while you were deciding.", "Look at it again, then decide anew."
        )


@dataclass
class Ledger:
    """Collects what one transaction writes; ``flush`` must be called before it ends.

    Args:
        actor: None for the program itself.
        date: the store-local day that the steps are recorded under.
    """

    store: str
    actor: Person | None
    now: datetime
    date: date
    _transitions: list[Transition] = field(default_factory=list)
    _changes: list[Change] = field(default_factory=list)
    outbox: list[Outbox] = field(default_factory=list)
    budget_entries: list[BudgetEntry] = field(default_factory=list)

    def step(
        self,
        row: Intervention,
        action: str,
        to_state: str,
        *,
        reason: str = "",
        detail: Mapping[str, Any] | None = None,
        **changes: Any,
    ) -> None:
        """Move a row on by one conditional update, and set the fields in ``changes``.

        Raises:
            Stale: the row is no longer as it was read.
        """
        if to_state not in states.FOLLOWS[row.state] and to_state != row.state:
            raise InternalError(f"{row.state} is never followed by {to_state}")
        seen = Intervention.objects.filter(pk=row.pk, state=row.state, revision=row.revision)
        fields = {"state": to_state, "revision": row.revision + 1, "changed_at": self.now, **changes}
        if seen.update(**fields) != 1:
            raise Stale(row)
        before = {name: _plain(getattr(row, name)) for name in fields if name != "changed_at"}
        from_state = row.state
        for name, value in fields.items():
            setattr(row, name, value)
        after = {name: _plain(value) for name, value in fields.items() if name != "changed_at"}
        self._note(row, action, from_state, reason, detail or {})
        self.record(action, f"intervention/{row.pk}", reason=reason, before=before, after=after)

    def created(self, row: Intervention, action: str) -> None:
        """The first step of a row that has just been written."""
        self._note(row, action, "", "", {})
        self.record(
            action,
            f"intervention/{row.pk}",
            after={"state": row.state, "kind": row.kind, "params": row.params, "cost_minor": row.cost_minor},
        )

    def record(
        self,
        action: str,
        subject: str,
        *,
        reason: str = "",
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> None:
        """An entry of the audit chain."""
        self._changes.append(Change(action, subject, reason, before or {}, after or {}))

    def flush(self) -> None:
        """Write what was collected, the audit chain last."""
        if not transaction.get_connection().in_atomic_block:
            raise InternalError("a ledger is written in a transaction")
        Transition.objects.bulk_create(self._transitions, batch_size=_BATCH)
        BudgetEntry.objects.bulk_create(self.budget_entries, batch_size=_BATCH)
        Outbox.objects.bulk_create(self.outbox, batch_size=_BATCH)
        audit_record(self.store, self.actor.get_username() if self.actor else SYSTEM, self.now, self._changes)
        self._transitions, self._changes, self.outbox, self.budget_entries = [], [], [], []

    def _note(self, row: Intervention, action: str, from_state: str, reason: str, detail: Mapping[str, Any]) -> None:
        self._transitions.append(
            Transition(
                intervention=row,
                revision=row.revision,
                at=self.now,
                date=self.date,
                actor=self.actor,
                from_state=from_state,
                to_state=row.state,
                action=action,
                reason=reason[:500],
                detail=dict(detail),
            )
        )


def rows_locked(pks: Iterable[int]) -> list[Intervention]:
    """The rows, locked in one order until the transaction ends; those that do not exist are left out."""
    return list(Intervention.objects.select_for_update().filter(pk__in=list(pks)).order_by("pk"))


def store_row(slug: str) -> Store:
    """The store of that id.

    Raises:
        OperatorError: the desk knows no such store.
    """
    found = Store.objects.filter(slug=slug).first()
    if found is None:
        raise OperatorError("unknown-store", f"There is no store {slug!r}.", "Import its orders first.")
    return found


def _plain(value: object) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value.pk if hasattr(value, "pk") else value
