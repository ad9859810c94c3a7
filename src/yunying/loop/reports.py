"""Reports: what the desk shows of the facts, worked out once a day so that no page needs an engine."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from yunying.facts.overview import overview
from yunying.facts.quality import quality
from yunying.facts.reader import FactReader
from yunying.facts.schema import TABLES
from yunying.interventions.desk_facts import report_save
from yunying.interventions.ledger import store_row
from yunying.kernel.periods import Period
from yunying.kernel.results import NotMeasured
from yunying.loop.home import Home
from yunying.metrics.dictionary import METRICS
from yunying.metrics.evaluate import evaluate
from yunying.metrics.key_numbers import FUNCTION_NUMBERS, KEY_NUMBERS, PART_NUMBERS
from yunying.org.grants import functions_held, splits_held

COMPARED = ("yesterday", "last_week", "last_year")
SPARK_DAYS = 28
FOLLOW_DAYS = 180
RATE_DAYS = 8
"""A rate holds over a week's end and a holiday; an older one is none."""
MOST_NAMES = 5000


def reports_make(home: Home, store: str) -> None:
    """Work out every report of the store's day; nothing where its facts have no day yet."""
    day: date | None = store_row(store).today_date
    if day is None:
        return
    with home.facts.read([store]) as facts:
        report_save(store, "numbers", day, _numbers(facts, store, day))
        report_save(store, "parts", day, _parts(facts, store, day))
        findings = [_finding(each) for each in quality(facts, store, day)]
        report_save(store, "health", day, {"findings": findings})
        report_save(store, "facts", day, {"tables": _tables(facts, store)})
        report_save(store, "names", day, _names(facts, store, day))
        report_save(store, "followup", day, _followup(facts, store, day))


def _beside(last: Period) -> dict[str, Period]:
    """A day and the days that it is compared with."""
    return {
        "now": last, "yesterday": last.previous(), "last_week": _earlier(last, 7), "last_year": last.year_before(),
    }  # fmt: skip


def _numbers(facts: FactReader, store: str, day: date) -> dict[str, Any]:
    last = Period(day - timedelta(days=1), day)
    held = (each for name in functions_held(store, day) for each in FUNCTION_NUMBERS[name])
    slugs = tuple(dict.fromkeys((*KEY_NUMBERS, *held)))
    tables = {
        name: evaluate(facts, slugs, store=store, period=period).rows[0].values
        for name, period in _beside(last).items()
    }
    span = Period(day - timedelta(days=SPARK_DAYS), day)
    by_day = {row.key[0]: row.values for row in evaluate(facts, KEY_NUMBERS, store=store, period=span, by="day").rows}
    metrics = []
    for slug in slugs:
        days = [by_day[each].get(slug) if each in by_day else None for each in span]
        values = [_plain(each.now) if each is not None else None for each in days]
        metrics.append(
            {
                **_about(slug),
                "value": _plain(tables["now"][slug].now),
                **{name: _plain(tables[name][slug].now) for name in COMPARED},
                "series": {
                    "dates": [each.isoformat() for each in span],
                    "values": [value if isinstance(value, int | float) else None for value in values],
                },
            }
        )
    currency = store_row(store).currency
    return {"date": last.start_date.isoformat(), "currency": currency, "metrics": metrics,
            "rates": _rates(facts, store, currency, day)}  # fmt: skip


def _rates(facts: FactReader, store: str, currency: str, day: date) -> dict[str, Any]:
    """What one unit of the store's currency was worth in others on the last day, or lately: by currency rate and day.

    A pair that was given the other way round is turned.
    """
    rows = facts.table("fx_rate")
    recent = rows.filter(rows.store == store, rows.date < day, rows.date >= day - timedelta(days=RATE_DAYS))
    found: dict[str, Any] = {}
    for row in facts.to_arrow(recent.order_by("date")).to_pylist():
        rate = row["rate"]
        if row["from_currency"] == currency:
            found[row["to_currency"]] = {"rate": str(rate), "date": row["date"].isoformat()}
        elif row["to_currency"] == currency and rate:
            found[row["from_currency"]] = {"rate": str(1 / rate), "date": row["date"].isoformat()}
    return found


