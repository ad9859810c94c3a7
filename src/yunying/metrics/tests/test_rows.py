from datetime import date
from pathlib import Path

import pytest

from yunying.facts.reader import FactReader
from yunying.facts.schema import TABLES
from yunying.kernel.errors import OperatorError
from yunying.kernel.periods import Period
from yunying.metrics.dictionary import METRICS
from yunying.metrics.document import metrics_page
from yunying.metrics.evaluate import evaluate
from yunying.metrics.rows import rows_behind
from yunying.metrics.tests.conftest import STORE

PERIOD = Period(date(2025, 8, 1), date(2026, 2, 1))


@pytest.mark.parametrize(
    ("metric", "column"),
    [
        ("paid_amount", "amount_minor"),
        ("units", "quantity"),
        ("ad_spend", "spend_minor"),
        ("units_received", "quantity"),
    ],
)
@pytest.mark.parametrize("by", [None, "month"])
def test_the_rows_behind_a_sum_add_up_to_it(facts: FactReader, metric: str, column: str, by: str | None) -> None:
    for row in evaluate(facts, [metric], store=STORE, period=PERIOD, by=by).rows:
        filters = dict(zip((by,) if by else (), row.key, strict=True))
        opened = facts.to_arrow(rows_behind(facts, metric, STORE, PERIOD, filters))
        assert sum(opened.column(column).to_pylist()) == row.values[metric].now


def test_the_rows_of_an_unnamed_value_can_be_opened(facts: FactReader) -> None:
    table = evaluate(facts, ["paid_amount"], store=STORE, period=PERIOD, by="category")
    opened = facts.to_arrow(rows_behind(facts, "paid_amount", STORE, PERIOD, {"category": None}))
    assert sum(opened.column("amount_minor").to_pylist()) == table.value("paid_amount", None).now
    assert "POSTAGE" in opened.column("product").to_pylist()


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_opens_rows_of_a_fact_table(facts: FactReader, metric: str) -> None:
    opened = facts.to_arrow(rows_behind(facts, metric, STORE, PERIOD))
    tables = [TABLES[name] for name in METRICS[metric].facts]
    assert len(opened) > 0
    assert any(set(opened.column_names) - {"until_date"} == set(table.schema.names) for table in tables)


def test_a_metric_over_two_tables_opens_either_and_no_third(facts: FactReader) -> None:
    opened = facts.to_arrow(rows_behind(facts, "pay_conversion", STORE, PERIOD, table="event"))
    assert set(opened.column("type").to_pylist()) == {"visit", "view"}
    with pytest.raises(OperatorError) as refused:
        rows_behind(facts, "pay_conversion", STORE, PERIOD, table="ad_spend")
    assert "order_line or event" in refused.value.remedy


def test_the_page_is_what_the_dictionary_says() -> None:
    page = Path(__file__).parents[4] / "docs" / "metrics.md"
    assert page.read_text(encoding="utf-8") == metrics_page(), "run: python -m yunying.metrics"


def test_every_metric_says_everything_a_reader_needs() -> None:
    for slug, metric in METRICS.items():
        texts = (metric.title_en, metric.title_zh, metric.formula, metric.refund_rule)
        assert all(texts), slug
        assert metric.dimensions, slug
        assert set(metric.facts) <= set(TABLES), slug
    titles = [metric.title_zh for metric in METRICS.values()]
    assert len(set(titles)) == len(titles)
