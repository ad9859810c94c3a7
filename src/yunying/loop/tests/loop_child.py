"""Turns the loop over some days of a small simulated store and is killed: loop_child.py HOME KILLS careful|forgetful.

Prints as JSON what facts, ledger and outside world hold in the end. Workers are forked from one process, so that a kill
costs no start. ``forgetful`` does not write down which day a run aims at: the control.
"""

import json
import os
import random
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

HOME_PATH = Path(sys.argv[1])
os.environ["YUNYING_HOME"] = str(HOME_PATH)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yunying.config.settings")

import django

django.setup()

from django.db import connections
from django.utils import timezone

from yunying.accounts.database import database_ready
from yunying.accounts.people import person_make, person_named
from yunying.connectors.sim.living_store import LivingStore
from yunying.facts.crash_points import CRASH_POINTS
from yunying.facts.schema import TABLES
from yunying.interventions import runs
from yunying.interventions.budgets import budget_set
from yunying.interventions.deciding import decisions_undo, proposals_approve, proposals_reject
from yunying.interventions.ledger import store_row
from yunying.interventions.models import Budget, Intervention, Measurement, Outbox, Run, Transition
from yunying.interventions.runs import run_request
from yunying.interventions.tests.invariants import ledger_problems
from yunying.kernel.ids import digest
from yunying.loop import day
from yunying.loop.home import Home
from yunying.loop.sites import desk_tell
from yunying.loop.worker import Worker
from yunying.sim.minmax import MinMaxRule

WORLD = """
extends: demo
start_date: 2025-03-01
horizon_days: 200
store: {id: small}
catalogue: {products: 40}
"""
STORE, DAYS, FIRST = "small", 4, 100
HOME = Home(HOME_PATH)
FOLDER = HOME_PATH / "hands" / STORE / "sim"
LEDGER_TABLES = ("intervention",)


def build() -> None:
    database_ready()
    HOME_PATH.mkdir(parents=True, exist_ok=True)
    (HOME_PATH / "world.yaml").write_text(WORLD, encoding="utf-8")
    LivingStore.create(FOLDER, HOME_PATH / "world.yaml", 7, FIRST, MinMaxRule(14.0, 35.0))
    for batch in LivingStore.open(FOLDER).batches():
        HOME.facts.write(batch)
    desk_tell(HOME, STORE, connector="sim")
    person_make("buyer", "a long enough password")
    today = store_row(STORE).today_date
    budget_set(STORE, "purchasing", today, today + timedelta(days=90), 90_000_000, None)


def script() -> None:
    """All days with their decisions; begun anew after a kill, it does what is left and repeats nothing."""
    Run.objects.filter(state="running").update(lease_until=timezone.now() - timedelta(days=1))
    Outbox.objects.filter(state="sending").update(lease_until=timezone.now() - timedelta(days=1))
    runs.MOST_ATTEMPTS = 10_000
    worker = Worker(HOME, timezone.now)
    worker.until_done()
    for number in range(DAYS):
        asked = run_request(STORE, "advance", key=f"advance-{number}", params={"days": 1})
        was_done = asked.state == "done"
        worker.until_done()
        asked.refresh_from_db()
        if asked.state != "done":
            raise SystemExit(f"{asked}: {asked.error}")
        if not was_done or not Run.objects.filter(key=f"advance-{number + 1}").exists():
            decide()


def decide() -> None:
    """By a hash of the subject, so that it is decided alike however often it is asked."""
    buyer, day_now = person_named("buyer"), store_row(STORE).today_date
    rows = Intervention.objects.filter(store=STORE, as_of=day_now, state="proposed", revision=1).order_by("pk")
    lots = {row.pk: int(digest(f"{row.subject}/{day_now}", 4), 16) % 10 for row in rows}
    for pk, lot in lots.items():
        if lot < 6:
            proposals_approve(STORE, [pk], buyer)
        elif lot == 6:
            proposals_reject(STORE, [pk], buyer)
    again = Intervention.objects.filter(store=STORE, as_of=day_now, state="approved", revision=2).order_by("pk")
    for row in again:
        if int(digest(f"again/{row.subject}/{day_now}", 4), 16) % 10 == 0:
            decisions_undo(STORE, [row.pk], buyer)


def attempt(crash_at: str, seconds: float | None, is_careful: bool) -> bool:
    """Fork a worker; whether it came to the end before it died or was killed."""
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            if crash_at:
                os.environ |= {"YUNYING_DEBUG": "1", "YUNYING_CRASH_AT": crash_at}
            if not is_careful:
                day.run_params = lambda run, params: None
            script()
            status = 0
        finally:
            os._exit(status)
    end = time.monotonic() + seconds if seconds else None
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return status == 0
        if end is not None and time.monotonic() >= end:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return False
        time.sleep(0.005)


def found() -> dict[str, Any]:
    with HOME.facts.read([STORE]) as facts:
        tables = {}
        for name, table in TABLES.items():
            columns = [column.name for column in table.columns if not (name in LEDGER_TABLES and column.name == "at")]
            rows = facts.to_arrow(facts.table(name).select(*columns)).to_pylist()
            lines = sorted(json.dumps(row, default=str, sort_keys=True) for row in rows)
            tables[name] = [len(lines), digest("\n".join(lines))]
    fields = (
        "proposal",
        "state",
        "revision",
        "reserved_minor",
        "spent_minor",
        "reference",
        "arm",
        "cost_minor",
        "as_of",
    )
    journal = [json.loads(line) for line in (FOLDER / "journal.jsonl").read_text(encoding="utf-8").splitlines()]
    keys = [each["entry"]["applied"] for each in journal if "applied" in each["entry"]]
    return {
        "facts": tables,
        "interventions": [list(map(str, row)) for row in Intervention.objects.order_by("pk").values_list(*fields)],
        "steps": [
            list(row)
            for row in Transition.objects.order_by("intervention_id", "revision").values_list(
                "intervention_id", "revision", "action", "to_state"
            )
        ],
        "budgets": list(Budget.objects.values_list("cap_minor", "reserved_minor", "spent_minor")),
        "looks": Measurement.objects.count(),
        "days": LivingStore.open(FOLDER).days,
        "keys_twice": len(keys) - len(set(keys)),
        "keys": len(keys),
        "unpublished": Transition.objects.filter(is_published=False).exclude(intervention__state="approved").count(),
        "problems": ledger_problems(STORE),
    }


def in_fork(deed: Any) -> Any:
    """What a deed tells, done in a process of its own: engines with threads must not be used before a fork."""
    reader, writer = os.pipe()
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        with os.fdopen(writer, "w") as handle:
            handle.write(json.dumps(deed(), default=str))
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as handle:
        told = handle.read()
    os.waitpid(pid, 0)
    return json.loads(told)


def main() -> None:
    kills, is_careful = int(sys.argv[2]), sys.argv[3] == "careful"
    in_fork(build)
    rng = random.Random(kills)
    crashes = CRASH_POINTS if kills else ()
    died = sum(not attempt(point, None, is_careful) for point in crashes)
    for _ in range(kills):
        died += not attempt("", rng.uniform(0.05, 1.5), is_careful)
    if not attempt("", None, is_careful):
        raise SystemExit("the last worker did not come to the end")
    sys.stdout.write(json.dumps({"died": died, **in_fork(found)}))


if __name__ == "__main__":
    main()
