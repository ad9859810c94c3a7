"""Any metrics of the dictionary, for any period, by any dimension they have, beside any compared period."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Literal

from yunying.facts.reader import FactReader
from yunying.facts.stores import store_settings
from yunying.kernel.errors import OperatorError
from yunying.kernel.periods import Period
from yunying.kernel.results import NotMeasured
from yunying.metrics.dictionary import METRICS
from yunying.metrics.dimensions import DIMENSIONS, TIME, buckets
from yunying.metrics.measuring import Measured, Number, Question, measure_all
from yunying.metrics.metric import Measure, Metric, Ratio, Sum
from yunying.metrics.table import Figure, Key, MetricRow, MetricTable, MetricValue

Comparison = Literal["previous", "year"]


def evaluate(
    facts: FactReader,
    names: Sequence[str],
    *,
    store: str,
    period: Period,
    by: str | tuple[str, ...] | None = None,
    compare: Comparison | None = None,
) -> MetricTable:
    """Compute metrics over one store's published facts.

    Args:
        facts: the snapshot to read.
        names: slugs of metrics, or their Chinese names.
        store: id of the store.
        period: the days that count, half-open.
        by: a dimension or several, of which one at most is a day, week or month.
        compare: ``previous`` for the period just before (环比), ``year`` for the same dates a year earlier (同比).

    Raises:
        OperatorError: ``unknown-metric``, ``unknown-dimension``, ``unknown-store`` or ``unknown-comparison``, with the
            nearest names that exist.
    """
    metrics = tuple(dict.fromkeys(metric_named(name) for name in names))
    if not metrics:
        raise OperatorError("no-metric", "No metric was named.", "Name at least one, such as paid_amount.")
    by = (by,) if isinstance(by, str) else by or ()
    dimensions_check(metrics, by)
    settings = store_settings(facts, store)
    # The shortest decimal that reads back as the stored double: 0.08, not 0.08000000000000000167.
    capital_rate = Decimal(str(settings.capital_rate))
    question = Question(facts, store, settings.currency, capital_rate, period, by)
    now = _Answer(metrics, question)
    if compare is None:
        rows = [MetricRow(key, {m.slug: MetricValue(now.figure(m, key)) for m in metrics}) for key in now.keys]
        return MetricTable(store, settings.currency, period, by, metrics, None, _sorted(rows), now.notes)
    compared = _compared_period(period, compare)
    then = _Answer(metrics, replace(question, period=compared))
    rows = _beside(metrics, now, then, _Shift(by, period, compared, compare))
    notes = (*now.notes, *(f"Compared period: {note}" for note in then.notes if note not in now.notes))
    return MetricTable(store, settings.currency, period, by, metrics, compared, _sorted(rows), notes)


def metric_named(name: str) -> Metric:
    """The metric of that slug or Chinese name; OperatorError lists near names if there is none."""
    for metric in METRICS.values():
        if name in (metric.slug, metric.title_zh):
            return metric
    titles = [*METRICS, *(metric.title_zh for metric in METRICS.values())]
    raise OperatorError("unknown-metric", f"There is no metric {name!r}.", _near(name, titles, list(METRICS)))


def dimensions_check(metrics: Sequence[Metric], by: tuple[str, ...]) -> None:
    """Raise OperatorError unless every metric can be split by every dimension."""
    for name in by:
        if name not in DIMENSIONS:
            what = f"There is no dimension {name!r}."
            raise OperatorError("unknown-dimension", what, _near(name, list(DIMENSIONS), list(DIMENSIONS)))
        for metric in metrics:
            if name not in metric.dimensions:
                raise OperatorError(
                    "unknown-dimension",
                    f"{metric.slug} cannot be split by {name}.",
                    f"Its dimensions are {', '.join(metric.dimensions)}.",
                )
    if len([name for name in by if name in TIME]) > 1 or len(set(by)) < len(by):
        raise OperatorError(
            "unknown-dimension",
            f"{', '.join(by)} cut the same thing twice.",
            "Name each dimension once, and one of day, week and month at most.",
        )


def _near(name: str, names: list[str], everything: list[str]) -> str:
    near = difflib.get_close_matches(name, names, n=5, cutoff=0.5) or [n for n in names if name in n or n in name][:5]
    return f"Did you mean {', '.join(near)}?" if near else f"There are {', '.join(everything)}."


def _compared_period(period: Period, compare: str) -> Period:
    if compare == "previous":
        return period.previous()
    if compare == "year":
        return period.year_before()
    raise OperatorError("unknown-comparison", f"There is no comparison {compare!r}.", "Use previous or year.")


def _sorted(rows: Sequence[MetricRow]) -> tuple[MetricRow, ...]:
    return tuple(
        sorted(rows, key=lambda row: tuple((part is None, "" if part is None else str(part)) for part in row.key))
    )


class _Answer:
    """The figures of one period."""

    def __init__(self, metrics: Sequence[Metric], question: Question) -> None:
        self._left_out = {metric.slug: _left_out(metric, question.by) for metric in metrics}
        wanted = [m for metric in metrics for m in metric.measures if m not in self._left_out[metric.slug]]
        self._measured = measure_all(question, wanted)
        self.keys: Sequence[Key] = sorted(self._measured.keys, key=str) if question.by else [()]
        self.notes = (*self._measured.notes, *self._left_out_notes(metrics, question.by), *self._absence_notes(metrics))

    def figure(self, metric: Metric, key: Key) -> Figure:
        """The figure of a metric at a key, in its unit, or why there is none."""
        left_out = self._left_out[metric.slug]
        with localcontext(prec=60):
            if isinstance(metric.value, Sum):
                total = _total(metric.value, self._measured, key, left_out)
                return total if isinstance(total, NotMeasured) else _whole(total)
            return _ratio(metric.value, self._measured, key, left_out)

    def _left_out_notes(self, metrics: Sequence[Metric], by: tuple[str, ...]) -> list[str]:
        return [
            f"{metric.slug} by {', '.join(by)} leaves out {measure.name}: {measure.source.tables[0]} facts have no "
            f"{', '.join(name for name in by if name not in measure.source.dimensions)}."
            for metric in metrics
            for measure in self._left_out[metric.slug]
        ]

    def _absence_notes(self, metrics: Sequence[Metric]) -> list[str]:
        """Without any row to carry them, the reasons are told beside the empty table."""
        if self.keys:
            return []
        reasons = (self.figure(metric, ()) for metric in metrics)
        return list(dict.fromkeys(figure.reason for figure in reasons if isinstance(figure, NotMeasured)))


def _left_out(metric: Metric, by: tuple[str, ...]) -> tuple[Measure, ...]:
    return tuple(m for m in metric.may_leave_out if any(name not in m.source.dimensions for name in by))


def _total(terms: Sum, measured: Measured, key: Key, left_out: Sequence[Measure]) -> Number | NotMeasured:
    total: Number = 0
    reasons: list[str] = []
    for sign, measures in ((1, terms.plus), (-1, terms.minus)):
        for measure in measures:
            if measure in left_out:
                continue
            number = measured.number(measure, key)
            if isinstance(number, NotMeasured):
                reasons.append(number.reason)
            else:
                total += sign * number
    return NotMeasured(" ".join(dict.fromkeys(reasons))) if reasons else total


def _ratio(ratio: Ratio, measured: Measured, key: Key, left_out: Sequence[Measure]) -> Figure:
    over, under = (_total(terms, measured, key, left_out) for terms in (ratio.over, ratio.under))
    if isinstance(over, NotMeasured) or isinstance(under, NotMeasured):
        reasons = [part.reason for part in (over, under) if isinstance(part, NotMeasured)]
        return NotMeasured(" ".join(dict.fromkeys(reasons)))
    if under == 0:
        names = " - ".join(measure.name for measure in ratio.under.measures)
        return NotMeasured(f"There is nothing to divide by: {names} is 0.")
    return float(Decimal(over) / Decimal(under))


def _whole(number: Number) -> int:
    return number if isinstance(number, int) else int(number.quantize(Decimal(1), rounding=ROUND_HALF_UP))


@dataclass(frozen=True)
class _Shift:
    """Which key of the compared period stands beside a key."""

    by: tuple[str, ...]
    period: Period
    compared: Period
    compare: Comparison

    def to_now(self) -> Mapping[date, date] | None:
        """Per bucket of the compared period the bucket of the period; None where no dimension is time.

        Days and months stand beside the same date a year earlier; everything else beside the bucket of the same
        number.
        """
        time = next((name for name in self.by if name in TIME), None)
        if time is None:
            return None
        now = [key for key, _ in buckets(self.period, time)]
        then = [key for key, _ in buckets(self.compared, time)]
        if self.compare == "year" and time != "week":
            same = {_year_before(key): key for key in reversed(now)}
            return {key: same[key] for key in then if key in same}
        return dict(zip(then, now, strict=False))


def _year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def _beside(metrics: Sequence[Metric], now: _Answer, then: _Answer, shift: _Shift) -> list[MetricRow]:
    to_now = shift.to_now()
    place = next((i for i, name in enumerate(shift.by) if name in TIME), -1)
    if to_now is None:
        pairs: dict[Key, Key | None] = {key: key for key in {*now.keys, *then.keys}}
    else:
        to_then = {after: before for before, after in to_now.items()}
        moved = {_at(key, place, to_now) for key in then.keys} - {None}
        pairs = {key: _at(key, place, to_then) for key in {*now.keys, *moved} if key is not None}
    return [
        MetricRow(key, {m.slug: _compare(now.figure(m, key), _then(then, m, before)) for m in metrics})
        for key, before in pairs.items()
    ]


def _at(key: Key, place: int, shift: Mapping[date, date]) -> Key | None:
    day = key[place]
    moved = shift.get(day) if isinstance(day, date) else None
    return None if moved is None else (*key[:place], moved, *key[place + 1 :])


def _then(then: _Answer, metric: Metric, key: Key | None) -> Figure:
    return NotMeasured("The compared period has no such date.") if key is None else then.figure(metric, key)


def _compare(now: Figure, then: Figure) -> MetricValue:
    if isinstance(now, NotMeasured) or isinstance(then, NotMeasured) or then == 0:
        return MetricValue(now, then)
    return MetricValue(now, then, (now - then) / then)
