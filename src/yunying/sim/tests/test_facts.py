"""What a world writes are facts: the schema holds, keys are unique, and stock is conserved to the unit."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from yunying.facts.reader import FactReader
from yunying.facts.schema import TABLES
from yunying.kernel.periods import Period
from yunying.sim.history import live_batches
from yunying.sim.loading import load_settings, world_names
from yunying.sim.settings import WorldSettings
from yunying.sim.world import World

Lived = Callable[[WorldSettings, int, int], tuple[World, dict[str, pa.Table]]]
Busy = tuple[World, dict[str, pa.Table]]


def problems(name: str, rows: pa.Table) -> list[str]:
    """What the door would refuse."""
    found = []
    table = TABLES[name]
    for column in table.columns:
        if column.name == "store":
            continue
        if column.name not in rows.column_names:
            if not column.nullable:
                found.append(f"{name}.{column.name} is missing")
            continue
        values = rows.column(column.name)
        if values.type != column.type:
            found.append(f"{name}.{column.name} is {values.type}")
        if not column.nullable and values.null_count:
            found.append(f"{name}.{column.name} has nulls")
        if column.choices and not set(values.unique().to_pylist()) <= {*column.choices, None}:
            found.append(f"{name}.{column.name} has {values.unique().to_pylist()}")
        if (
            column.minimum is not None
            and pc.min(values).as_py() is not None
            and pc.min(values).as_py() < column.minimum
        ):
            found.append(f"{name}.{column.name} falls below {column.minimum}")
        if (
            column.maximum is not None
            and pc.max(values).as_py() is not None
            and pc.max(values).as_py() > column.maximum
        ):
            found.append(f"{name}.{column.name} exceeds {column.maximum}")
    key = [column for column in table.key if column != "store"]
    if key and rows.group_by(key).aggregate([]).num_rows != len(rows):
        found.append(f"{name} has two rows with one key")
    found += [
        f"{name}.{extra} is unknown" for extra in rows.column_names if extra not in {c.name for c in table.columns}
    ]
    return found


@pytest.mark.parametrize("name", world_names())
def test_every_table_of_every_world_fits_the_schema(live_world: Lived, name: str) -> None:
    _, facts = live_world(load_settings(name), 4, 45)
    # What people did is the ledger's, what they wrote the portal's, and rates come by files; none is a store's.
    assert set(facts) == set(TABLES) - {"intervention", "audit_head", "promotion", "fx_rate", "content_item"}
    assert [problem for table, rows in facts.items() for problem in problems(table, rows)] == []


def test_a_busy_store_fits_the_schema_too(busy: Busy) -> None:
    assert [problem for table, rows in busy[1].items() for problem in problems(table, rows)] == []


def test_the_schema_check_of_this_test_can_fail(busy: Busy) -> None:
    rows = busy[1]["stock_level"]
    assert problems("stock_level", pa.concat_tables([rows, rows[:1]])) != []
    assert problems("stock_level", rows.drop_columns(["on_hand"])) != []


def by_day_and_product(world: World, rows: pa.Table, amount: str) -> np.ndarray:
    first = world.settings.start_date
    days = np.array([(day - first).days for day in rows.column("date").to_pylist()], dtype=np.int64)
    index = {product: place for place, product in enumerate(world.truth.products)}
    products = np.array([index[product] for product in rows.column("product").to_pylist()], dtype=np.int64)
    total = np.zeros(((world.today - first).days, len(index)), dtype=np.int64)
    np.add.at(total, (days, products), rows.column(amount).to_numpy())
    return total


def test_stock_is_conserved_for_every_day_and_product(busy: Busy) -> None:
    world, facts = busy
    movement = facts["stock_movement"]
    incoming = by_day_and_product(world, movement.filter(pc.field("direction") == "in"), "quantity")
    outgoing = by_day_and_product(world, movement.filter(pc.field("direction") == "out"), "quantity")
    on_hand = by_day_and_product(world, facts["stock_level"], "on_hand")
    reasons = set(movement.column("reason").unique().to_pylist())
    assert reasons == {"stock_take", "receipt", "return", "sale", "write_off"}
    assert np.array_equal(np.cumsum(incoming - outgoing, axis=0), on_hand)
    assert on_hand.min() >= 0


def test_movements_say_what_the_orders_and_purchases_say(busy: Busy) -> None:
    world, facts = busy
    lines = facts["order_line"].filter(pc.field("reality") == "real")
    movement = facts["stock_movement"]

    def moved(reason: str) -> np.ndarray:
        return by_day_and_product(world, movement.filter(pc.field("reason") == reason), "quantity")

    paid = lines.filter(pc.field("state") == "paid")
    back = lines.filter(pc.is_in(pc.field("state"), pa.array(["refunded", "cancelled"])))
    received = facts["purchase_line"].filter(pc.field("state") == "received")
    assert np.array_equal(moved("sale"), by_day_and_product(world, paid, "quantity"))
    assert np.array_equal(moved("return"), by_day_and_product(world, back, "restocked_quantity"))
    assert np.array_equal(moved("receipt"), by_day_and_product(world, received, "quantity"))


def test_nothing_is_sold_beyond_demand_or_stock_and_part_days_run_out(busy: Busy) -> None:
    world, _ = busy
    period = Period(world.settings.start_date, world.today)
    demand, sold, lost = (world.truth.units(name, period) for name in ("demand", "sold", "lost"))
    assert (sold <= demand).all()
    assert np.array_equal(lost, demand - sold)
    assert lost.sum() > 500
    part_days = (lost > 0) & (sold > 0)
    assert part_days.sum() > 50
    # Where a buyer went away, the shelf was empty at that moment: at night only a later delivery can have filled it.
    no_receipt = world.truth.units("received", period) == 0
    assert (world.truth.units("on_hand", period)[(lost > 0) & no_receipt] == 0).all()


def test_profit_equals_what_the_facts_add_up_to(busy: Busy) -> None:
    """An independent sum over the order lines, stock levels and ad spend."""
    world, facts = busy
    rows = facts["order_line"].filter(pc.field("reality") == "real").to_pylist()
    total = Decimal(0)
    for row in rows:
        if row["state"] == "paid":
            total += row["amount_minor"] - row["tax_minor"] - row["quantity"] * row["unit_cost"] * 100
            total -= row["commission_minor"] + row["payment_fee_minor"] + row["shipping_cost_minor"]
        if row["state"] in ("refunded", "cancelled"):
            total -= row["amount_minor"] - row["tax_minor"]
            total += row["restocked_quantity"] * row["unit_cost"] * 100
    for row in facts["stock_movement"].to_pylist():
        if row["reason"] == "write_off":
            total -= row["quantity"] * row["unit_cost"] * 100
    total -= sum(row["spend_minor"] for row in facts["ad_spend"].to_pylist())
    cost: dict[str, Decimal] = {}
    costs = sorted(
        (row["date"], row["product"], row["unit_cost"]) for row in facts["product"].to_pylist() if row["unit_cost"]
    )
    levels = sorted((row["date"], row["product"], row["on_hand"]) for row in facts["stock_level"].to_pylist())
    place = 0
    rate = Decimal(str(world.settings.store.capital_rate))
    for day, product, on_hand in levels:
        while place < len(costs) and costs[place][0] <= day:
            cost[costs[place][1]] = costs[place][2]
            place += 1
        total -= on_hand * cost[product] * 100 * rate / 365
    truth = world.truth.profit(Period(world.settings.start_date, world.today))
    assert float(total) == pytest.approx(truth.total_minor, rel=1e-9)
    by_product = world.truth.product_profit(Period(world.settings.start_date, world.today)).sum()
    assert by_product - sum(truth.ads.values()) == pytest.approx(truth.total_minor)
    assert min(truth.parts.values()) > 0


def test_every_state_stands_on_its_own_day_in_order(busy: Busy) -> None:
    _, facts = busy
    seen: dict[tuple[str, str], dict[str, object]] = {}
    for row in facts["order_line"].select(["order", "line", "state", "date", "at"]).to_pylist():
        seen.setdefault((row["order"], row["line"]), {})[row["state"]] = (row["date"], row["at"])
    refunds = 0
    for states in seen.values():
        assert "placed" in states
        if "paid" in states:
            assert states["placed"] < states["paid"]
        if "shipped" in states:
            assert states["paid"] <= states["shipped"]
        if "refunded" in states:
            refunds += 1
            assert states["refunded"][0] > states["shipped"][0]
        if "cancelled" in states:
            assert "shipped" not in states
            assert states["cancelled"][0] > states["placed"][0]
    assert refunds > 300


def test_lines_of_one_order_share_buyer_day_and_moment(busy: Busy) -> None:
    placed = busy[1]["order_line"].filter(pc.field("state") == "placed")
    shared = ["order", "member", "at", "channel", "region", "session"]
    assert placed.group_by(shared).aggregate([]).num_rows == placed.group_by(["order"]).aggregate([]).num_rows
    lines = placed.group_by(["order"]).aggregate([("line", "count")]).column("line_count").to_numpy()
    assert (lines > 1).mean() > 0.1


def test_moments_lie_on_the_store_local_day_also_where_clocks_change(live_world: Lived) -> None:
    """The American clock went forward on 9 March 2025."""
    _, facts = live_world(load_settings("export"), 2, 72)
    zone = ZoneInfo("America/New_York")
    for row in facts["order_line"].select(["date", "at"]).to_pylist():
        assert row["at"].astimezone(zone).date() == row["date"]
    midnight = datetime(2025, 3, 9, 5, 0, tzinfo=UTC)
    on_day = [row["at"] for row in facts["order_line"].to_pylist() if row["at"] - midnight < timedelta(hours=23)]
    assert max(on_day) > midnight + timedelta(hours=22)


def test_attributes_come_before_they_are_needed(busy: Busy) -> None:
    _, facts = busy
    first: dict[str, object] = {}
    for row in facts["product"].to_pylist():
        first.setdefault(row["product"], row["date"])
    assert all(row["date"] >= first[row["product"]] for row in facts["order_line"].to_pylist())
    joined = {row["member"]: row["joined_date"] for row in facts["member"].to_pylist()}
    members = facts["order_line"].select(["member", "date"]).to_pylist()
    assert all(row["date"] >= joined[row["member"]] for row in members if row["member"] is not None)
    assert len({row["product"] for row in facts["product"].to_pylist()}) <= 120


def test_statuses_follow_the_lives(busy: Busy) -> None:
    world, facts = busy
    by_product: dict[str, list[tuple[object, str]]] = {}
    for row in facts["product"].to_pylist():
        if row["status"]:
            by_product.setdefault(row["product"], []).append((row["date"], row["status"]))
    launched = ended = 0
    for product, statuses in by_product.items():
        launch, end = world.truth.life(product)
        if launch > world.settings.start_date and launch < world.today:
            launched += 1
            assert statuses[0][1] == "off_sale"
            assert (launch, "on_sale") in statuses
        if end is not None and world.settings.start_date < end < world.today:
            ended += 1
            assert (end, "off_sale") in statuses
    assert launched > 10
    assert ended > 5


def test_batches_hold_whole_days_and_their_numbers_rise() -> None:
    one, two = (World(load_settings("export"), 4) for _ in range(2))
    batches = list(live_batches(one, 25, days_per_batch=10))
    assert [(batch.number, batch.source, batch.store) for batch in batches] == [
        (10, "sim/export", "export"),
        (20, "sim/export", "export"),
        (25, "sim/export", "export"),
    ]
    whole = two.run(25)
    for name, rows in whole.items():
        assert pa.concat_tables([batch.tables[name] for batch in batches if name in batch.tables]).equals(rows)


def test_a_reader_finds_the_facts_of_a_world(busy: Busy) -> None:
    world, facts = busy
    named = {name: rows.append_column("store", pa.array(["demo"] * len(rows))) for name, rows in facts.items()}
    with FactReader.from_arrow(named) as reader:
        for name, rows in facts.items():
            assert reader.to_arrow(reader.table(name).count()).as_py() == len(rows)
        lines = reader.table("order_line")
        paid = lines.filter((lines.state == "paid") & (lines.reality == "real"))
        units = reader.to_arrow(paid.quantity.sum()).as_py()
    assert units == world.truth.units("sold", Period(world.settings.start_date, world.today)).sum()


def test_a_product_that_is_not_launched_has_no_empty_shelf(busy: Busy) -> None:
    world, facts = busy
    empty = [row for row in facts["stock_level"].to_pylist() if row["on_hand"] == 0]
    assert len(empty) > 100
    assert all(world.truth.life(row["product"])[0] <= row["date"] for row in empty)
