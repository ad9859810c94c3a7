"""What is wrong with published facts: orphans, gaps, stale tables, unknown costs; each with what to do about it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir

from yunying.facts.reader import FactReader
from yunying.facts.stores import StoreSettings, store_settings

SAMPLE = 5
STALE_DAYS = 7
"""A table that should grow daily is stale when it has no row of the last seven days before as_of."""


@dataclass(frozen=True)
class Finding:
    """One thing wrong with the facts.

    Args:
        code: a stable word for programs.
        table: the fact table it concerns.
        count: how many things are wrong, in the unit that ``what`` names.
        what: one sentence.
        sample: up to five of the keys or dates concerned, sorted.
        remedy: one sentence that says what to do.
    """

    code: str
    table: str
    count: int
    what: str
    sample: tuple[str, ...]
    remedy: str


@dataclass(frozen=True)
class _Facts:
    """One store's facts before a date."""

    reader: FactReader
    store: str
    as_of: date

    def table(self, name: str) -> ir.Table:
        rows = self.reader.table(name)
        return rows.filter(rows.store == self.store, rows.date < ibis.literal(self.as_of))

    def rows(self, expression: ir.Expr) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.reader.to_arrow(expression).to_pylist()
        return found

    def keys(self, rows: ir.Table, column: str) -> list[str]:
        """The distinct keys of the column, sorted."""
        keys = rows.select(key=rows[column]).distinct()
        return sorted(str(row["key"]) for row in self.rows(keys))


def quality(facts: FactReader, store: str, as_of: date) -> list[Finding]:
    """Everything found wrong with the store's facts of dates before ``as_of``, in the order of the checks.

    Raises:
        OperatorError: ``unknown-store``.
    """
    row = store_settings(facts, store)
    known = _Facts(facts, store, as_of)
    return [*_store_findings(row), *(finding for check in _CHECKS for finding in check(known))]


def _store_findings(row: StoreSettings) -> list[Finding]:
    missing = [name for name, value in (("currency", row.currency), ("time zone", row.time_zone)) if not value]
    return [
        Finding("store-incomplete", "store", 1, f"The store has no {name}.", (row.store,), f"Record its {name}.")
        for name in missing
    ]


def _orphans(facts: _Facts) -> list[Finding]:
    """Goods in orders, stock and purchases that no product row describes."""
    products = facts.table("product").select(known="product").distinct()
    findings = []
    for name in ("order_line", "stock_level", "purchase_line"):
        rows = facts.table(name)
        if name == "order_line":
            rows = rows.filter(rows.line_kind == "goods")
        rows = rows.anti_join(products, rows.product == products.known)
        if keys := facts.keys(rows, "product"):
            findings.append(
                Finding(
                    "orphan-products",
                    name,
                    len(keys),
                    f"{len(keys):,} products of {name} have no product row, so no category, cost or supplier.",
                    tuple(keys[:SAMPLE]),
                    "Import a product file that holds them.",
                )
            )
    return findings


def _order_gaps(facts: _Facts) -> list[Finding]:
    """Days without any order row between the first and the last one."""
    lines = facts.table("order_line")
    days = sorted(row["date"] for row in facts.rows(lines.select("date").distinct()))
    if not days:
        return []
    known = set(days)
    span = (days[0] + timedelta(days=offset) for offset in range((days[-1] - days[0]).days))
    gaps = [day.isoformat() for day in span if day not in known]
    what = f"{len(gaps):,} days between {days[0]} and {days[-1]} have no order."
    remedy = "Import the orders of these days, unless the shop was closed or sold nothing."
    return [Finding("order-gaps", "order_line", len(gaps), what, tuple(gaps[:SAMPLE]), remedy)] if gaps else []


def _stale(facts: _Facts) -> list[Finding]:
    """Tables that should grow daily and stopped."""
    findings = []
    for name in ("order_line", "event", "stock_level", "ad_spend"):
        rows = facts.table(name)
        last = facts.rows(rows.agg(last=rows.date.max()))[0]["last"]
        if last is not None and (age := (facts.as_of - last).days) > STALE_DAYS:
            what = f"The last row of {name} is of {last}, {age} days before {facts.as_of}."
            findings.append(Finding("stale", name, age, what, (last.isoformat(),), f"Import newer {name} facts."))
    return findings


def _unknown_cost(facts: _Facts) -> list[Finding]:
    """Products sold without a cost on a line that no product row fills."""
    product = facts.table("product")
    costed = product.filter(product.unit_cost.notnull()).select(known="product").distinct()
    lines = facts.table("order_line")
    lines = lines.filter(lines.state == "paid", lines.line_kind.isin(("goods", "gift")), lines.unit_cost.isnull())
    keys = facts.keys(lines.anti_join(costed, lines.product == costed.known), "product")
    what = f"{len(keys):,} products were sold and nobody knows what they cost; their profit is not measured."
    remedy = "Import their unit cost with the products or the orders."
    return [Finding("unknown-cost", "product", len(keys), what, tuple(keys[:SAMPLE]), remedy)] if keys else []


def _unknown_category(facts: _Facts) -> list[Finding]:
    """Products without a category in any row."""
    product = facts.table("product")
    named = product.filter(product.category.notnull()).select(known="product").distinct()
    keys = facts.keys(product.anti_join(named, product.product == named.known), "product")
    what = f"{len(keys):,} products have no category and stand apart in every table by category."
    remedy = "Import their category."
    return [Finding("unknown-category", "product", len(keys), what, tuple(keys[:SAMPLE]), remedy)] if keys else []


def _unknown_members(facts: _Facts) -> list[Finding]:
    """Paid lines whose buyer nobody knows."""
    lines = facts.table("order_line")
    paid = lines.filter(lines.state == "paid")
    nameless = paid.filter(paid.member.isnull())
    count, total = (facts.rows(rows.agg(n=rows.count()))[0]["n"] for rows in (nameless, paid))
    if not count:
        return []
    sample = facts.rows(nameless.select("order").distinct().order_by("order").limit(SAMPLE))
    what = f"{count:,} of {total:,} paid lines ({count / total:.1%}) name no buyer; buyer metrics leave them out."
    remedy = "Import the buyer with the orders, if the shop knows it."
    return [Finding("unknown-member", "order_line", count, what, tuple(row["order"] for row in sample), remedy)]


def _oversold(facts: _Facts) -> list[Finding]:
    """Closing stock below zero."""
    levels = facts.table("stock_level")
    below = levels.filter(levels.on_hand < 0)
    count = facts.rows(below.agg(n=below.count()))[0]["n"]
    what = f"{count:,} closing stock levels lie below zero."
    remedy = "Count these products and import the corrected levels."
    sample = tuple(facts.keys(below, "product")[:SAMPLE]) if count else ()
    return [Finding("stock-below-zero", "stock_level", count, what, sample, remedy)] if count else []


_CHECKS: tuple[Callable[[_Facts], list[Finding]], ...] = (
    _orphans, _order_gaps, _stale, _unknown_cost, _unknown_category, _unknown_members, _oversold,
)  # fmt: skip
