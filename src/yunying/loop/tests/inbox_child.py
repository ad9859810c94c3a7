"""Kills drainers while they publish: inbox_child.py KILLS careful|hasty; prints what the facts hold as JSON.

``hasty`` lets rows leave before they are published: the control.
"""

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yunying.config.settings")

import django

django.setup()

from django.db import OperationalError, connections, transaction
from django.utils import timezone

from yunying.accounts.database import database_ready
from yunying.inbox.box import Incoming, inbox_leave, inbox_receive, inbox_state, inbox_take
from yunying.kernel.errors import OperatorError
from yunying.loop.home import Home
from yunying.loop.inbox_drain import _batch, fact_key, inbox_drain, inbox_source

HOME = Home(Path(os.environ["YUNYING_HOME"]))
STEP = 20
ROUNDS = 15


def send(number: int) -> None:
    """A sender that sends every row twice, and corrects the first of each round."""
    rows = [Incoming({"product": f"{number}-{row}", "date": "2026-11-20", "on_hand": row}, f"{number}-{row}")
            for row in range(STEP)]  # fmt: skip
    corrected = Incoming({**rows[0].content, "on_hand": 1000}, f"{number}-corrected")
    for _ in range(2):
        with transaction.atomic():
            inbox_receive("shop", "stock_level", [*rows, corrected], timezone.now())


def drain(careful: bool) -> None:
    while True:
        try:
            if careful:
                inbox_drain(HOME, "shop", now=timezone.now())
            else:
                hasty()
        except OperatorError:
            pass  # the other one writes
        time.sleep(0.01)


def hasty() -> None:
    taken = inbox_take("shop", HOME.facts.snapshots.last_number(inbox_source("shop")), fact_key)
    if taken is not None:
        inbox_leave("shop", taken.number)
        HOME.facts.write(_batch("shop", taken))


def forked(careful: bool) -> int:
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        while True:
            try:
                drain(careful)
            except OperationalError:
                continue
    return pid


def killed(kills: int, careful: bool) -> int:
    """Two drainers at a time, killed after a moment, while rows come in."""
    rng, done, sent = random.Random(11), 0, 0
    while done < kills or sent < ROUNDS:
        if sent < ROUNDS:
            send(sent)
            sent += 1
        pids = [forked(careful) for _ in range(2)]
        time.sleep(rng.uniform(0.02, 0.35))
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            done += 1
    return done


def told(kills: int) -> dict[str, object]:
    HOME.facts.recover()
    while inbox_state("shop")[0]:
        inbox_drain(HOME, "shop", now=timezone.now())
    with HOME.facts.read() as reader:
        table = reader.table("stock_level")
        rows = reader.to_arrow(table.select("product", "on_hand")).to_pylist()
    first = [row["on_hand"] for row in rows if row["product"].endswith("-0")]
    return {
        "kills": kills, "rows": len(rows), "distinct": len({row["product"] for row in rows}),
        "corrected": sum(value == 1000 for value in first), "aside": inbox_state("shop")[1],
    }  # fmt: skip


if __name__ == "__main__":
    database_ready()
    hits = killed(int(sys.argv[1]), sys.argv[2] == "careful")
    sys.stdout.write(json.dumps(told(hits)))
