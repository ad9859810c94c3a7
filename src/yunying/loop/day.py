"""One run of the loop: what is asked for is done, and a crash at any point leaves a run that is done again whole.

Every part below may be repeated: batches of facts carry numbers, commands keys, proposals and measurements their day.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import InterfaceError, OperationalError, connection

from yunying.connectors.sim.connector import living_store
from yunying.interventions.ledger import store_row
from yunying.interventions.proposing import proposals_expire
from yunying.interventions.runs import run_again_later, run_fail, run_finish, run_params, run_progress
from yunying.interventions.store_list import stores_of_the_desk
from yunying.kernel.errors import ConnectorError, FactError, OperatorError
from yunying.loop.dispatch import dispatch_store
from yunying.loop.home import Home
from yunying.loop.inbox_drain import inbox_drain
from yunying.loop.measure import measure_store
from yunying.loop.propose import propose_store
from yunying.loop.published import ledger_publish
from yunying.loop.reports import reports_make
from yunying.loop.sites import desk_tell, site_of
from yunying.loop.uploads import latest_date, upload_draft, upload_import

_log = logging.getLogger("yunying.loop")
Progress = Callable[[str, float], None]


def run_do(home: Home, run: Any, worker: str, *, now: datetime) -> bool:
    """Do a claimed run and say how it ended; returns whether it is over and well."""

    def progress(step: str, share: float) -> None:
        run_progress(run, step, share)

    try:
        result = _KINDS[run.kind](home, run, worker, now, progress)
    except ConnectorError as error:
        if error.retryable:
            run_again_later(run, str(error))
        else:
            run_fail(run, "connector", str(error), "Look at the outside system, then ask again.")
        return False
    except FactError as error:
        run_fail(run, "bad-rows", str(error), "Open the upload: it lists each row with its remedy.")
        return False
    except OperatorError as error:
        if error.code == "run-lost":
            return False
        run_fail(run, error.code, error.what, error.remedy)
        return False
    except (OperationalError, InterfaceError) as error:
        # Neither is the run's fault: the database is busy, or starts again.
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
        run_again_later(run, f"The database does not answer: {error}")
        return False
    except Exception as error:  # a bug of ours must not stop the worker
        _log.exception("run %s failed", run.pk)
        run_fail(run, "internal", f"{type(error).__name__}: {error}", "Report it as a bug, with the worker's log.")
        return False
    row = next((each for each in stores_of_the_desk() if each.slug == run.store), None)
    run_finish(
        run,
        result,
        as_of=row.today_date if row else None,
        snapshot=row.snapshot if row else None,
        record=str(result.get("run", "")),
    )
    return True


def ingest_store(home: Home, store: str) -> int:
    """Take in what the store's connector has new; returns how many batches."""
    connector, site = site_of(home, store)
    cursor = home.facts.snapshots.last_number(connector.source(store))
    count = 0
    for batch in connector.pull(site, cursor):
        home.facts.write(batch)
        count += 1
    return count


def day_do(
    home: Home,
    store: str,
    worker: str,
    *,
    now: datetime,
    run: Any = None,
    reports: bool = True,
    progress: Progress = lambda step, share: None,
) -> dict[str, Any]:
    """The whole loop once: dispatch, ingest, fit and propose, measure, report.

    Args:
        reports: whether anybody will look at this day's measurements and reports.
    """
    progress("dispatch", 0.05)
    sent = dispatch_store(home, store, worker, ignore_wait=True)
    progress("ingest", 0.1)
    home.facts.recover()
    inbox_drain(home, store, now=now)
    batches = ingest_store(home, store)
    desk_tell(home, store)
    progress("propose", 0.2)
    proposed = propose_store(home, store, made_at=now, run=run, progress=progress)
    recorded = proposed.recorded
    # What a standing approval covers goes out at once.
    standing = dispatch_store(home, store, worker)
    measured = 0
    if reports:
        progress("measure", 0.85)
        measured = measure_store(home, store)
        progress("report", 0.92)
        reports_make(home, store)
    ledger_publish(home, store)
    return {
        "run": proposed.plan.run.id,
        "batches": batches,
        "applied": sent["applied"] + standing["applied"],
        "failed": sent["failed"] + standing["failed"],
        "proposed": sum(each.new for each in recorded.values()),
        "superseded": sum(each.superseded for each in recorded.values()),
        "approved_in_advance": sum(each.approved for each in recorded.values()),
        "measured": measured,
        "failed_practices": dict(proposed.failed),
    }


