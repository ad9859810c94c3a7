"""The rows behind a number: every figure can be opened."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import reduce
from operator import or_

import ibis.expr.types as ir

from yunying.facts.reader import FactReader
from yunying.kernel.errors import OperatorError
from yunying.kernel.periods import Period
from yunying.metrics.evaluate import dimensions_check, metric_named
from yunying.metrics.metric import Measure, Metric, Scope


def rows_behind(
    facts: FactReader,
    metric: str,
    store: str,
    period: Period,
    filters: Mapping[str, str | date | None] | None = None,
    *,
    table: str | None = None,
) -> ir.Table:
    """The fact rows that a figure counts, as an expression to be counted, sorted or cut before it is run.

    Args:
        facts: the snapshot that the figure was computed from.
        metric: slug or Chinese name.
        store: id of the store.
        period: the days of the figure.
        filters: the figure's key: per dimension its value (a bucket of time by its first day), None for unnamed.
        table: the fact table to open where the metric reads several; else its first.

    Returns:
        The columns of the fact table. Of stock, the levels that hold in the period, with the day until which each holds
        in ``until_date``.

    Raises:
        OperatorError: ``unknown-metric``, ``unknown-dimension``, or ``unknown-table`` if the metric does not read it.
    """
    found, filters = metric_named(metric), filters or {}
    dimensions_check((found,), tuple(filters))
    measures = _measures_of(found, table, tuple(filters))
    source = measures[0].source
    # The cost changes what a row is worth, not whether it counts; the capital rate neither.
    scope = Scope(facts, store, period, tuple(filters), with_cost=False, capital_rate=Decimal(0))
    if source.rows is not None:
        rows = source.rows(scope)
    else:
        rows = source.relation(scope)
        rows = rows.filter(reduce(or_, (measure.where(rows) for measure in measures)))
    for name, value in filters.items():
        column = rows[f"by_{name}"]
        rows = rows.filter(column.isnull() if value is None else column == value)
    columns = [*facts.table(source.tables[0]).columns, "until_date"]
    return rows.select(*(name for name in columns if name in rows.columns))


def _measures_of(metric: Metric, table: str | None, by: tuple[str, ...]) -> list[Measure]:
    """The measures of one source: the first that has the dimensions, or the first that reads the table."""
    able = [m for m in metric.measures if all(name in m.source.dimensions for name in by)]
    wanted = [m for m in able if table is None or m.source.tables[0] == table]
    if not wanted:
        tables = dict.fromkeys(m.source.tables[0] for m in able)
        raise OperatorError(
            "unknown-table", f"{metric.slug} does not count rows of {table!r} there.", f"Open {' or '.join(tables)}."
        )
    return [m for m in wanted if m.source is wanted[0].source]
