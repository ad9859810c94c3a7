"""What is wrong with published facts: orphans, gaps, stale tables, unknown costs; each with what to do about it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir

from yunying.facts.reader import FactReader
from yunying.facts.schema import TABLES
from yunying.facts.stores import StoreSettings, store_settings
from yunying.kernel.counted import counted

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
        what_zh, remedy_zh: the same in Chinese.
    """

    code: str
    table: str
    count: int
    what: str
    sample: tuple[str, ...]
    remedy: str
    what_zh: str
    remedy_zh: str


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
    known = (("currency", "币种", row.currency), ("time zone", "时区", row.time_zone))
    return [
        Finding("store-incomplete", "store", 1, f"The store has no {name}.", (row.store,), f"Record its {name}.",
                f"店铺没有设定{name_zh}。", f"请设定{name_zh}。")
        for name, name_zh, value in known if not value
    ]  # fmt: skip


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
                    f"{counted(len(keys), 'product')} of {name} {_have(keys)} no product row, "
                    "so no category, cost or supplier.",
                    tuple(keys[:SAMPLE]),
                    "Import a product file that holds them.",
                    f"{TABLES[name].title_zh}中有 {len(keys):,} 个商品没有商品资料，因此没有品类、成本和供应商。",
                    "请导入包含它们的商品文件。",
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
    if not gaps:
        return []
    return [Finding(
        "order-gaps", "order_line", len(gaps),
        f"{counted(len(gaps), 'day')} between {days[0]} and {days[-1]} {_have(gaps)} no order.", tuple(gaps[:SAMPLE]),
        "Import the orders of these days, unless the shop was closed or sold nothing.",
        f"{days[0]} 至 {days[-1]} 之间有 {len(gaps):,} 天没有订单。",
        "请导入这些日子的订单；若当天歇业或没有销售，可以忽略。",
    )]  # fmt: skip


def _stale(facts: _Facts) -> list[Finding]:
    """Tables that should grow daily and stopped."""
    findings = []
    for name in ("order_line", "event", "stock_level", "ad_spend"):
        rows = facts.table(name)
        last = facts.rows(rows.agg(last=rows.date.max()))[0]["last"]
        if last is not None and (age := (facts.as_of - last).days) > STALE_DAYS:
            what = f"The last row of {name} is of {last}, {age} days before {facts.as_of}."
            title = TABLES[name].title_zh
            findings.append(Finding(
                "stale", name, age, what, (last.isoformat(),), f"Import newer {name} facts.",
                f"{title}的最后一条数据是 {last}，比 {facts.as_of} 早 {age} 天。", f"请导入较新的{title}数据。",
            ))  # fmt: skip
    return findings


def _unknown_cost(facts: _Facts) -> list[Finding]:
    """Products sold without a cost on a line that no product row fills."""
    product = facts.table("product")
    costed = product.filter(product.unit_cost.notnull()).select(known="product").distinct()
    lines = facts.table("order_line")
    lines = lines.filter(lines.state == "paid", lines.line_kind.isin(("goods", "gift")), lines.unit_cost.isnull())
    keys = facts.keys(lines.anti_join(costed, lines.product == costed.known), "product")
    were = "was" if len(keys) == 1 else "were"
    return [Finding(
        "unknown-cost", "product", len(keys),
        f"{counted(len(keys), 'product')} {were} sold at a cost that nobody knows, and the profit is not measured.",
        tuple(keys[:SAMPLE]), "Import the unit cost with the products or the orders.",
        f"有 {len(keys):,} 个商品卖出但成本未知，利润无法衡量。", "请随商品或订单导入单位成本。",
    )] if keys else []  # fmt: skip


def _unknown_category(facts: _Facts) -> list[Finding]:
    """Products without a category in any row."""
    product = facts.table("product")
    named = product.filter(product.category.notnull()).select(known="product").distinct()
    keys = facts.keys(product.anti_join(named, product.product == named.known), "product")
    return [Finding(
        "unknown-category", "product", len(keys),
        f"{counted(len(keys), 'product')} {_have(keys)} no category, and a line apart in every table by category.",
        tuple(keys[:SAMPLE]), "Import the category.",
        f"有 {len(keys):,} 个商品没有品类，在按品类的表中单独成行。", "请导入它们的品类。",
    )] if keys else []  # fmt: skip


def _unknown_members(facts: _Facts) -> list[Finding]:
    """Paid lines whose buyer nobody knows."""
    lines = facts.table("order_line")
    paid = lines.filter(lines.state == "paid")
    nameless = paid.filter(paid.member.isnull())
    count, total = (facts.rows(rows.agg(n=rows.count()))[0]["n"] for rows in (nameless, paid))
    if not count:
        return []
    sample = facts.rows(nameless.select("order").distinct().order_by("order").limit(SAMPLE))
    return [Finding(
        "unknown-member", "order_line", count,
        f"{count:,} of {total:,} paid lines ({count / total:.1%}) name no buyer; buyer metrics leave them out.",
        tuple(row["order"] for row in sample), "Import the buyer with the orders, if the shop knows it.",
        f"{total:,} 条已付款订单行中有 {count:,} 条（{count / total:.1%}）没有买家，买家类指标不计入它们。",
        "店铺若知道买家，请随订单一起导入。",
    )]  # fmt: skip


def _oversold(facts: _Facts) -> list[Finding]:
    """Closing stock below zero."""
    levels = facts.table("stock_level")
    below = levels.filter(levels.on_hand < 0)
    count = facts.rows(below.agg(n=below.count()))[0]["n"]
    if not count:
        return []
    lie = "lies" if count == 1 else "lie"
    return [Finding(
        "stock-below-zero", "stock_level", count, f"{counted(count, 'closing stock level')} {lie} below zero.",
        tuple(facts.keys(below, "product")[:SAMPLE]), "Count these products and import the corrected levels.",
        f"有 {count:,} 条期末库存为负数。", "请盘点这些商品，并导入更正后的库存。",
    )]  # fmt: skip


def _have(keys: Sequence[str]) -> str:
    return "has" if len(keys) == 1 else "have"


_CHECKS: tuple[Callable[[_Facts], list[Finding]], ...] = (
    _orphans, _order_gaps, _stale, _unknown_cost, _unknown_category, _unknown_members, _oversold,
)  # fmt: skip
