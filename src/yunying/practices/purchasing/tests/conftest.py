"""A shop written row by row, so that each test says what it stands on."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Self
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest

from yunying.facts.reader import FactReader
from yunying.facts.schema import TABLES, UNDATED
from yunying.kernel.proposal import Decision, Proposal
from yunying.practices.purchasing.decide import decide
from yunying.practices.purchasing.fit import fit
from yunying.practices.purchasing.inputs import Inputs
from yunying.practices.purchasing.policy import PurchasingPolicy
from yunying.practices.purchasing.read import read

STORE = "s"


@dataclass
class Shop:
    """Facts of one store; days are counted back from ``as_of``, so 1 is the day before the plan."""

    as_of: date = date(2026, 9, 1)
    time_zone: str = "Asia/Shanghai"
    currency: str = "CNY"
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, table: str, **values: Any) -> Self:
        self.rows.setdefault(table, []).append({"store": STORE, **values})
        return self

    def day(self, days_ago: int) -> date:
        return self.as_of - timedelta(days=days_ago)

    def line(self, product: str, days_ago: int, units: int = 1, price: float = 50.0, **values: Any) -> Self:
        number = len(self.rows.get("order_line", ()))
        row = {
            "order": f"O{number}", "line": "1", "state": "paid", "occurrence": "", "line_kind": "goods",
            "reality": "real", "amount_minor": round(units * price * 100), **values,
        }  # fmt: skip
        return self.add("order_line", product=product, date=self.day(days_ago), quantity=units, **row)

    def steady(self, product: str, units: int = 4, days: int = 120, price: float = 50.0, **values: Any) -> Self:
        """The same sales on every one of the last days."""
        for days_ago in range(1, days + 1):
            self.line(product, days_ago, units, price, **values)
        return self

    def local(self, days_ago: int, hour: float) -> datetime:
        """The moment at a local hour of a day."""
        moment = datetime.combine(self.day(days_ago), time(), ZoneInfo(self.time_zone)) + timedelta(hours=hour)
        return moment.astimezone(UTC)

    def count(self, product: str, days_ago: int, on_hand: int) -> Self:
        return self.add("stock_level", product=product, date=self.day(days_ago), on_hand=on_hand)

    def product(self, product: str, days_ago: int | None = None, **values: Any) -> Self:
        day = date.fromisoformat(UNDATED) if days_ago is None else self.day(days_ago)
        return self.add("product", product=product, date=day, **values)

    def offer(self, product: str, cost: float, lead: int | None = 10, supplier: str = "S1", **values: Any) -> Self:
        row = {"from_quantity": 1, "date": self.day(200), "lead_time_days": lead, **values}
        return self.add("supplier_offer", product=product, supplier=supplier, unit_cost=Decimal(str(cost)), **row)

    def ordered(self, product: str, days_ago: int, units: int, *, promised: int | None = None, number: str = "",
                **values: Any) -> Self:  # fmt: skip
        number = number or f"B{len(self.rows.get('purchase_line', ()))}"
        row = {"purchase": number, "line": "1", "occurrence": "", "supplier": "S1", "state": "ordered", **values}
        due = None if promised is None else self.as_of + timedelta(days=promised)
        return self.add(
            "purchase_line", product=product, date=self.day(days_ago), quantity=units, promised_date=due, **row
        )

    def tables(self) -> dict[str, pa.Table]:
        store = {
            "store": STORE, "date": self.day(400), "currency": self.currency, "time_zone": self.time_zone,
            "capital_rate": 0.08,
        }  # fmt: skip
        rows = {**self.rows, "store": [store]}
        return {name: pa.Table.from_pylist(listed, schema=TABLES[name].schema) for name, listed in rows.items()}

    def inputs(self, **settings: Any) -> Inputs:
        with FactReader.from_arrow(self.tables(), threads=1) as facts:
            return read(facts, STORE, self.as_of, PurchasingPolicy(**settings))

    def decide(self, **settings: Any) -> Decision:
        policy, inputs = PurchasingPolicy(**settings), self.inputs(**settings)
        return decide(inputs, fit(inputs, policy, 1), policy, self.as_of, np.random.default_rng(1))

    def proposal(self, product: str = "P", **settings: Any) -> Proposal:
        decision = self.decide(**settings)
        found = [each for each in decision.proposals if each.subject == product]
        assert found, decision.abstentions
        return found[0]

    def quantity(self, product: str = "P", **settings: Any) -> int:
        """Units ordered today, 0 where the product could be decided and needs none."""
        decision = self.decide(**settings)
        assert not [each for each in decision.abstentions if product in each.subjects], decision.abstentions
        return sum(line["quantity"] for each in decision.proposals for line in each.command.params["lines"]
                   if line["product"] == product)  # fmt: skip


def usual(**values: Any) -> Shop:
    """Product P: 4 a day at 50, five left, bought at 20 with ten days of lead time."""
    given = {"units": 4, "price": 50.0, "on_hand": 5, "cost": 20.0, "lead": 10, **values}
    shop = Shop().steady("P", given["units"], price=given["price"]).count("P", 1, given["on_hand"])
    return shop.offer("P", given["cost"], given["lead"])


@pytest.fixture
def shop() -> Shop:
    return Shop()