def _about(slug: str) -> dict[str, Any]:
    metric = METRICS[slug]
    sense = {"higher": True, "lower": False, "neither": None}[metric.direction]
    return {"slug": slug, "title_en": metric.title_en, "title_zh": metric.title_zh, "unit": metric.unit,
            "higher_is_better": sense}  # fmt: skip


def _parts(facts: FactReader, store: str, day: date) -> dict[str, Any]:
    """Figures of the parts that somebody holds: a row per category, channel, style, or pair of them."""
    last = Period(day - timedelta(days=1), day)
    splits = []
    for by in splits_held(store, day):
        slugs = [slug for slug in PART_NUMBERS if set(by) <= set(METRICS[slug].dimensions)]
        found: dict[tuple[Any, ...], dict[str, dict[str, Any]]] = {}
        for name, period in _beside(last).items():
            for row in evaluate(facts, slugs, store=store, period=period, by=by).rows:
                figures = found.setdefault(row.key, {slug: {} for slug in slugs})
                for slug in slugs:
                    figures[slug]["value" if name == "now" else name] = _plain(row.values[slug].now)
        rows = [{"key": list(key), "figures": figures} for key, figures in sorted(found.items(), key=str)]
        splits.append({"by": list(by), "metrics": [_about(slug) for slug in slugs], "rows": rows[:MOST_NAMES]})
    return {"date": last.start_date.isoformat(), "currency": store_row(store).currency, "splits": splits}


def _earlier(period: Period, days: int) -> Period:
    return Period(period.start_date - timedelta(days=days), period.end_date - timedelta(days=days))


def _plain(figure: object) -> Any:
    return {"not_measured": figure.reason} if isinstance(figure, NotMeasured) else figure


def _finding(finding: Any) -> dict[str, Any]:
    return dict(vars(finding))


def _tables(facts: FactReader, store: str) -> dict[str, Any]:
    found = overview(facts, store)
    return {
        name: {"title_zh": table.title_zh, **{key: found[name][key] for key in ("rows", "from", "to")}}
        for name, table in TABLES.items()
    }


def _names(facts: FactReader, store: str, day: date) -> dict[str, Any]:
    products = facts.table("product")
    products = products.filter(products.store == store, products.date < day)
    newest = (
        products.order_by("date")
        .group_by("product")
        .agg(title=products.title.last(), category=products.category.last(), piece=products["style"].last())
    )
    rows = facts.to_arrow(newest.order_by("product").limit(MOST_NAMES)).to_pylist()
    return {
        "product": [[row["product"], row["title"] or row["product"]] for row in rows],
        "pieces": {row["product"]: [row["category"] or "", row["piece"] or ""] for row in rows},
        "supplier": _distinct(facts, store, "supplier", "supplier"),
        "channel": _distinct(facts, store, "ad_spend", "channel"),
        "campaign": _distinct(facts, store, "ad_spend", "campaign"),
    }


def _distinct(facts: FactReader, store: str, table: str, column: str) -> list[list[str]]:
    rows = facts.table(table)
    found = facts.to_arrow(
        rows.filter(rows.store == store).select(column).distinct().order_by(column).limit(MOST_NAMES)
    )
    return [[value, value] for value in found.column(column).to_pylist() if value]


def _followup(facts: FactReader, store: str, day: date) -> dict[str, Any]:
    """What became of the orders that the ledger placed: ordered, received, by their number."""
    lines = facts.table("purchase_line")
    mine = lines.filter(
        lines.store == store,
        lines.purchase.startswith("YY"),
        lines.date >= day - timedelta(days=FOLLOW_DAYS),
        lines.date < day,
    )
    found: dict[str, list[dict[str, Any]]] = {}
    columns: Sequence[str] = ("purchase", "date", "state", "product", "quantity", "promised_date")
    for row in facts.to_arrow(mine.select(*columns).order_by("purchase", "date", "state")).to_pylist():
        step = {name: row[name].isoformat() if isinstance(row[name], date) else row[name] for name in columns[1:]}
        found.setdefault(row["purchase"], []).append(step)
    return found
