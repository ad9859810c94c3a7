"""What follows a sale follows its rates and delays."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pyarrow as pa
import pytest

from yunying.sim.laws import Constant, Uniform
from yunying.sim.settings import WorldSettings
from yunying.sim.world import World

Flat = Callable[..., WorldSettings]


@pytest.fixture(scope="module")
def rows(flat: Flat) -> list[dict]:
    settings = flat(
        after_sales={
            "unpaid_rate": 0.1,
            "cancel_rate": 0.05,
            "restock_rate": 0.7,
            "partial_return_rate": 0.5,
            "ship_delay": Uniform(0, 2),
            "return_delay": Uniform(4, 8),
            "test_rate": 0.01,
            "brushed_rate": 0.04,
        },
        demand={"units_per_line": 2.0, "lines_per_order": 1.5},
    )
    category = replace(settings.catalogue.categories[0], return_rate=0.2)
    settings = replace(settings, catalogue=replace(settings.catalogue, categories=(category,)))
    facts: pa.Table = World(settings, 6).run(45)["order_line"]
    return facts.to_pylist()


def by_line(rows: list[dict], reality: str = "real") -> dict[tuple[str, str], dict[str, dict]]:
    found: dict[tuple[str, str], dict[str, dict]] = {}
    for row in rows:
        if row["reality"] == reality:
            found.setdefault((row["order"], row["line"]), {})[row["state"]] = row
    return found


def settled(rows: list[dict]) -> list[dict[str, dict]]:
    """Real lines of the first 30 days, whose later states have all come."""
    last = min(row["date"] for row in rows).toordinal() + 30
    return [states for states in by_line(rows).values() if states["placed"]["date"].toordinal() < last]


def test_the_rates_are_those_of_the_settings(rows: list[dict]) -> None:
    lines = settled(rows)
    paid = [states for states in lines if "paid" in states]
    shipped = [states for states in paid if "shipped" in states]
    assert len(paid) > 8000
    assert 1 - len(paid) / len(lines) == pytest.approx(0.1, abs=0.01)
    assert sum("cancelled" in states for states in paid) / len(paid) == pytest.approx(0.05, abs=0.008)
    assert sum("refunded" in states for states in shipped) / len(shipped) == pytest.approx(0.2, abs=0.015)
    refunded = [states["refunded"] for states in shipped if "refunded" in states]
    restocked = sum(row["restocked_quantity"] > 0 for row in refunded)
    assert restocked / len(refunded) == pytest.approx(0.7, abs=0.035)


def test_delays_are_those_of_the_settings(rows: list[dict]) -> None:
    lines = settled(rows)
    shipping = [(s["shipped"]["date"] - s["paid"]["date"]).days for s in lines if "shipped" in s]
    returning = [(s["refunded"]["date"] - s["shipped"]["date"]).days for s in lines if "refunded" in s]
    assert {day: round(shipping.count(day) / len(shipping), 1) for day in set(shipping)} == {0: 0.3, 1: 0.3, 2: 0.3}
    assert set(returning) == {4, 5, 6, 7, 8}
    assert sum(returning) / len(returning) == pytest.approx(6, abs=0.15)


def test_money_and_goods_come_back_in_proportion(rows: list[dict]) -> None:
    partial = 0
    for states in settled(rows):
        if "refunded" in states:
            paid, back = states["paid"], states["refunded"]
            assert back["quantity"] in (1, paid["quantity"])
            assert abs(back["amount_minor"] - paid["amount_minor"] * back["quantity"] / paid["quantity"]) <= 0.5
            assert back["restocked_quantity"] in (0, back["quantity"])
            partial += back["quantity"] < paid["quantity"]
        if "cancelled" in states and "paid" in states:
            back = states["cancelled"]
            assert (back["quantity"], back["amount_minor"]) == (
                back["restocked_quantity"],
                states["paid"]["amount_minor"],
            )
        if "paid" not in states:
            assert set(states) == {"placed", "cancelled"}
            assert states["cancelled"]["amount_minor"] == states["cancelled"]["restocked_quantity"] == 0
    assert partial > 100


def test_fees_and_tax_are_those_of_the_settings(rows: list[dict], flat: Flat) -> None:
    store = flat().store
    for states in settled(rows):
        for row in states.values():
            # A part of a rounded tax is rounded again.
            margin = 1.0 if row["state"] == "refunded" else 0.5001
            assert abs(row["tax_minor"] - row["amount_minor"] * 0.13 / 1.13) <= margin
        if "paid" not in states:
            continue
        paid = states["paid"]
        gross = int(paid["list_price"] * 100) * paid["quantity"]
        assert paid["amount_minor"] == gross - paid["discount_minor"]
        assert abs(paid["commission_minor"] - paid["amount_minor"] * store.commission_rate) <= 0.5001
        assert abs(paid["payment_fee_minor"] - paid["amount_minor"] * store.payment_fee_rate) <= 0.5001
        further = paid["quantity"] - (paid["line"] == "1")
        first = store.shipping_order_minor if paid["line"] == "1" else 0
        assert paid["shipping_cost_minor"] == first + store.shipping_unit_minor * further
        for state in ("refunded", "cancelled", "shipped", "placed"):
            assert state not in states or states[state]["commission_minor"] is None


def test_lines_and_orders_have_the_sizes_of_the_settings(rows: list[dict]) -> None:
    paid = [states["paid"] for states in settled(rows) if "paid" in states]
    orders = {row["order"] for row in paid}
    # A product's last line of the day is cut short, which takes a little off the mean of 2.
    assert sum(row["quantity"] for row in paid) / len(paid) == pytest.approx(2.0, abs=0.15)
    assert len(paid) / len(orders) == pytest.approx(1.5, rel=0.03)


def test_test_and_brushed_orders_are_marked_and_move_no_goods(rows: list[dict]) -> None:
    real = [states for states in by_line(rows).values() if "paid" in states]
    brushed, tests = by_line(rows, "brushed"), by_line(rows, "test")
    assert len(brushed) / len(real) == pytest.approx(0.04, abs=0.006)
    assert len(tests) / len(real) == pytest.approx(0.01, abs=0.003)
    end = max(row["date"] for row in rows)
    for states in brushed.values():
        assert set(states) <= {"placed", "paid", "shipped"}
        assert "shipped" in states or _is_late(states["paid"]["date"], end)
    assert all(set(states) == {"placed", "paid"} for states in tests.values())


def _is_late(day: date, end: date) -> bool:
    return (end - day).days < 2


def test_a_shop_that_ships_at_once_ships_on_the_day(flat: Flat) -> None:
    lines = World(flat(after_sales={"ship_delay": Constant(0)}), 6).run(3)["order_line"].to_pylist()
    paid = {(row["order"], row["date"]) for row in lines if row["state"] == "paid"}
    shipped = {(row["order"], row["date"]) for row in lines if row["state"] == "shipped"}
    assert paid == shipped
