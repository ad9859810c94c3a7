"""Whoever writes the database can alter the audit log, but not so that it does not show: a hundred ways, each named."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction

from yunying.audit import log
from yunying.audit.log import Change, audit_problems, audit_record
from yunying.audit.models import AuditEntry, AuditHead
from yunying.loop.audit_heads import INSTALLATION, audit_check, audit_heads_publish, audit_heads_recorded
from yunying.loop.check import check_home
from yunying.loop.home import Home
from yunying.loop.worker import Worker

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
LINKS = 40
Tampering = tuple[Callable[[], None], str, int]
"""What is done, the chain in which it shows, and the link that has to be named."""


def write(store: str, count: int, start: int = 0) -> None:
    for number in range(start, start + count):
        change = Change("setting", f"setting/{store}/{number}", "why", {"value": number}, {"value": number + 1})
        audit_record(store, "manager", NOW + timedelta(minutes=number), [change])


@pytest.fixture
def home(ledger_database: None, tmp_path: Path) -> Home:
    """Two stores' chains and that of the accounts, recorded after every tenth link."""
    # What other tests of this process committed is no part of the story; it is back when the test is over.
    AuditEntry.objects.all().delete()
    AuditHead.objects.all().delete()
    found = Home(tmp_path / "home")
    for ten in range(0, LINKS, 10):
        for store in ("shop", "other", "accounts", "org/acme"):
            write(store, 10, ten)
        assert audit_heads_publish(found, now=NOW + timedelta(hours=ten)) == []
    return found


def entries(store: str = "shop", **fields: object) -> object:
    return AuditEntry.objects.filter(store=store, **fields)


def rehash(store: str, start: int) -> None:
    """What a careful intruder does: every link from there on, and the head, is hashed anew and renumbered."""
    before = entries(store, number__lt=start).order_by("number").last()
    previous, number = (before.digest, before.number) if before else ("", 0)
    rows = list(entries(store, number__gte=start).order_by("number"))
    for row in rows:
        number += 1
        row.number, row.previous_digest = number, previous
        previous = row.digest = log.content_digest(row)
    entries(store, number__gte=start).delete()
    AuditEntry.objects.bulk_create([AuditEntry(**values(row)) for row in rows])
    AuditHead.objects.filter(store=store).update(count=number, digest=previous)


def values(row: AuditEntry) -> dict[str, object]:
    return {field.name: getattr(row, field.name) for field in AuditEntry._meta.fields if field.name != "id"}


def swap(first: int, second: int) -> None:
    one, two = entries(number=first).get(), entries(number=second).get()
    entries(pk=one.pk).update(number=10_000)
    entries(pk=two.pk).update(number=first)
    entries(pk=one.pk).update(number=second)


def insert(number: int) -> None:
    for row in entries(number__gte=number).order_by("-number"):
        entries(pk=row.pk).update(number=row.number + 1)
    fresh = values(entries(number=number - 1).get()) | {"number": number, "actor": "nobody"}
    AuditEntry.objects.create(**fresh)


def restore(kept: list[dict[str, object]]) -> None:
    """An older backup in the place of the table, head and all."""
    AuditEntry.objects.all().delete()
    AuditEntry.objects.bulk_create([AuditEntry(**row) for row in kept])
    for store in ("shop", "other", "accounts", "org/acme"):
        last = entries(store).order_by("number").last()
        AuditHead.objects.filter(store=store).update(count=last.number, digest=last.digest)


def stores_swapped() -> None:
    entries("shop").update(store="passing")
    entries("other").update(store="shop")
    entries("passing").update(store="other")


def edits() -> Iterator[tuple[str, Tampering]]:
    fields = {"at": NOW - timedelta(days=1), "actor": "x", "action": "x", "subject": "x", "reason": "x",
              "before": {"value": 9}, "after": {}, "previous_digest": "0" * 64, "digest": "0" * 64}  # fmt: skip
    for number in (1, 7, 20, LINKS):
        for name, value in fields.items():
            yield (
                f"{name} of {number}",
                (lambda n=number, f=name, v=value: entries(number=n).update(**{f: v}), "shop", number),
            )
    for number in (1, 13, LINKS):
        yield (
            f"moved to another store {number}",
            (
                lambda n=number: entries(number=n).update(store="third"),
                "shop",
                min(number + 1, LINKS) if number < LINKS else LINKS,
            ),
        )
        yield f"renumbered {number}", (lambda n=number: entries(number=n).update(number=n + 500), "shop", number)


def removals() -> Iterator[tuple[str, Tampering]]:
    for number in (1, 2, 10, 11, 25, LINKS - 1, LINKS):
        yield f"deleted {number}", (lambda n=number: entries(number=n).delete(), "shop", number)
    for number in (1, 5, 10, 11, 30, LINKS - 1):
        yield (
            f"deleted {number} and hashed anew",
            (lambda n=number: (entries(number=n).delete(), rehash("shop", n)), "shop", number),
        )
    for left in (0, 1, 9, 10, 15, 20, 30, 35, LINKS - 1):
        yield (
            f"cut to {left}",
            (lambda n=left: (entries(number__gt=n).delete(), rehash("shop", n + 1)), "shop", left + 1),
        )
        yield (
            f"cut to {left} and written on",
            (
                lambda n=left: (entries(number__gt=n).delete(), rehash("shop", n + 1), write("shop", 60, 500)),
                "shop",
                left + 1,
            ),
        )
    yield (
        "everything of a store",
        (lambda: (entries().delete(), AuditHead.objects.filter(store="shop").delete()), "shop", 1),
    )


