"""A store of 700 orders in which everything that can go wrong with a figure does go wrong."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from yunying.facts.reader import FactReader
from yunying.facts.schema import TABLES

STORE = "lamps-01"
FIRST = date(2025, 1, 6)
DAYS = 500
PRODUCTS = [f"P{i:02d}" for i in range(24)]
# Sold from March 2026 on only, and nobody knows what it costs.
COSTLESS = "P22"
# Sold without any product row: an orphan.
ORPHAN = "P23"
REGIONS = ["Zhejiang", "Sichuan", None]

Rows = list[dict[str, Any]]


def arrow(table: str, rows: Rows) -> pa.Table:
    schema = TABLES[table].schema
    return pa.table({field.name: pa.array([row.get(field.name) for row in rows], field.type) for field in schema})


def _products(rng: np.random.Generator) -> Rows:
    rows: Rows = []
    for i, product in enumerate(PRODUCTS):
        if product == ORPHAN:
            continue
        cost = None if product == COSTLESS else Decimal(str(round(3 + 2.37 * i, 4)))
        first: dict[str, Any] = {
            "store": STORE, "product": product, "date": date(1970, 1, 1), "title": f"Lamp {i}",
            "category": [None, "desk", "floor", "wall", "灯具"][i % 5], "style": ["plain", "rustic"][i % 2],
            "brand": ["A", "B", None][i % 3], "supplier": f"S{i % 3}", "unit_cost": cost, "list_price": None,
            "status": ["on_sale", "on_sale", "off_sale", None][i % 4],
        }  # fmt: skip
        rows.append(first)
        if i % 6 == 1:  # the category moves, the cost is silent: the old one still holds
            rows.append({**first, "date": date(2025, 9, 1), "category": "floor", "unit_cost": None, "status": None})
        if i % 6 == 2:  # the cost rises
            rows.append({"store": STORE, "product": product, "date": date(2025, 10, 1), "unit_cost": cost * 2})
    return rows


def _line(order: str, line: int, state: str, day: date, **more: Any) -> dict[str, Any]:
    return {"store": STORE, "order": order, "line": str(line), "state": state, "occurrence": "", "date": day} | more


def _order(rng: np.random.Generator, number: int) -> Rows:
    order, day = f"O{number:05d}", FIRST + timedelta(days=int(rng.integers(0, DAYS)))
    member = None if rng.random() < 0.15 else f"M{int(rng.integers(0, 90)):03d}"
    campaign = [None, "spring", "summer", ""][int(rng.integers(0, 4))]
    shared = {
        "member": member, "region": REGIONS[int(rng.integers(0, 3))], "campaign": campaign,
        "channel": ["search", "social", "direct", None][int(rng.integers(0, 4))],
        "promotion": "coupon" if rng.random() < 0.3 else None,
        "reality": "test" if number % 41 == 0 else "brushed" if number % 29 == 0 else "real",
    }  # fmt: skip
    sold = PRODUCTS if day >= date(2026, 3, 1) else [p for p in PRODUCTS if p != COSTLESS]
    rows: Rows = []
    for index in range(int(rng.integers(1, 5))):
        product = sold[min(int(rng.geometric(0.12)) - 1, len(sold) - 1)]
        kind = "gift" if index == 3 else "goods"
        rows += _goods_line(rng, order, index, day, product, {**shared, "line_kind": kind})
    if rng.random() < 0.4:
        postage = {"product": "POSTAGE", "line_kind": "shipping", "quantity": 1, "amount_minor": 800, **shared}
        rows += [_line(order, 9, state, day, **postage) for state in ("placed", "paid")]
    return rows


def _goods_line(
    rng: np.random.Generator, order: str, index: int, day: date, product: str, shared: Mapping[str, Any]
) -> Rows:
    i, quantity = PRODUCTS.index(product), int(rng.integers(1, 6))
    is_free = shared["line_kind"] == "gift"
    discount = 0 if is_free else int(rng.integers(0, 3)) * 150 * quantity
    amount = 0 if is_free else (900 + 410 * i) * quantity - discount
    known_cost = rng.random() < 0.5 and product not in (COSTLESS, ORPHAN)
    cost = Decimal(str(round(3 + 2.31 * i, 4))) if known_cost or product == ORPHAN else None
    what = {"product": product, "quantity": quantity, "amount_minor": amount, "discount_minor": discount, **shared}
    paid = what | {
        "unit_cost": cost, "commission_minor": amount // 20, "payment_fee_minor": amount // 160,
        "shipping_cost_minor": 120 * quantity, "tax_minor": None if rng.random() < 0.1 else amount // 9,
    }  # fmt: skip
    rows = [_line(order, index, "placed", day, **what)]
    if rng.random() < 0.12:
        return rows  # never paid
    paid_day = day + timedelta(days=int(rng.integers(0, 2)))
    rows.append(_line(order, index, "paid", paid_day, **paid))
    back = {**what, "unit_cost": cost, "commission_minor": amount // 20, "tax_minor": amount // 9}
    if rng.random() < 0.05:
        back["restocked_quantity"] = None if rng.random() < 0.3 else quantity
        return [*rows, _line(order, index, "cancelled", paid_day, **back)]
    shipped = paid_day + timedelta(days=int(rng.integers(0, 5)))
    if rng.random() < 0.9:
        rows.append(_line(order, index, "shipped", shipped, **what))
    for part in range(int(rng.integers(0, 3)) if rng.random() < 0.2 else 0):
        some = {"quantity": 1, "amount_minor": amount // quantity // 2, "shipping_cost_minor": 90}
        some["restocked_quantity"] = int(rng.integers(0, 2))
        gone = shipped + timedelta(days=5 + 20 * part)
        rows.append(
            _line(
                order,
                index,
                "refunded",
                gone,
                **{**back, **some},
            )
            | {"occurrence": f"r{part}"}
        )
    return rows


def _events(rng: np.random.Generator) -> Rows:
    types = ["visit", "view", "view", "cart", "favourite", "click", "search", "impression"]
    return [
        {
            "store": STORE, "event": f"E{number}", "type": types[int(rng.integers(0, len(types)))],
            "date": FIRST + timedelta(days=int(rng.integers(0, DAYS))), "visitor": f"V{int(rng.integers(0, 400))}",
            "product": None if rng.random() < 0.2 else PRODUCTS[int(rng.integers(0, 24))],
            "channel": ["search", "social", None][int(rng.integers(0, 3))], "campaign": None,
        }
        for number in range(4000)
    ]  # fmt: skip


def _stock(rng: np.random.Generator) -> tuple[Rows, Rows, Rows]:
    levels: Rows = []
    movements: Rows = []
    purchases: Rows = []
    for i, product in enumerate(PRODUCTS[:22]):
        for offset in range(int(rng.integers(0, 40)), DAYS, 1 + i % 4):
            if rng.random() < 0.6:
                on_hand = int(rng.integers(-2, 30)) if rng.random() < 0.8 else 0
                day = FIRST + timedelta(days=offset)
                levels.append({"store": STORE, "product": product, "date": day, "on_hand": on_hand})
        for turn in range(6):
            ordered = FIRST + timedelta(days=70 * turn + i)
            bought = {
                "store": STORE, "purchase": f"B{i}-{turn}", "line": "1", "occurrence": "", "product": product,
                "supplier": [f"S{i % 4}", None][turn % 2], "quantity": 20 + i, "unit_cost": Decimal("4.5"),
            }  # fmt: skip
            promised = None if turn == 3 else ordered + timedelta(days=9)
            if turn != 4:
                purchases.append({**bought, "state": "ordered", "date": ordered, "promised_date": promised})
            got = ordered + timedelta(days=int(rng.integers(5, 14)))
            purchases.append({**bought, "state": "received", "date": got, "promised_date": None})
            movements.append(
                {
                    "store": STORE, "movement": f"W{i}-{turn}", "product": product, "date": got,
                    "reason": ["write_off", "receipt"][turn % 2], "direction": "in" if turn == 2 else "out",
                    "quantity": turn + 1, "unit_cost": None if i % 2 else Decimal("3.3333"),
                }
            )  # fmt: skip
    return levels, movements, purchases


def _ad_spend(rng: np.random.Generator) -> Rows:
    return [
        {
            "store": STORE, "date": FIRST + timedelta(days=day), "channel": channel, "campaign": campaign,
            "spend_minor": int(rng.integers(100, 9000)), "impressions": 1000 + day, "clicks": int(rng.integers(0, 40)),
        }
        for day in range(0, DAYS, 3)
        for channel, campaign in (("search", "spring"), ("search", "summer"), ("social", ""))
        if rng.random() < 0.7
    ]  # fmt: skip


def generate(seed: int = 7, orders: int = 700) -> dict[str, pa.Table]:
    rng = np.random.default_rng(seed)
    lines = [row for number in range(orders) for row in _order(rng, number)]
    # Another store with the same keys must never be counted.
    lines += [row | {"store": "other"} for row in lines[:200]]
    levels, movements, purchases = _stock(rng)
    store = {
        "date": FIRST, "title": "Lamps", "currency": "CNY", "time_zone": "Asia/Shanghai", "capital_rate": 0.08,
    }  # fmt: skip
    rows = {
        "store": [{"store": STORE, **store}, {"store": "other", **store}], "product": _products(rng),
        "order_line": lines, "event": _events(rng), "stock_level": levels, "stock_movement": movements,
        "purchase_line": purchases, "ad_spend": _ad_spend(rng),
    }  # fmt: skip
    return {table: arrow(table, found) for table, found in rows.items()}


@pytest.fixture(scope="session")
def shop() -> dict[str, pa.Table]:
    return generate()


@pytest.fixture(scope="session")
def facts(shop: dict[str, pa.Table]) -> Iterator[FactReader]:
    with FactReader.from_arrow(shop, threads=1) as reader:
        yield reader
