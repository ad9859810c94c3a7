"""Kills workers while they send: dispatch_child.py KILLS careful|forgetful; prints what the hands did as JSON.

Workers are forked from one process, so that a kill costs no start. ``forgetful`` hands do not
look at the key: the control.
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

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yunying.config.settings")

import django

django.setup()

from django.db import OperationalError, connections
from django.db.models import Count

from yunying.accounts.database import database_ready
from yunying.accounts.people import person_make
from yunying.audit.log import audit_problems
from yunying.connectors.manifest import Site, connector_named
from yunying.interventions.budgets import budget_problems, budget_set
from yunying.interventions.deciding import proposals_approve
from yunying.interventions.desk_facts import store_save
from yunying.interventions.models import Budget, Intervention, Outbox, ReceiptRow
from yunying.interventions.outbox import outbox_claim, outbox_done
from yunying.interventions.proposing import Drawn, proposals_record
from yunying.interventions.tests.conftest import TODAY, proposal
from yunying.kernel.command import Command
from yunying.kernel.json_form import from_plain
from yunying.kernel.receipt import Receipt

COUNT, COST = 150, 1000
LEASE = timedelta(milliseconds=50)
HOME = Path(os.environ["YUNYING_HOME"])
SITE = Site("shop", "CNY", HOME / "hands" / "shop" / "csv", TODAY)


def fill() -> None:
    database_ready()
    store_save("shop", title="Shop", currency="CNY", time_zone="Asia/Shanghai", connector="csv", today_date=TODAY)
    buyer = person_make("buyer", "a long enough password")
    budget_set("shop", "purchasing", TODAY, TODAY + timedelta(days=30), COUNT * COST, buyer)
    drawn = [Drawn(proposal(f"P{number:03}", cost_minor=COST)) for number in range(COUNT)]
    proposals_record("shop", "purchasing", drawn, None, as_of=TODAY, proofs={})
    proposals_approve("shop", list(Intervention.objects.values_list("pk", flat=True)), buyer, at_once=True)


def apply(careful: bool, command: Command, key: str) -> Receipt:
    """The hands; each real effect leaves a line in a log, written whole."""
    if careful:
        return connector_named("csv").apply(SITE, command, key, False)
    with (HOME / "effects").open("a", encoding="ascii") as log:
        log.write(f"{key}\n")
    return Receipt("applied", key, "Done.", "已完成。")


def work(careful: bool) -> None:
    """A worker as ``dispatch_store`` is one, with a short lease and small batches so that kills fall everywhere."""
    while True:
        for entry in outbox_claim(str(os.getpid()), store="shop", lease=LEASE, most=3, ignore_wait=True):
            receipt = apply(careful, from_plain(Command, entry.command), entry.key)
            time.sleep(0.002)
            outbox_done([(entry, receipt)])
        time.sleep(0.005)


def killed(kills: int, careful: bool) -> int:
    """Fork workers two at a time and kill them after a moment; returns how many kills hit one that had begun."""
    rng = random.Random(7)
    done = 0
    while done < kills and Outbox.objects.exclude(state="done").exists():
        connections.close_all()
        pids = []
        for _ in range(2):
            pid = os.fork()
            if pid == 0:
                try:
                    work(careful)
                except OperationalError:
                    os._exit(1)
            pids.append(pid)
        time.sleep(rng.uniform(0.02, 0.12))
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            done += 1
    return done


def finish(careful: bool) -> None:
    """Let what is left be done by nobody who is killed."""
    while Outbox.objects.exclude(state="done").exists():
        for entry in outbox_claim("last", store="shop", lease=LEASE, ignore_wait=True):
            outbox_done([(entry, apply(careful, from_plain(Command, entry.command), entry.key))])
        time.sleep(0.05)


def effects(careful: bool) -> list[str]:
    """What the hands did, one entry per effect."""
    if not careful:
        return (HOME / "effects").read_text(encoding="ascii").splitlines()
    found: list[str] = []
    for sheet in sorted((SITE.folder / "purchase-orders").rglob("*.csv")):
        lines = sheet.read_text(encoding="utf-8-sig").splitlines()[1:]
        found += [line.split(",")[0] for line in lines]
    return found


def told(kills: int, careful: bool) -> dict[str, Any]:
    budget = Budget.objects.get(store="shop")
    done = effects(careful)
    twice = Intervention.objects.annotate(n=Count("outbox__receipt")).exclude(n=1).count()
    return {
        "kills": kills,
        "effects": len(done),
        "distinct": len(set(done)),
        "applied": Intervention.objects.filter(state="applied").count(),
        "receipts": ReceiptRow.objects.count(),
        "not_one_receipt": twice,
        "spent": budget.spent_minor,
        "reserved": budget.reserved_minor,
        "problems": [*budget_problems(budget), *audit_problems("shop")],
    }


if __name__ == "__main__":
    wanted, is_careful = int(sys.argv[1]), sys.argv[2] == "careful"
    fill()
    hits = killed(wanted, is_careful)
    finish(is_careful)
    sys.stdout.write(json.dumps(told(hits, is_careful)))
