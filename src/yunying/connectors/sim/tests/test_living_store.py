"""A store that lives between processes: its past is the rule's, its future follows from the commands."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow.compute as pc
import pytest

from yunying.connectors.manifest import Site
from yunying.connectors.sim.connector import CONNECTOR
from yunying.connectors.sim.living_store import CHECKPOINT_FOLDER, JOURNAL_NAME, LivingStore
from yunying.connectors.sim.tests.living_child import DAYS, RULE, begun, due
from yunying.facts.batch import FactBatch
from yunying.kernel.command import Command
from yunying.kernel.errors import OperatorError
from yunying.kernel.ids import digest
from yunying.kernel.periods import Period
from yunying.kernel.receipt import Receipt
from yunying.sim.history import live_batches
from yunying.sim.loading import load_settings
from yunying.sim.world import World

Begin = Callable[[str], LivingStore]


def order(store: LivingStore, packs: int, *, reference: str | None = None) -> Command:
    """Packs of a product on sale of a supplier that has a smallest order."""
    book = store.book
    offer = next(
        each for each in book.offers if book.minimum_order_minor[each.supplier] and book.is_on_sale[each.product]
    )
    quantity = max(packs * offer.pack, -(-offer.minimum_quantity // offer.pack) * offer.pack)
    cost = str(Decimal(offer.cost_micros(quantity)).scaleb(-6))
    line = {"product": book.products[offer.product], "quantity": quantity, "unit_cost": cost}
    return Command(
        "purchase_order", 1, {"supplier": book.suppliers[offer.supplier], "lines": (line,), "reference": reference}
    )


def price(value: str, product: str = "P0001") -> Command:
    return Command("set_price", 1, {"product": product, "list_price": value})


def rows_of(batches: list[FactBatch], table: str) -> list[dict]:
    return [row for batch in batches if table in batch.tables for row in batch.tables[table].to_pylist()]


def ordered(batches: list[FactBatch]) -> list[dict]:
    return [row for row in rows_of(batches, "purchase_line") if row["state"] == "ordered"]


def same(one: FactBatch, other: FactBatch) -> bool:
    return (one.source, one.number, one.note) == (other.source, other.number, other.note) and all(
        rows.equals(other.tables[name]) for name, rows in one.tables.items()
    )


def days_after(store: LivingStore, days: int) -> list[FactBatch]:
    first = store.days
    for _ in range(days):
        store.advance()
    return list(store.batches(first))


def test_the_days_before_the_take_over_are_those_of_the_rule(store: LivingStore, tmp_path: Path) -> None:
    world = World(load_settings(tmp_path / "store" / "world.yaml"), 5)
    expected = list(live_batches(world, DAYS, RULE))
    assert [batch.number for batch in store.batches()] == [30, 35]
    assert all(same(one, other) for one, other in zip(store.batches(), expected, strict=True))
    assert store.today == world.today == date(2025, 2, 5)


def test_after_the_take_over_nobody_orders_but_who_is_approved(store: LivingStore) -> None:
    twin = World(load_settings(store.folder.parent / "world.yaml"), 5)
    twin.run(DAYS, RULE)
    lived = days_after(store, 5)
    assert [batch.number for batch in lived] == [36, 37, 38, 39, 40]
    assert not ordered(lived)
    assert all(same(one, other) for one, other in zip(lived, live_batches(twin, 5, days_per_batch=1), strict=True))


def test_a_command_is_felt_from_the_next_morning_on_and_only_once(store: LivingStore) -> None:
    first = store.apply(price("88.80"), "k1")
    assert store.apply(price("88.80"), "k1") == first
    lived = days_after(store, 2)
    assert [(row["product"], row["date"], row["list_price"]) for row in rows_of(lived, "price")] == [
        ("P0001", date(2025, 2, 5), Decimal("88.800000"))
    ]
    assert store.apply(price("88.80"), "k1") == first
    assert not rows_of(days_after(store, 1), "price")


def test_another_process_finds_the_store_as_it_stands(store: LivingStore) -> None:
    store.apply(price("88.80"), "k1")
    store.advance()
    store.apply(price("77.70"), "k2")
    other = LivingStore.open(store.folder)
    assert (other.days, other.today, other.pending) == (DAYS + 1, date(2025, 2, 6), (price("77.70"),))
    other.advance()
    assert store.days == DAYS + 2
    assert all(same(one, two) for one, two in zip(store.batches(), other.batches(), strict=True))
    period = Period(date(2025, 1, 1), store.today)
    assert store.truth.profit(period).total_minor == other.truth.profit(period).total_minor


def test_an_order_below_the_suppliers_minimum_waits_until_enough_is_there(store: LivingStore) -> None:
    small = store.apply(order(store, 1), "k1")
    assert "waits" in small.summary_en
    assert "待发" in small.summary_zh
    assert not ordered(days_after(store, 2))
    assert len(store.pending) == 1
    large = store.apply(order(store, 400, reference="PO-7"), "k2")
    assert "waits" not in large.summary_en
    lived = ordered(days_after(store, 1))
    assert {(row["purchase"], row["date"]) for row in lived} == {
        (small.reference, date(2025, 2, 7)), ("PO-7", date(2025, 2, 7)),
    }  # fmt: skip
    assert not store.pending


def test_a_waiting_order_is_told_at_once_so_that_the_next_plan_does_not_order_again(store: LivingStore) -> None:
    command = order(store, 1)
    waits = store.apply(command, "k1")
    (told,) = waits.facts["purchase_line"]
    store.apply(order(store, 400), "k2")
    (real,) = [row for row in ordered(days_after(store, 1)) if row["purchase"] == waits.reference]
    # The store's own row has the same key, so it takes the place of what was told.
    assert {name: str(real[name]) for name in ("purchase", "line", "state", "occurrence", "product", "quantity")} == {
        name: str(told[name]) for name in ("purchase", "line", "state", "occurrence", "product", "quantity")
    }


def test_an_order_the_supplier_takes_is_told_by_the_store_alone(store: LivingStore) -> None:
    assert store.apply(order(store, 400), "k1").facts == {}


def test_a_number_of_a_purchase_is_used_once(store: LivingStore) -> None:
    store.apply(order(store, 1, reference="PO-7"), "k1")
    with pytest.raises(OperatorError) as caught:
        store.apply(order(store, 400, reference="PO-7"), "k2")
    assert caught.value.code == "used-reference"
    store.apply(order(store, 400), "k3")
    store.advance()
    with pytest.raises(OperatorError) as caught:
        store.apply(order(store, 400, reference="PO-7"), "k4")
    assert caught.value.code == "used-reference"


def test_an_undo_puts_back_what_was(store: LivingStore) -> None:
    budget = {"channel": "video_ads", "campaign": "C-video"}
    before = store.in_force(price("1"))
    prices = [store.apply(price(value), value).undo for value in ("88.80", "77.70")]
    assert prices == [price(str(before)), price("88.80")]
    assert store.apply(Command("set_budget", 1, {**budget, "daily_minor": 5, "days": 3}), "b").undo == Command(
        "set_budget", 1, {**budget, "daily_minor": 40_000}
    )
    assert store.apply(order(store, 400), "o").undo is None
    store.advance()
    assert store.apply(price("66.60"), "66.60").undo == price("77.70")


def test_a_promotions_name_is_free_again_once_it_was_stopped(store: LivingStore) -> None:
    params = {
        "promotion": "spring", "products": ({"product": "P0001"},), "discount_rate_permille": 250,
        "start_date": "2025-02-05", "end_date": "2025-03-05",
    }  # fmt: skip
    start = Command("start_promotion", 1, params)
    undo = store.apply(start, "a").undo
    assert undo is not None
    with pytest.raises(OperatorError) as caught:
        store.apply(start, "b")
    assert caught.value.code == "used-promotion"
    store.apply(undo, "c")
    store.apply(start, "d")
    store.advance()
    assert store.in_force(start) is True
    store.apply(undo, "e")
    store.advance()
    assert store.in_force(start) is False
    # What was applied when it was right is answered alike for ever, though it would be refused today.
    assert store.apply(start, "a").undo == undo


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (price("88.80", "nothing"), "unknown-product"),
        (Command("set_budget", 1, {"channel": "search", "campaign": "x", "daily_minor": 1}), "unknown-campaign"),
        (Command("stop_promotion", 1, {"promotion": "spring"}), "unknown-promotion"),
        (Command("feature", 1, {"product": "P0001", "slot": "a", "start_date": "2025-03-01", "end_date": "2025-03-02"}),
         "undeclared-command"),
        (Command("set_price", 1, {"product": "P0001", "list_price": "cheap"}), "bad-command"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_the_store_refuses_is_refused_when_it_is_applied(store: LivingStore, command: Command, code: str) -> None:
    for dry_run in (False, True):
        with pytest.raises(OperatorError) as caught:
            store.apply(command, "k", dry_run)
        assert caught.value.code == code
    assert not (store.folder / JOURNAL_NAME).exists()


def test_a_stale_cost_is_refused_and_one_within_a_hundredth_is_not(store: LivingStore) -> None:
    good = order(store, 400)
    (line,) = good.params["lines"]  # type: ignore[misc]

    def at(factor: str) -> Receipt:
        cost = str(Decimal(str(line["unit_cost"])) * Decimal(factor))
        return store.apply(
            Command("purchase_order", 1, {**good.params, "lines": ({**line, "unit_cost": cost},)}), factor
        )

    assert at("1.009").status == "applied"
    with pytest.raises(OperatorError) as caught:
        at("1.02")
    assert caught.value.code == "stale-cost"


def test_it_ends_with_its_world_and_nothing_is_journalled_then(tmp_path: Path) -> None:
    settings = tmp_path / "short.yaml"
    settings.write_text("extends: demo\nhorizon_days: 12\ncatalogue: {products: 5}\n", encoding="utf-8")
    store = LivingStore.create(tmp_path / "living", settings, 1, 10, None)
    store.advance()
    store.advance()
    before = (store.folder / JOURNAL_NAME).read_bytes()
    with pytest.raises(OperatorError) as caught:
        store.advance()
    assert caught.value.code == "horizon-over"
    assert (store.folder / JOURNAL_NAME).read_bytes() == before
    assert [batch.number for batch in store.batches()] == [10, 11, 12]


def test_the_same_beginning_finds_the_store_and_another_is_refused(tmp_path: Path) -> None:
    store = begun(tmp_path)
    store.advance()
    assert begun(tmp_path).days == DAYS + 1
    with pytest.raises(OperatorError) as caught:
        LivingStore.create(store.folder, tmp_path / "world.yaml", 6, DAYS, RULE)
    assert caught.value.code == "world-exists"
    with pytest.raises(OperatorError) as caught:
        LivingStore.open(tmp_path / "nowhere")
    assert caught.value.code == "no-world"
    with pytest.raises(OperatorError) as caught:
        LivingStore.create(tmp_path / "third", "demo", 1, 10_000, None)
    assert caught.value.code == "bad-days"


def test_a_later_change_of_the_settings_file_is_not_felt(tmp_path: Path) -> None:
    store = begun(tmp_path)
    before = store.today, store.book.on_hand.tolist()
    (tmp_path / "world.yaml").write_text("extends: fashion\n", encoding="utf-8")
    again = LivingStore.open(store.folder)
    assert (again.today, again.book.on_hand.tolist()) == before


def test_a_store_of_the_programs_world_outlives_a_change_of_that_world(tmp_path: Path) -> None:
    store = LivingStore.create(tmp_path, "demo", 1, 2, None)
    # As if the program had come with other settings when the store began.
    kept = tmp_path / "settings.yaml"
    kept.write_text(kept.read_text(encoding="utf-8").replace("mean_units: 1.4", "mean_units: 1.5"), encoding="utf-8")
    world = json.loads((tmp_path / "world.json").read_text(encoding="utf-8"))
    world["settings"] = digest(kept.read_text(encoding="utf-8"))
    (tmp_path / "world.json").write_text(json.dumps(world), encoding="utf-8")
    again = LivingStore.create(tmp_path, "demo", 1, 2, None)
    assert again.book.on_hand.tolist() != store.book.on_hand.tolist()
    assert again.book.on_hand.tolist() == LivingStore.open(tmp_path).book.on_hand.tolist()
    kept.write_text("extends: demo\n", encoding="utf-8")
    with pytest.raises(OperatorError) as caught:
        LivingStore.open(tmp_path)
    assert caught.value.code == "world-damaged"


def test_the_demos_world_may_live_under_another_id(tmp_path: Path) -> None:
    store = LivingStore.create(tmp_path, "demo", 1, 2, None, store="branch-02")
    assert store.source == "sim/branch-02"
    assert {batch.store for batch in store.batches()} == {"branch-02"}
    site = Site("demo", "CNY", tmp_path, store.today)
    with pytest.raises(OperatorError) as caught:
        CONNECTOR.apply(site, price("1.00"), "k", True)
    assert caught.value.code == "wrong-store"
    with pytest.raises(OperatorError) as caught:
        list(CONNECTOR.pull(site, 0))
    assert caught.value.code == "wrong-store"


def test_a_checkpoint_that_does_not_count_changes_nothing(store: LivingStore) -> None:
    store.apply(price("88.80"), "k")
    days_after(store, 12)
    expected = list(store.batches())
    folder = store.folder / CHECKPOINT_FOLDER
    kept = sorted(folder.glob("*.standing"))
    assert [int(path.stem) for path in kept] == [35, 45]
    whole = kept[-1].read_bytes()
    for damaged in (
        b"",
        whole[:-1],
        whole.replace(b'"code": "', b'"code": "0', 1),
        b"{}\n",
        whole[:300] + b"x" + whole[301:],
    ):
        kept[-1].write_bytes(damaged)
        again = LivingStore.open(store.folder)
        assert again.today == store.today
        assert all(same(one, other) for one, other in zip(again.batches(), expected, strict=True))
    # Another past than the checkpoint's: it is not taken for this one's.
    (store.folder / JOURNAL_NAME).unlink()
    kept[-1].write_bytes(whole)
    shorter = LivingStore.open(store.folder)
    assert shorter.days == DAYS
    shorter.apply(price("11.10"), "k")
    days_after(shorter, 12)
    assert rows_of(list(LivingStore.open(store.folder).batches(DAYS)), "price")[0]["list_price"] == Decimal("11.100000")


def test_a_torn_last_line_is_as_if_it_had_never_been(store: LivingStore) -> None:
    store.apply(price("88.80"), "k1")
    store.advance()
    journal = store.folder / JOURNAL_NAME
    whole = journal.read_bytes()
    store.apply(price("77.70"), "k2")
    longer = journal.read_bytes()
    for cut in (len(whole) + 1, len(whole) + 40, len(longer) - 1):
        journal.write_bytes(longer[:cut])
        again = LivingStore.open(store.folder)
        assert (again.days, again.pending) == (DAYS + 1, ())
        again.apply(price("77.70"), "k2")
        assert journal.read_bytes() == longer


def test_processes_that_advance_at_once_live_each_day_once(begin: Begin) -> None:
    store = begin("racing")
    code = (
        "import sys; from pathlib import Path; from yunying.connectors.sim.living_store import LivingStore\n"
        "store = LivingStore.open(Path(sys.argv[1])); store.today; sys.stdin.readline()\n"
        "for _ in range(8): store.advance()"
    )
    racing = [
        subprocess.Popen([sys.executable, "-c", code, str(store.folder)], stdin=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for each in racing:
        each.communicate("\n")
        assert each.returncode == 0
    assert store.days == DAYS + 24
    alone = begin("alone")
    days_after(alone, 24)
    assert all(same(one, other) for one, other in zip(store.batches(), alone.batches(), strict=True))


def test_the_days_as_the_loop_works_them_are_published_in_order(store: LivingStore) -> None:
    cursor, seen = 0, []
    for _ in range(6):
        for place, command in enumerate(due(store)):
            store.apply(command, f"{store.days}/{place}")
        for batch in store.batches(cursor):
            cursor = batch.number
            seen.append(batch)
        store.advance()
    assert [batch.number for batch in seen] == [30, 35, 36, 37, 38, 39, 40]
    # Each was told from the day at hand; another process tells them from the journal.
    assert all(same(one, other) for one, other in zip(seen, LivingStore.open(store.folder).batches(), strict=False))
    dates = pc.unique(seen[-1].tables["stock_level"]["date"]).to_pylist()
    assert dates == [store.today - timedelta(days=2)]
