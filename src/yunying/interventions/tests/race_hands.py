"""One of several processes that act on a store at once; waits for a line on its input, prints JSON.

Run as: race_hands.py send careful|careless | stop | propose KIND DAY... ; approve, approve-beside or bulk PERSON ID...
"""

import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import date

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yunying.config.settings")

import django

django.setup()

from django.db import OperationalError

from yunying.accounts.people import person_named
from yunying.interventions import proposing
from yunying.interventions.deciding import proposals_approve
from yunying.interventions.models import Intervention, Outbox, Store
from yunying.interventions.outbox import outbox_begin, outbox_claim, outbox_done, outbox_release, store_stop
from yunying.interventions.proposing import Drawn, proposals_record
from yunying.interventions.tests.conftest import proposal
from yunying.kernel.receipt import Receipt
from yunying.kernel.tests.meeting import PATIENCE_SECONDS, awaited, came

SHOP = "shop"


def between(patience_seconds: float) -> None:
    """What may happen between any two statements of a process: the stop and its look come here, if they can."""
    if Outbox.objects.filter(state="done").exists():
        came("looked")
        awaited("stopped", patience_seconds=patience_seconds)


def careless_begin(entry: Outbox) -> bool:
    """The control: looks at the flag without the lock on the store's row, as everybody writes it first."""
    is_stopped = Store.objects.get(slug=SHOP).is_stopped
    if not is_stopped:
        between(PATIENCE_SECONDS)
        Outbox.objects.filter(pk=entry.pk).update(error="begun")
    return not is_stopped


def careful_begin(entry: Outbox) -> bool:
    """As ``dispatch_store`` begins; the mark is written in its transaction, so that its commit can be told."""
    from django.db import transaction

    with transaction.atomic():
        if not outbox_begin(entry):
            return False
        # The stop waits for this lock, so that waiting for the stop can only end by time.
        between(0.2)
        Outbox.objects.filter(pk=entry.pk).update(error="begun")
    return True


def send(kind: str) -> dict[str, int]:
    begin = {"careful": careful_begin, "careless": careless_begin}[kind]
    count = 0
    while Outbox.objects.filter(state__in=("waiting", "sending")).exists():
        entries = outbox_claim(str(os.getpid()), store=SHOP, most=5, ignore_wait=True)
        if not entries and Store.objects.get(slug=SHOP).is_stopped:
            break
        begun = [entry for entry in entries if begin(entry)]
        outbox_release([entry for entry in entries if entry not in begun])
        count += outbox_done([(entry, Receipt("applied", entry.key, "Done.", "已完成。")) for entry in begun])
    return {"sent": count}


def stop() -> dict[str, list[int]]:
    """Stop the store, and look at once which sends had begun by the commit."""
    assert awaited("looked")
    store_stop(SHOP, is_stopped=True)
    begun = Outbox.objects.exclude(error="").values_list("pk", flat=True)
    done = Outbox.objects.filter(state="done").values_list("pk", flat=True)
    found = sorted({*begun, *done})
    came("stopped")
    return {"begun": found}


def propose(kind: str, days: list[str]) -> dict[str, int]:
    """Runs day by day; the ``careless`` control asks what is under way before it locks the open rows.

    Some were approved before it asks, some between that and the run, and some are approved when it is over.
    """
    assert awaited("approved-before")
    subjects = sorted(set(Intervention.objects.values_list("subject", flat=True)))
    asked = proposing._busy_subjects
    for day in map(date.fromisoformat, days):
        if kind == "careless":
            busy = asked(SHOP, "purchasing", day)
            proposing._busy_subjects = lambda store, practice, as_of, busy=busy: busy
        came("asked")
        assert awaited("approved-between")
        drawn = [Drawn(proposal(each, day=day, cost_minor=1000)) for each in subjects]
        proposals_record(SHOP, "purchasing", drawn, None, as_of=day, proofs={})
    came("recorded")
    return {"runs": len(days)}


def approve(username: str, ids: list[str], step: Callable[[int], None] | None = None) -> dict[str, int]:
    person, told = person_named(username), {}
    for at, pk in enumerate(map(int, ids)):
        if step is not None:
            step(at)
        (outcome,) = proposals_approve(SHOP, [pk], person, at_once=True)
        told[outcome.code] = told.get(outcome.code, 0) + 1
    return told


def approve_beside(username: str, ids: list[str]) -> dict[str, int]:
    """Approve while ``propose`` goes on: it steps after the first third, after the second and before the last five."""

    def step(at: int) -> None:
        if at == len(ids) // 3:
            came("approved-before")
            assert awaited("asked")
        if at == 2 * len(ids) // 3:
            came("approved-between")
        if at == len(ids) - 5:
            assert awaited("recorded")

    return approve(username, ids, step)


def bulk(username: str, ids: list[str]) -> dict[str, int]:
    """Approve many at once, again and again, with undo between; counts deadlocks."""
    from yunying.interventions.deciding import decisions_undo

    person, told = person_named(username), {"deadlocks": 0}
    for _ in range(25):
        try:
            proposals_approve(SHOP, map(int, ids), person)
            decisions_undo(SHOP, map(int, ids), person)
        except OperationalError as error:
            told["deadlocks"] += "deadlock" in str(error)
    return told


def main() -> None:
    deed, *rest = sys.argv[1:]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    deeds = {
        "send": lambda: send(rest[0]),
        "stop": stop,
        "propose": lambda: propose(rest[0], rest[1:]),
        "approve": lambda: approve(rest[0], rest[1:]),
        "approve-beside": lambda: approve_beside(rest[0], rest[1:]),
        "bulk": lambda: bulk(rest[0], rest[1:]),
    }
    with suppress(BrokenPipeError):
        sys.stdout.write(json.dumps(deeds[deed]()) + "\n")


if __name__ == "__main__":
    main()
