"""What goes wrong around a run: no day yet, files that cannot be read, hands that do not answer, other workers."""

import os
import signal
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError

from yunying.accounts.people import Person
from yunying.facts.store import FactStore
from yunying.interventions.deciding import decisions_undo, proposals_approve
from yunying.interventions.desk_facts import store_save, upload_confirm, upload_drop, upload_receive
from yunying.interventions.ledger import store_row
from yunying.interventions.listing import ledger_rows
from yunying.interventions.models import Run, Transition, Upload
from yunying.interventions.proposing import intervention_compose
from yunying.interventions.runs import run_claim, run_request
from yunying.kernel.command import Command
from yunying.kernel.errors import ConnectorError, OperatorError
from yunying.loop.day import day_do, run_do
from yunying.loop.dispatch import dispatch_store
from yunying.loop.home import Home
from yunying.loop.published import ledger_publish, receipts_publish
from yunying.loop.sites import desk_tell
from yunying.loop.tests.conftest import write_orders, write_suppliers
from yunying.loop.worker import Worker

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
NEW = {"currency": "CNY", "time_zone": "Asia/Shanghai"}


def worker(home: Home) -> Worker:
    return Worker(home, lambda: NOW)


def upload(home: Home, manager: Person, path: Path, store: str = "fresh") -> Upload:
    home.path.mkdir(parents=True, exist_ok=True)
    kept = home.path / "uploads" / path.name
    kept.parent.mkdir(exist_ok=True)
    kept.write_bytes(path.read_bytes())
    received = upload_receive(store, path.name, f"uploads/{path.name}", 1, manager, options=NEW)
    worker(home).until_done()
    received.refresh_from_db()
    return received


def imported(home: Home, manager: Person, path: Path, store: str = "fresh") -> tuple[Upload, Run]:
    received = upload(home, manager, path, store)
    run = upload_confirm(received.pk, store, manager, mapping=received.mapping)
    worker(home).until_done()
    received.refresh_from_db()
    run.refresh_from_db()
    return received, run


def test_the_first_store_ever_comes_by_upload_and_a_file_without_days_is_no_error(
    tmp_path: Path, manager: Person
) -> None:
    home = Home(tmp_path / "home")
    received, run = imported(home, manager, write_suppliers(tmp_path / "suppliers.csv"))
    assert (received.state, run.state, run.error) == ("imported", "done", None)
    assert store_row("fresh").today_date is None
    received, run = imported(home, manager, write_orders(tmp_path / "orders.csv"))
    assert (received.state, run.state) == ("imported", "done")
    assert store_row("fresh").today_date is not None


@pytest.mark.parametrize("kind", ["day", "propose", "measure", "report", "dispatch"])
def test_a_store_without_a_day_is_told_in_words_and_by_no_bug(tmp_path: Path, manager: Person, kind: str) -> None:
    home = Home(tmp_path / "home")
    imported(home, manager, write_suppliers(tmp_path / "suppliers.csv"))
    run = run_request("fresh", kind, key="ask")
    worker(home).until_done()
    run.refresh_from_db()
    assert run.state in ("done", "failed")
    assert (run.error or {}).get("code") != "internal", run.error


def test_what_a_person_orders_for_a_store_without_a_day_is_sent(tmp_path: Path, manager: Person) -> None:
    home = Home(tmp_path / "home")
    imported(home, manager, write_suppliers(tmp_path / "suppliers.csv"))
    line = {"product": "CUP", "quantity": 2, "unit_cost": "8.00"}
    row = intervention_compose("fresh", manager, Command("purchase_order", 1, {"supplier": "ACME", "lines": (line,)}))
    proposals_approve("fresh", [row.pk], manager, at_once=True)
    assert dispatch_store(home, "fresh", "w") == {"applied": 1, "failed": 0, "later": 0}


@pytest.mark.parametrize("content", [b"", b"\x00\xff" * 400, b"nothing,known\n1,2\n"])
def test_a_bad_file_is_refused_with_a_reason_and_can_be_dropped(
    tmp_path: Path, manager: Person, content: bytes
) -> None:
    (tmp_path / "bad.csv").write_bytes(content)
    received, run = imported(Home(tmp_path / "home"), manager, tmp_path / "bad.csv")
    assert (received.state, run.state) == ("refused", "failed")
    assert received.error["what"]
    assert received.error["remedy"]
    upload_drop(received.pk, "fresh", manager)
    received.refresh_from_db()
    assert received.state == "dropped"


def test_a_file_that_is_gone_does_not_stay_importing_for_ever(tmp_path: Path, manager: Person) -> None:
    home = Home(tmp_path / "home")
    received = upload(home, manager, write_orders(tmp_path / "orders.csv"))
    (home.path / received.path).unlink()
    run = upload_confirm(received.pk, "fresh", manager, mapping=received.mapping)
    worker(home).until_done()
    received.refresh_from_db()
    run.refresh_from_db()
    assert (received.state, run.state) == ("refused", "failed")
    assert received.error["what"]