def rewritings() -> Iterator[tuple[str, Tampering]]:
    for number in (1, 4, 10, 11, 22, 31, LINKS):
        for name, value in (("actor", "x"), ("after", {"value": 0}), ("reason", "better")):
            yield (
                f"{name} of {number} hashed anew",
                (
                    lambda n=number, f=name, v=value: (entries(number=n).update(**{f: v}), rehash("shop", n)),
                    "shop",
                    number,
                ),
            )
    for first, second in ((1, 2), (9, 10), (10, 11), (3, 30), (1, LINKS)):
        yield f"swapped {first} and {second}", (lambda a=first, b=second: swap(a, b), "shop", first)
        yield (
            f"swapped {first} and {second}, hashed anew",
            (lambda a=first, b=second: (swap(a, b), rehash("shop", a)), "shop", first),
        )
    for number in (2, 10, 11, 30):
        yield f"inserted {number}", (lambda n=number: insert(n), "shop", number)
        yield f"inserted {number}, hashed anew", (lambda n=number: (insert(n), rehash("shop", n)), "shop", number)
    yield "stores swapped", (stores_swapped, "shop", 1)
    yield "stores swapped, hashed anew", (lambda: (stores_swapped(), rehash("shop", 1), rehash("other", 1)), "other", 1)
    for chain in ("accounts", "org/acme"):
        yield (
            f"a link of {chain}, hashed anew",
            (lambda c=chain: (entries(c, number=3).update(actor="x"), rehash(c, 3)), chain, 3),
        )
    yield "the head's count", (lambda: AuditHead.objects.filter(store="shop").update(count=39), "shop", LINKS)
    yield "the head's digest", (lambda: AuditHead.objects.filter(store="shop").update(digest="0" * 64), "shop", LINKS)


def is_named(problems: list[str], chain: str, number: int) -> bool:
    """Whether one of the problems tells of that link of that chain, alone or within the links that it may be."""
    for problem in problems:
        if f"of {chain}" not in problem:
            continue
        span = re.match(r"Links (\d+) to (\d+) ", problem)
        if span and int(span[1]) <= number <= int(span[2]):
            return True
        if not span and str(number) in re.findall(r"\d+", problem):
            return True
    return False


def test_a_chain_that_nobody_touched_is_sound_however_long_it_grows(home: Home) -> None:
    assert audit_check(home) == []
    write("shop", 5, LINKS)
    assert audit_check(home) == []
    assert audit_heads_publish(home, now=NOW) == []
    assert max(audit_heads_recorded(home)["shop"]) == LINKS + 5
    before = home.facts.snapshots.latest().number
    assert audit_heads_publish(home, now=NOW) == []
    assert home.facts.snapshots.latest().number == before, "what has not grown is not recorded again"
    assert check_home(home)["problems"] == []


def test_a_hundred_tamperings_are_each_found_and_the_row_named(home: Home) -> None:
    kept = [values(row) for row in AuditEntry.objects.filter(number__lte=25)]
    ways = dict([*edits(), *removals(), *rewritings()])
    ways["an older backup"] = (lambda: restore(kept), "shop", 26)
    ways["an older backup, written on"] = (lambda: (restore(kept), write("shop", 40, 500)), "shop", 26)
    assert len(ways) >= 100
    missed, passed_without_facts = [], set()
    for name, (tamper, chain, number) in ways.items():
        with transaction.atomic():
            tamper()
            problems = audit_check(home)
            if not is_named(problems, chain, number):
                missed.append((name, number, problems[:3]))
            if not any(audit_problems(each) for each in log.audit_chains()):
                passed_without_facts.add(name)
            transaction.set_rollback(True)
    assert missed == []
    # The control: what a careful intruder does passes where nothing outside of the database is asked.
    assert {"cut to 20", "actor of 4 hashed anew", "an older backup", "everything of a store"} <= passed_without_facts
    assert len(passed_without_facts) > 40
    assert audit_check(home) == [], "nothing is left of the tampering"


def test_a_chain_that_was_cut_is_told_by_the_hour_and_its_heads_stay(home: Home) -> None:
    entries(number__gt=20).delete()
    rehash("shop", 21)
    assert "40 was recorded" in audit_heads_publish(home, now=NOW)[0]
    write("shop", 60, 500)
    audit_heads_publish(home, now=NOW)
    assert any("Links 21 to 30 of shop" in each for each in check_home(home)["problems"])


def test_the_worker_records_them_hourly(home: Home) -> None:
    now = NOW
    worker = Worker(home, lambda: now)
    write("shop", 1, LINKS)
    worker.turn()
    assert max(audit_heads_recorded(home)["shop"]) == LINKS + 1
    write("shop", 1, LINKS + 1)
    now += timedelta(minutes=59)
    worker.turn()
    assert max(audit_heads_recorded(home)["shop"]) == LINKS + 1
    now += timedelta(minutes=1)
    worker.turn()
    assert max(audit_heads_recorded(home)["shop"]) == LINKS + 2


def test_chains_that_are_no_stores_have_a_place_too(home: Home) -> None:
    with home.facts.read() as reader:
        rows = reader.to_arrow(reader.table("audit_head")).to_pylist()
    assert {row["store"] for row in rows if row["chain"] in ("accounts", "org/acme")} == {INSTALLATION}
    assert {row["store"] for row in rows if row["chain"] == "shop"} == {"shop"}