def advance_do(home: Home, run: Any, worker: str, *, now: datetime, progress: Progress) -> dict[str, Any]:
    """Let a simulated store live so many days, then do the loop; the day that is aimed at is written down first.

    Raises:
        OperatorError: the store is a real one.
    """
    store = run.store
    connector, site = site_of(home, store)
    if connector.slug != "sim":
        raise OperatorError("no-simulation", f"{store} is no simulated store.", "Its days pass by themselves.")
    sent = dispatch_store(home, store, worker, ignore_wait=True)
    living = living_store(site)
    target = int(run.params.get("until") or living.days + int(run.params.get("days", 1)))
    run_params(run, {**run.params, "until": target})
    while living.days < target:
        progress(f"day {living.days + 1}", 0.1)
        living.advance()
    done = day_do(home, store, worker, now=now, run=run, progress=progress)
    return {**done, **{name: done[name] + sent[name] for name in ("applied", "failed")}}


def _propose(home: Home, run: Any, worker: str, now: datetime, progress: Progress) -> dict[str, Any]:
    home.facts.recover()
    desk_tell(home, run.store)
    proposed = propose_store(home, run.store, made_at=now, run=run, progress=progress)
    progress("report", 0.9)
    reports_make(home, run.store)
    ledger_publish(home, run.store)
    return {
        "run": proposed.plan.run.id,
        "proposed": sum(each.new for each in proposed.recorded.values()),
        "failed_practices": dict(proposed.failed),
    }


def _dispatch(home: Home, run: Any, worker: str, now: datetime, progress: Progress) -> dict[str, Any]:
    sent: Mapping[str, int] = dispatch_store(home, run.store, worker, ignore_wait=True)
    ledger_publish(home, run.store)
    return dict(sent)


def _measure(home: Home, run: Any, worker: str, now: datetime, progress: Progress) -> dict[str, Any]:
    desk_tell(home, run.store)
    measured = measure_store(home, run.store)
    ledger_publish(home, run.store)
    return {"measured": measured}


def _report(home: Home, run: Any, worker: str, now: datetime, progress: Progress) -> dict[str, Any]:
    desk_tell(home, run.store)
    proposals_expire(run.store)
    reports_make(home, run.store)
    return {}


def _draft(home: Home, run: Any, worker: str, now: datetime, progress: Progress) -> dict[str, Any]:
    return upload_draft(home, int(run.params["upload"]))


def _import(home: Home, run: Any, worker: str, now: datetime, progress: Progress) -> dict[str, Any]:
    home.facts.recover()
    outcome = upload_import(
        home, int(run.params["upload"]), latest_date=latest_date(_local(now, run)), progress=progress
    )
    desk_tell(home, run.store)
    reports_make(home, run.store)
    return outcome


def _local(now: datetime, run: Any) -> date:
    try:
        return now.astimezone(ZoneInfo(store_row(run.store).time_zone)).date()
    except OperatorError:
        return now.date()


_KINDS: Mapping[str, Callable[[Home, Any, str, datetime, Progress], dict[str, Any]]] = {
    "day": lambda home, run, worker, now, progress: day_do(
        home, run.store, worker, now=now, run=run, progress=progress
    ),
    "advance": lambda home, run, worker, now, progress: advance_do(home, run, worker, now=now, progress=progress),
    "propose": _propose,
    "dispatch": _dispatch,
    "measure": _measure,
    "report": _report,
    "draft": _draft,
    "import": _import,
}
