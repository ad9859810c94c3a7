"""What an evaluation answers: rows of figures, each a number or the reason why there is none."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from yunying.kernel.periods import Period
from yunying.kernel.results import NotMeasured
from yunying.metrics.metric import Metric

Key = tuple[str | date | None, ...]
Figure = int | float | NotMeasured


@dataclass(frozen=True)
class MetricValue:
    """One figure.

    Args:
        now: the figure in the metric's unit; amounts of money are whole minor units, rounded once.
        then: the figure of the compared period; None where nothing is compared.
        change: (now - then) / then; None where nothing is compared, a side is not measured, or then is 0.
    """

    now: Figure
    then: Figure | None = None
    change: float | None = None


@dataclass(frozen=True)
class MetricRow:
    """The figures of one value of the dimensions; None in the key is a value that the facts do not name."""

    key: Key
    values: Mapping[str, MetricValue]


@dataclass(frozen=True)
class MetricTable:
    """The answer to one question.

    Args:
        by: the dimensions, in the order of the keys; empty for one row over everything.
        compared: the compared period, or None.
        rows: sorted by key, unnamed values last.
        notes: what a reader must know beside the figures, such as costs that no dimension value carries.
    """

    store: str
    currency: str
    period: Period
    by: tuple[str, ...]
    metrics: tuple[Metric, ...]
    compared: Period | None
    rows: tuple[MetricRow, ...]
    notes: tuple[str, ...]

    def value(self, slug: str, *key: str | date | None) -> MetricValue:
        """The figure of one metric at one key (none for the whole); KeyError if there is no such row."""
        for row in self.rows:
            if row.key == key:
                return row.values[slug]
        raise KeyError(key)

    def to_json(self) -> dict[str, Any]:
        """Plain values for ``json.dumps``; a figure that was not measured is ``{"not_measured": reason}``."""
        return {
            "store": self.store,
            "currency": self.currency,
            "from": self.period.start_date.isoformat(),
            "to": self.period.end_date.isoformat(),
            "by": list(self.by),
            "units": {metric.slug: metric.unit for metric in self.metrics},
            "compared": None
            if self.compared is None
            else {"from": self.compared.start_date.isoformat(), "to": self.compared.end_date.isoformat()},
            "rows": [self._row_json(row) for row in self.rows],
            "notes": list(self.notes),
        }

    def _row_json(self, row: MetricRow) -> dict[str, Any]:
        key = {
            name: part.isoformat() if isinstance(part, date) else part
            for name, part in zip(self.by, row.key, strict=True)
        }
        if self.compared is None:
            return key | {slug: _plain(value.now) for slug, value in row.values.items()}
        return key | {
            slug: {"now": _plain(value.now), "then": _plain(value.then), "change": value.change}
            for slug, value in row.values.items()
        }


def _plain(figure: Figure | None) -> int | float | dict[str, str] | None:
    return {"not_measured": figure.reason} if isinstance(figure, NotMeasured) else figure
