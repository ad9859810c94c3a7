"""What is there: per fact table how many rows from when to when, and the orders counted."""

from typing import Any

import ibis
import ibis.expr.types as ir

from yunying.facts.reader import FactReader
from yunying.facts.schema import TABLES
from yunying.facts.stores import store_settings
from yunying.kernel.money import to_major


def overview(facts: FactReader, store: str) -> dict[str, dict[str, Any]]:
    """Count the store's facts; all realities and kinds of lines count here.

    Returns:
        Per table ``rows``, ``from`` and ``to`` (ISO dates, None without rows). ``orders`` holds ``lines`` (distinct
        lines of orders), ``orders``, ``customers`` (distinct members), ``cancelled_lines`` (lines with a row in that
        state), ``lines_without_customer`` (lines of which no row names a member), ``net_amount`` (a Decimal in major
        units: paid - refunded - cancelled, added up in minor units) and ``currency``.

    Raises:
        OperatorError: ``unknown-store``.
    """
    currency = store_settings(facts, store).currency
    found = facts.to_arrow(ibis.union(*(_extent(facts, store, name) for name in TABLES))).to_pylist()
    by_name = {row["name"]: row for row in found}
    answer: dict[str, dict[str, Any]] = {
        name: {"rows": by_name[name]["rows"], "from": _iso(by_name[name]["first"]), "to": _iso(by_name[name]["last"])}
        for name in TABLES
    }
    orders = facts.to_arrow(_orders(facts, store)).to_pylist()[0]
    net_amount = to_major(int(orders.pop("net_minor")), currency)
    answer["orders"] = {**orders, "net_amount": net_amount, "currency": currency}
    return answer


def _extent(facts: FactReader, store: str, name: str) -> ir.Table:
    rows = facts.table(name)
    rows = rows.filter(rows.store == store)
    return rows.agg(rows=rows.count(), first=rows.date.min(), last=rows.date.max()).mutate(name=ibis.literal(name))


def _orders(facts: FactReader, store: str) -> ir.Table:
    rows = facts.table("order_line")
    rows = rows.filter(rows.store == store)
    given_back = rows.state.isin(("refunded", "cancelled"))
    lines = rows.group_by("order", "line").agg(
        is_cancelled=(rows.state == "cancelled").any(),
        is_known=rows.member.notnull().any(),
        paid=rows.amount_minor.sum(where=rows.state == "paid").fill_null(0),
        back=rows.amount_minor.sum(where=given_back).fill_null(0),
    )
    totals = lines.agg(
        lines=lines.count(),
        orders=lines.order.nunique(),
        cancelled_lines=lines.count(where=lines.is_cancelled),
        lines_without_customer=lines.count(where=~lines.is_known),
        net_minor=(lines.paid.sum() - lines.back.sum()).fill_null(0),
    )
    return totals.cross_join(rows.agg(customers=rows.member.nunique()))


def _iso(day: Any) -> str | None:
    return None if day is None else day.isoformat()