def test_a_file_that_kills_its_workers_is_given_up_and_says_so(tmp_path: Path, manager: Person) -> None:
    home = Home(tmp_path / "home")
    received = upload(home, manager, write_orders(tmp_path / "orders.csv"))
    run = upload_confirm(received.pk, "fresh", manager, mapping=received.mapping)
    while run_claim("dies", lease=timedelta(seconds=-1)):
        pass
    received.refresh_from_db()
    run.refresh_from_db()
    assert (run.state, run.error["code"]) == ("failed", "gave-up")
    assert (received.state, received.error["code"]) == ("refused", "gave-up")


def test_an_import_that_was_cut_off_after_publishing_is_repeated_and_doubles_nothing(
    tmp_path: Path, manager: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home")
    received = upload(home, manager, write_orders(tmp_path / "orders.csv"))
    upload_confirm(received.pk, "fresh", manager, mapping=received.mapping)
    run = run_claim("w", lease=timedelta(seconds=-1))

    def cut(*arguments: object, **named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("yunying.loop.uploads.upload_saw", cut)
    with pytest.raises(KeyboardInterrupt):
        run_do(home, run, "w", now=NOW)
    monkeypatch.undo()
    Run.objects.filter(pk=run.pk).update(lease_until=NOW - timedelta(days=400))
    worker(home).until_done()
    received.refresh_from_db()
    with home.facts.read(["fresh"]) as facts:
        lines = facts.table("order_line")
        assert (
            facts.to_arrow(lines.count()).as_py()
            == facts.to_arrow(lines.select("order", "state").distinct().count()).as_py()
        )
    assert (received.state, received.outcome["is_repeat"]) == ("imported", True)


class Silent:
    """Hands whose outside system does not answer."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked = 0
        monkeypatch.setattr("yunying.loop.day.ingest_store", self)

    def __call__(self, home: Home, store: str) -> int:
        self.asked += 1
        raise ConnectorError("The shop does not answer.", retryable=True)


def test_a_run_whose_outside_system_does_not_answer_waits_before_it_asks_again(
    corner: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = Silent(monkeypatch)
    run = run_request("corner", "day", key="today")
    for _ in range(3):
        worker(corner).until_done()
    run.refresh_from_db()
    assert (silent.asked, run.state) == (1, "requested")
    assert "does not answer" in run.error["what"]
    for _ in range(10):
        Run.objects.filter(state="requested").update(lease_until=NOW - timedelta(days=400))
        worker(corner).until_done()
    run.refresh_from_db()
    assert run.state == "failed"
    assert "does not answer" in run.error["what"], "what it failed of is told, not that its worker died"


def test_a_database_that_is_busy_for_a_moment_does_not_fail_a_run(
    corner: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*arguments: object, **named: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr("yunying.loop.day.propose_store", busy)
    run = run_request("corner", "day", key="today")
    worker(corner).until_done()
    run.refresh_from_db()
    assert (run.state, run.error["code"]) == ("requested", "retry")


def test_a_worker_survives_whatever_one_turn_of_it_raises(corner: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    turning = worker(corner)
    (corner.path / "runs").mkdir(exist_ok=True)
    (corner.path / "runs" / "x.json").write_text("{", encoding="utf-8")
    while turning.turn():
        pass
    assert turning.turn() is False, "a damaged record of a run keeps maintenance from its work, and nothing else"
    turns: list[int] = []

    def broken() -> bool:
        turns.append(1)
        if len(turns) > 2:
            turning.stop()
        raise RuntimeError("a bug")

    monkeypatch.setattr(turning, "turn", broken)
    monkeypatch.setattr("yunying.loop.worker.IDLE_SECONDS", 0.0)
    monkeypatch.setattr("yunying.loop.worker.connections.close_all", lambda: None)
    monkeypatch.setattr("yunying.loop.worker.close_old_connections", lambda: None)
    turning.run()
    assert len(turns) == 3


def test_a_store_whose_hands_are_broken_does_not_keep_another_ones_commands(
    corner: Home, manager: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_save("a-broken", title="Broken", connector="csv", **NEW)
    asked = []

    def dispatch(home: Home, store: str, worker: str) -> dict[str, int]:
        asked.append(store)
        if store == "a-broken":
            raise PermissionError("no")
        return {"applied": 0}

    monkeypatch.setattr("yunying.loop.worker.dispatch_store", dispatch)
    while not asked:
        worker(corner).turn()
    assert asked == ["a-broken", "corner"]


def test_a_store_that_another_program_imported_is_known_to_a_worker_that_runs_already(corner: Home) -> None:
    turning = Worker(corner, lambda: NOW.replace(hour=18))
    # The first turn records the audit log's newest links, and the second one tells the desk of that.
    turning.turn()
    turning.turn()
    type(store_row("corner")).objects.filter(slug="corner").update(today_date=None, snapshot=0)
    turning.turn()
    assert store_row("corner").today_date is None, "nothing new, nothing told"
    facts = corner.facts
    with facts.read(["corner"]) as reader:
        rows = reader.to_arrow(reader.table("stock_level")).drop_columns(["store"])
    day = replace_date(rows, 1)
    facts.write(day)
    turning.turn()
    assert store_row("corner").snapshot == facts.snapshots.latest().number
    assert store_row("corner").today_date is not None


def replace_date(rows: Any, days: int) -> Any:
    from yunying.facts.batch import FactBatch
    from yunying.loop.published import fact_table

    plain = [{**row, "date": (row["date"] + timedelta(days=days)).isoformat()} for row in rows.to_pylist()]
    return FactBatch(
        source="other", number=1, store="corner", tables={"stock_level": fact_table("stock_level", plain)},
        primary="stock_level",
    )  # fmt: skip


def test_two_workers_that_publish_at_once_lose_no_step_and_no_receipt(
    corner: Home, manager: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    day_do(corner, "corner", "w", now=NOW)
    row = ledger_rows("corner", "proposed", 1)[0]
    proposals_approve("corner", [row["id"]], manager, at_once=True)
    write, raced = FactStore.write, []

    def racing(self: FactStore, batch: Any, **named: Any) -> Any:
        """Another worker's batch of the same source and number comes first, each time once."""
        if batch.source.split("/")[0] in ("ledger", "receipts") and batch.source not in raced:
            raced.append(batch.source)
            name, table = next(iter(batch.tables.items()))
            key = "intervention" if name == "intervention" else "purchase"
            at = table.column_names.index(key)
            other = table.slice(0, 1).set_column(at, table.schema.field(at), [["another"]])
            write(self, replace(batch, tables={name: other}, primary=name, note={"content": "another"}))
        return write(self, batch, **named)

    monkeypatch.setattr(FactStore, "write", racing)
    dispatch_store(corner, "corner", "w")
    ledger_publish(corner, "corner")
    receipts_publish(corner, "corner")
    assert sorted(raced) == ["ledger/corner", "receipts/corner"]
    with corner.facts.read(["corner"]) as facts:
        steps = facts.table("intervention")
        kept = facts.to_arrow(steps.filter(steps.intervention == str(row["id"])).count()).as_py()
        bought = facts.table("purchase_line")
        lines = facts.to_arrow(bought.filter(bought.purchase == f"YY{row['id']:06d}").count()).as_py()
    assert kept == Transition.objects.filter(intervention=row["id"]).count()
    assert lines > 0


def test_what_a_killed_worker_had_half_published_does_not_take_the_place_of_what_came_after(
    corner: Home, manager: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    day_do(corner, "corner", "w", now=NOW)
    row = ledger_rows("corner", "proposed", 1)[0]
    proposals_approve("corner", [row["id"]], manager)

    def cut(point: str, table: str = "") -> None:
        if point == "journal-written":
            raise KeyboardInterrupt

    monkeypatch.setattr("yunying.facts.store.reach", cut)
    with pytest.raises(KeyboardInterrupt):
        ledger_publish(corner, "corner")
    monkeypatch.undo()
    decisions_undo("corner", [row["id"]], manager)
    ledger_publish(corner, "corner")
    with corner.facts.read(["corner"]) as facts:
        steps = facts.table("intervention")
        kept = facts.to_arrow(steps.filter(steps.intervention == str(row["id"])).count()).as_py()
    assert kept == Transition.objects.filter(intervention=row["id"]).count() == 3


def test_a_signal_that_comes_while_the_worker_falls_asleep_ends_it(
    corner: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A signal's handler runs between any two steps of the main thread, also within the locks of a waiting event."""
    turning = worker(corner)
    monkeypatch.setattr("yunying.loop.worker.IDLE_SECONDS", 0.2)
    monkeypatch.setattr("yunying.loop.worker.close_old_connections", lambda: None)
    before = signal.signal(signal.SIGUSR1, lambda number, frame: turning.stop())
    try:
        monkeypatch.setattr(turning, "turn", lambda: os.kill(os.getpid(), signal.SIGUSR1) or False)
        turning.run()
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_two_days_of_one_store_are_never_done_at_once(corner: Home) -> None:
    run_request("corner", "day", key="one")
    run_request("corner", "day", key="two")
    first = run_claim("a")
    assert first is not None
    assert run_claim("b") is None


def test_measuring_by_hand_a_store_without_a_day_is_refused_in_words(tmp_path: Path, manager: Person) -> None:
    from yunying.loop.measure import measure_store

    home = Home(tmp_path / "home")
    imported(home, manager, write_suppliers(tmp_path / "suppliers.csv"))
    desk_tell(home, "fresh")
    with pytest.raises(OperatorError, match="no orders"):
        measure_store(home, "fresh")
