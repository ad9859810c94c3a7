"""A day of the loop by its parts, commands a second through the hands, and memory over many days.

    python -m bench.loop --days 30 --json

The demo's store lives so many days with the loop turning; the first day opens everything and is told apart. SQLite, in
a home of its own that is deleted afterwards.
"""

import argparse
import json
import os
import resource
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

STORE = "flagship-01"
PARTS = ("dispatch_store", "ingest_store", "propose_store", "measure_store", "reports_make", "ledger_publish")
BEFORE_DAYS = 400
TODAY = date(2026, 11, 25)


def main() -> None:
    """Run the bench from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--commands", type=int, default=300)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"YUNYING_HOME": folder, "DJANGO_SETTINGS_MODULE": "yunying.config.settings"}
        os.environ.pop("YUNYING_DATABASE_URL", None)
        import django

        django.setup()
        from yunying.accounts.database import database_ready

        database_ready()
        told = {"commands_a_second": {}, **days_lived(Path(folder), options.days)}
        for slug in ("csv", "sim"):
            told["commands_a_second"][slug] = commands_a_second(Path(folder), slug, options.commands)
    if options.json:
        print(json.dumps(told))
        return
    for name, value in told.items():
        print(f"{name}: {value}")


@contextmanager
def timed(spans: dict[str, float]) -> Iterator[None]:
    """Each part of a day takes its time down, where ``day_do`` calls it."""
    from yunying.loop import day

    kept = {name: getattr(day, name) for name in PARTS}

    def around(name: str, part: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any, **named: Any) -> Any:
            start = time.perf_counter()
            try:
                return part(*arguments, **named)
            finally:
                spans[name] += time.perf_counter() - start

        return run

    for name, part in kept.items():
        setattr(day, name, around(name, part))
    try:
        yield
    finally:
        for name, part in kept.items():
            setattr(day, name, part)


def days_lived(folder: Path, days: int) -> dict[str, Any]:
    """Seconds of a day by part, the median over the days behind the first; memory at the first and the last of them."""
    from yunying.accounts.people import person_make
    from yunying.connectors.sim.living_store import LivingStore
    from yunying.interventions.deciding import proposals_approve
    from yunying.interventions.listing import ledger_rows
    from yunying.loop.day import day_do
    from yunying.loop.demo import FIRST_RULE
    from yunying.loop.home import Home
    from yunying.loop.sites import desk_tell

    home = Home(folder)
    living = LivingStore.create(folder / "hands" / STORE / "sim", "demo", 2026, BEFORE_DAYS, FIRST_RULE, store=STORE)
    for batch in living.batches():
        home.facts.write(batch)
    desk_tell(home, STORE, connector="sim")
    buyer = person_make("buyer", "a long enough password")
    rows: list[dict[str, float]] = []
    memory: list[float] = []
    for number in range(days + 1):
        spans: dict[str, float] = defaultdict(float)
        start = time.perf_counter()
        with timed(spans):
            day_do(home, STORE, "bench", now=datetime(2026, 11, 25, 8, tzinfo=UTC) + timedelta(days=number))
        spans["whole_day"] = time.perf_counter() - start
        rows.append(dict(spans))
        memory.append(resident_mb())
        ids = [row["id"] for row in ledger_rows(STORE, "proposed", 10)]
        proposals_approve(STORE, ids, buyer, at_once=True)
        living.advance()
    later = rows[1:] or rows
    return {
        "days": days,
        "first_day_seconds": round(rows[0]["whole_day"], 2),
        "seconds_a_day": {name: round(statistics.median(row.get(name, 0.0) for row in later), 3) for name in
                          (*PARTS, "whole_day")},
        "slowest_day_seconds": round(max(row["whole_day"] for row in later), 2),
        "memory_mb": {"first_day": memory[0], "after_a_week": memory[min(7, days)], "last_day": memory[-1],
                      "peak": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)},
    }  # fmt: skip


def commands_a_second(folder: Path, slug: str, count: int) -> float:
    """Approved commands through the outbox and the hands, receipts recorded and published, per second."""
    from yunying.accounts.people import person_make
    from yunying.connectors.sim.living_store import LivingStore
    from yunying.interventions.deciding import proposals_approve
    from yunying.interventions.desk_facts import store_save
    from yunying.interventions.proposing import intervention_compose
    from yunying.kernel.command import Command
    from yunying.loop.dispatch import dispatch_store
    from yunying.loop.home import Home

    home, buyer = Home(folder), person_make("buyer", "a long enough password")
    living = LivingStore.open(folder / "hands" / STORE / "sim")
    store = STORE if slug == "sim" else "by-files"
    if slug == "csv":
        store_save(
            store, title="By files", currency="CNY", time_zone="Asia/Shanghai", connector="csv", today_date=TODAY
        )
    # What the days left over is not counted.
    dispatch_store(home, store, "bench")
    products = sorted(living.known_products)
    ids = []
    for number in range(count):
        product = products[number % len(products)]
        command = Command("set_price", 1, {"product": product, "list_price": f"{30 + number % 7}.00"})
        ids.append(intervention_compose(store, buyer, command).pk)
    proposals_approve(store, ids, buyer, at_once=True)
    start = time.perf_counter()
    sent = dispatch_store(home, store, "bench")
    seconds = time.perf_counter() - start
    if sent["applied"] != count:
        raise SystemExit(f"{slug}: {sent} of {count}")
    return round(count / seconds, 1)


def resident_mb() -> float:
    """Memory that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 2**20, 1)


if __name__ == "__main__":
    main()
