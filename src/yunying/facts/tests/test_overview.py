from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from yunying.facts.overview import overview
from yunying.facts.reader import FactReader
from yunying.facts.schema import TABLES
from yunying.kernel.errors import OperatorError


def arrow(table: str, *rows: dict[str, Any]) -> pa.Table:
    schema = TABLES[table].schema
    return pa.table({f.name: pa.array([{"store": "s", **row}.get(f.name) for row in rows], f.type) for f in schema})


def line(order: str, number: str, state: str, amount: int, member: str | None = "m1", **more: Any) -> dict[str, Any]:
    return {
        "order": order, "line": number, "state": state, "occurrence": "", "date": date(2026, 3, 1), "product": "p",
        "line_kind": "goods", "quantity": 1, "amount_minor": amount, "member": member, "reality": "real", **more,
    }  # fmt: skip


def store(currency: str = "CNY") -> pa.Table:
    row = {"date": date(2026, 1, 1), "currency": currency, "time_zone": "Asia/Shanghai", "capital_rate": 0.1}
    return arrow("store", row)


def orders_of(*rows: dict[str, Any], currency: str = "CNY") -> dict[str, Any]:
    with FactReader.from_arrow({"store": store(currency), "order_line": arrow("order_line", *rows)}) as facts:
        return overview(facts, "s")["orders"]


def test_a_line_counts_once_however_many_states_it_went_through() -> None:
    found = orders_of(line("a", "1", "placed", 500), line("a", "1", "paid", 500), line("a", "2", "paid", 250))
    assert (found["lines"], found["orders"], found["net_amount"]) == (2, 1, Decimal("7.50"))


def test_refunds_and_cancellations_are_taken_off_and_postage_and_test_orders_counted() -> None:
    found = orders_of(
        line("a", "1", "paid", 1000), line("a", "1", "refunded", 300),
        line("a", "2", "paid", 200, line_kind="shipping"), line("b", "1", "cancelled", 50),
        line("c", "1", "paid", 7, reality="test"),
    )  # fmt: skip
    assert found["net_amount"] == Decimal("8.57")
    assert found["cancelled_lines"] == 1


def test_a_line_has_no_customer_only_if_none_of_its_rows_names_one() -> None:
    found = orders_of(
        line("a", "1", "placed", 1, None), line("a", "1", "paid", 1), line("b", "1", "paid", 1, None),
        line("b", "2", "paid", 1, None),
    )  # fmt: skip
    assert (found["lines_without_customer"], found["customers"]) == (2, 1)


def test_the_amount_follows_the_digits_of_the_currency() -> None:
    assert orders_of(line("a", "1", "paid", 1500), currency="JPY")["net_amount"] == Decimal(1500)


def test_a_store_without_orders_has_none() -> None:
    assert orders_of() == {
        "lines": 0, "orders": 0, "customers": 0, "cancelled_lines": 0, "lines_without_customer": 0,
        "net_amount": Decimal("0.00"), "currency": "CNY",
    }  # fmt: skip


def test_each_table_says_how_many_rows_from_when_to_when() -> None:
    rows = arrow(
        "order_line", line("a", "1", "paid", 1), line("b", "1", "paid", 1, date=date(2026, 4, 2), store="other")
    )
    with FactReader.from_arrow({"store": store(), "order_line": rows}) as facts:
        found = overview(facts, "s")
    assert found["order_line"] == {"rows": 1, "from": "2026-03-01", "to": "2026-03-01"}
    assert found["event"] == {"rows": 0, "from": None, "to": None}
    assert set(found) == {*TABLES, "orders"}


def test_an_unknown_store_is_refused() -> None:
    with FactReader.from_arrow({"store": store()}) as facts, pytest.raises(OperatorError) as refused:
        overview(facts, "t")
    assert refused.value.code == "unknown-store"
