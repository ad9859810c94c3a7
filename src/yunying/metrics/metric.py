"""What a metric is: its names and rules, and the measures that it is put together from."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import ibis.expr.types as ir

from yunying.facts.reader import FactReader
from yunying.kernel.periods import Period

Unit = Literal["money_minor", "count", "rate", "ratio", "days", "price_minor"]
Direction = Literal["higher", "lower", "neither"]
Additivity = Literal["additive", "semi_additive", "distinct", "ratio"]


@dataclass(frozen=True)
class Scope:
    """What a source is asked for: whose facts, when, split by what.

    Args:
        facts: one snapshot's facts.
        store: the one store that is measured.
        period: the days that count.
        dimensions: names of the dimensions that the figures are split by.
        with_cost: whether the unit cost of each row is needed.
        capital_rate: what tied-up money costs a year, a share (0.08 is 8 %).
    """

    facts: FactReader
    store: str
    period: Period
    dimensions: tuple[str, ...]
    with_cost: bool
    capital_rate: Decimal


@dataclass(frozen=True)
class Source:
    """Rows that measures add up.

    Args:
        name: unique among the sources.
        tables: the fact tables that must hold rows for the period; the first is the one whose rows stand behind
            a figure.
        dimensions: the names of the dimensions that the rows can be split by.
        relation: the rows, with a column ``by_<dimension>`` for each dimension asked for.
        rows: the fact rows behind the relation, where those are not the same; with the ``by_`` columns too.
        is_cumulative: whether everything before the period's end counts, not the period alone.
        looks_back: whether the figures depend on what happened before the period, as far as the facts reach.
    """

    name: str
    tables: tuple[str, ...]
    dimensions: tuple[str, ...]
    relation: Callable[[Scope], ir.Table]
    rows: Callable[[Scope], ir.Table] | None = None
    is_cumulative: bool = False
    looks_back: bool = False


@dataclass(frozen=True)
class Gap:
    """Rows that lack what a measure needs.

    Args:
        rows: the aggregate that counts them.
        what: completes the sentence "<n> <what>.", with the remedy where there is one.
        blocks: whether the measure is unknown then (else the figure stands and a note says so).
    """

    rows: Callable[[ir.Table], ir.IntegerScalar]
    what: str
    blocks: bool = True


@dataclass(frozen=True)
class Measure:
    """One aggregate over a source's rows; metrics are sums and ratios of measures.

    Args:
        name: unique among the measures.
        source: the source whose rows it aggregates.
        how: ``sum`` of values, ``count`` of rows, ``distinct`` values, or ``single``: a value of its own.
        where: the rows that count.
        value: what is summed or told apart; for ``single`` the aggregate itself.
        is_major: whether the sum is in major units of the currency (a quantity times a unit cost).
        uses_cost: whether it needs the column ``cost``.
        factor: what the sum is multiplied by, exactly; 1 where there is none.
        gaps: rows that lack what it needs.
        needs: the rows of which the whole period must hold at least one; without them the source does not
            record what is measured.
        needs_what: completes "No row of the period ..." when ``needs`` finds none.
    """

    name: str
    source: Source
    how: Literal["sum", "count", "distinct", "single"]
    where: Callable[[ir.Table], ir.BooleanValue]
    value: Callable[[ir.Table], ir.Value] | None = None
    is_major: bool = False
    uses_cost: bool = False
    factor: Callable[[Scope], Fraction] | None = None
    gaps: tuple[Gap, ...] = ()
    needs: Callable[[ir.Table], ir.BooleanValue] | None = None
    needs_what: str = ""


@dataclass(frozen=True)
class Sum:
    """Measures added and measures taken off."""

    plus: tuple[Measure, ...]
    minus: tuple[Measure, ...] = ()

    @property
    def measures(self) -> tuple[Measure, ...]:
        """Every measure of the sum, added ones first."""
        return self.plus + self.minus


@dataclass(frozen=True)
class Ratio:
    """A sum over a sum: both are added up first, then divided once."""

    over: Sum
    under: Sum

    @property
    def measures(self) -> tuple[Measure, ...]:
        """Every measure of both sums."""
        return self.over.measures + self.under.measures


@dataclass(frozen=True)
class Metric:
    """One figure of the dictionary.

    Args:
        slug: the name that programs use.
        title_en: the English name.
        title_zh: the Chinese name.
        formula: the definition in words.
        unit: minor units of the store's currency (``price_minor``: a price per piece in them, with fractions), a
            count, a rate (a share, 0 to 1 unless the formula says otherwise), a ratio, or days.
        direction: which way is better.
        additivity: ``additive`` over every dimension; ``semi_additive`` over all but time; ``distinct`` counts
            add up over nothing; a ``ratio`` is computed anew from its sums.
        refund_rule: what refunds and cancellations do to it.
        value: how it is put together.
        may_leave_out: measures that are left out, with a note, where their facts have no such dimension.
    """

    slug: str
    title_en: str
    title_zh: str
    formula: str
    unit: Unit
    direction: Direction
    additivity: Additivity
    refund_rule: str
    value: Sum | Ratio
    may_leave_out: tuple[Measure, ...] = ()

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The measures it is put together from."""
        return self.value.measures

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The dimensions that it can be split by, in the dictionary's order."""
        binding = [m for m in self.measures if m not in self.may_leave_out]
        return tuple(d for d in binding[0].source.dimensions if all(d in m.source.dimensions for m in binding))

    @property
    def facts(self) -> tuple[str, ...]:
        """The fact tables that it reads; ``product`` and ``store`` give cost, attributes and currency beside them."""
        named = [table for measure in self.measures for table in measure.source.tables]
        if any(measure.uses_cost for measure in self.measures):
            named.append("product")
        return tuple(dict.fromkeys(named))
