"""Each metric is proved by a query that somebody wrote by hand."""

from collections.abc import Iterator

import duckdb
import pyarrow as pa
import pytest

from yunying.facts.reader import FactReader
from yunying.kernel.results import NotMeasured
from yunying.metrics.dictionary import METRICS
from yunying.metrics.evaluate import evaluate
from yunying.metrics.table import MetricTable
from yunying.metrics.tests.independent_queries import PERIOD, QUERIES, STORE, expected, prepare


@pytest.fixture(scope="module")
def engine(shop: dict[str, pa.Table]) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        prepare(connection, shop)
        yield connection


GROUPINGS: tuple[tuple[str, ...], ...] = (
    (), ("category",), ("product",), ("month",), ("week",), ("channel",), ("supplier",), ("category", "month"),
    ("region",), ("campaign",), ("member",), ("promotion",), ("brand", "day"), ("style",),
)  # fmt: skip


def test_every_metric_has_an_independent_query() -> None:
    assert set(QUERIES) == set(METRICS)
    assert len(METRICS) >= 35


@pytest.fixture(scope="module")
def tables(facts: FactReader) -> dict[tuple[str, ...], MetricTable]:
    """All metrics that can be split so, asked for together."""
    asked = {by: [m.slug for m in METRICS.values() if set(by) <= set(m.dimensions)] for by in GROUPINGS}
    return {by: evaluate(facts, slugs, store=STORE, period=PERIOD, by=by) for by, slugs in asked.items()}


@pytest.mark.parametrize("slug", METRICS)
def test_a_metric_equals_its_independent_query(
    slug: str, tables: dict[tuple[str, ...], MetricTable], engine: duckdb.DuckDBPyConnection
) -> None:
    metric = METRICS[slug]
    compared = 0
    for by, table in tables.items():
        if metric not in table.metrics:
            continue
        answers = expected(engine, slug, by)
        assert set(answers) <= {row.key for row in table.rows}, by
        for row in table.rows:
            now, answer = row.values[slug].now, answers.get(row.key)
            if isinstance(now, NotMeasured):
                assert answer is None, (by, row.key, now)
                continue
            slack = 0.500001 if metric.unit == "money_minor" else 1e-9 * max(1.0, abs(now))
            assert abs(now - float(answer or 0)) <= slack, (by, row.key)
            compared += answer is not None
    assert compared > 0


@pytest.mark.parametrize("slug", METRICS)
def test_the_figure_of_the_whole_period_is_measured_and_not_zero(
    slug: str, tables: dict[tuple[str, ...], MetricTable]
) -> None:
    assert not isinstance(tables[()].value(slug).now, NotMeasured)
    assert tables[()].value(slug).now != 0
