"""Evidence: what a proposal shows for itself, as data that any screen knows how to draw."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sentence:
    """One sentence in both languages."""

    en: str
    zh: str


@dataclass(frozen=True)
class Table:
    """Rows of short texts under a header; every row is as long as the header."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Series:
    """Values by store-local date (ISO text), in the unit that is named; None where nothing was measured."""

    title: str
    unit: str
    dates: tuple[str, ...]
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Curve:
    """A function drawn through points, such as expected profit over the order quantity."""

    title: str
    x_label: str
    y_label: str
    x: tuple[float, ...]
    y: tuple[float, ...]


@dataclass(frozen=True)
class FactsUsed:
    """Which rows a figure stands on: the table, how many rows, and their first and last store-local date."""

    table: str
    rows: int
    from_date: str
    to_date: str


@dataclass(frozen=True)
class Assumption:
    """A value that no fact gave and that the policy set instead; the proposal states it."""

    name: str
    value: str
    reason: str


@dataclass(frozen=True)
class Evidence:
    """Everything a proposal shows."""

    sentences: tuple[Sentence, ...]
    facts: tuple[FactsUsed, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    tables: tuple[Table, ...] = ()
    series: tuple[Series, ...] = ()
    curves: tuple[Curve, ...] = ()
