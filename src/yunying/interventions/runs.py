"""Runs: what the loop is asked to do and what it did. One worker holds a run; its lease ends with it."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from yunying.accounts.people import Person
from yunying.audit.log import Change, audit_record
from yunying.interventions.models import Run
from yunying.interventions.rights import opening_check
from yunying.interventions.uploads import upload_saw
from yunying.kernel.errors import InternalError, OperatorError

LEASE = timedelta(minutes=10)
MOST_ATTEMPTS = 5


def run_request(
    store: str, kind: str, *, key: str, actor: Person | None = None, params: Mapping[str, Any] | None = None
) -> Run:
    """Ask the loop for a run; the same key again gives the run that was asked for before.

    Raises:
        OperatorError: whoever asks may not act.
    """
    opening_check(actor, store, "import" if kind in ("draft", "import") else "run")
    if kind not in Run.KINDS:
        raise InternalError(f"{kind} is no kind of run")
    found = Run.objects.filter(key=key).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            now = timezone.now()
            run = Run.objects.create(
                store=store, kind=kind, key=key, params=dict(params or {}), requested_by=actor, requested_at=now
            )
            if actor is not None:
                change = Change("run_request", f"run/{run.pk}", after={"kind": kind, "params": dict(params or {})})
                audit_record(store, actor.get_username(), now, [change])
            return run
    except IntegrityError:
        return Run.objects.get(key=key)


def run_claim(worker: str, *, stores: list[str] | None = None, lease: timedelta = LEASE) -> Run | None:
    """Take the oldest run that waits, or whose worker died; of one store only one run is done at a time."""
    now = timezone.now()
    while True:
        held = Run.objects.filter(state="running", lease_until__gte=now).values("store")
        due = Q(lease_until=None) | Q(lease_until__lt=now)
        waiting = Run.objects.filter(due, state="requested") | Run.objects.filter(state="running", lease_until__lt=now)
        if stores is not None:
            waiting = waiting.filter(store__in=stores)
        run = waiting.exclude(store__in=held).order_by("id").first()
        if run is None:
            return None
        seen = Run.objects.filter(pk=run.pk, state=run.state, attempts=run.attempts)
        if run.attempts >= MOST_ATTEMPTS:
            _give_up(run, seen, now)
        elif seen.update(state="running", worker=worker, lease_until=now + lease, attempts=run.attempts + 1,
                         started_at=now, step="", share=0.0, error=None):  # fmt: skip
            run.refresh_from_db()
            return run


def _give_up(run: Run, seen: QuerySet[Run], now: datetime) -> None:
    """What was tried often enough is over; what its last try said is what it failed of."""
    what = run.error["what"] if run.error else "Its worker died each time."
    error = {"code": "gave-up", "what": what, "remedy": "Look at the log, ask again."}
    if seen.update(state="failed", error=error, finished_at=now, lease_until=None) and "upload" in run.params:
        upload_saw(run.params["upload"], state="refused", error={**error, "problems": []})


def run_progress(run: Run, step: str, share: float) -> None:
    """Say how far a run is, and hold it for longer.

    Raises:
        OperatorError: another worker has taken the run over.
    """
    mine = Run.objects.filter(pk=run.pk, state="running", attempts=run.attempts)
    if not mine.update(step=step[:120], share=min(max(share, 0.0), 1.0), lease_until=timezone.now() + LEASE):
        raise OperatorError("run-lost", f"{run} was taken over by another worker.", "Nothing to do: it goes on there.")


def run_finish(
    run: Run, result: Mapping[str, Any], *, as_of: date | None = None, snapshot: int | None = None, record: str = ""
) -> None:
    """A run is over and well."""
    Run.objects.filter(pk=run.pk, attempts=run.attempts).update(
        state="done", result=dict(result), finished_at=timezone.now(), share=1.0, step="", as_of=as_of,
        snapshot=snapshot, record=record, error=None,
    )  # fmt: skip


def run_fail(run: Run, code: str, what: str, remedy: str) -> None:
    """A run is over and not well."""
    Run.objects.filter(pk=run.pk, attempts=run.attempts).update(
        state="failed", finished_at=timezone.now(), error={"code": code, "what": what[:2000], "remedy": remedy[:2000]}
    )


def run_again_later(run: Run, what: str) -> None:
    """An outside system did not answer: the run waits for another attempt, longer each time."""
    wait = timedelta(minutes=2 ** max(run.attempts - 1, 0))
    Run.objects.filter(pk=run.pk, attempts=run.attempts).update(
        state="requested", lease_until=timezone.now() + wait,
        error={"code": "retry", "what": what[:2000], "remedy": "It is tried again by itself."},
    )  # fmt: skip


def run_params(run: Run, params: Mapping[str, Any]) -> None:
    """Write down what a run aims at, so that doing it again after a crash aims at the same."""
    Run.objects.filter(pk=run.pk, attempts=run.attempts).update(params=dict(params))
    run.params = dict(params)
