"""Any shop's series for ``bench.forecast --sets file:PATH``: one row for each product and period.

A CSV, plain or ``.gz``, with the columns ``product``, ``date`` (YYYY-MM-DD, the first day of a day, week or month) and
``units``; ``price`` weighs the products, ``in_stock`` (true or false) names periods that could not sell, from which
purchasing's forecasts learn nothing (they are scored all the same, since nobody knows what was wanted), and
``category`` products that share a season. Rows that are not there sold nothing. Whether periods are days, weeks or
months is read off the dates.
"""

import csv
import gzip
import io
import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.forecast_data import MONTH_DAYS, Series, history_of

Floats = NDArray[np.float64]

NEEDED = ("product", "date", "units")
STEPS = {1: (1, 7, 28), 7: (7, 52, 4), MONTH_DAYS: (MONTH_DAYS, 12, 3)}
"""By days between dates: days of a period, periods of its season, periods ahead."""
TRUTHS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
ORIGINS = 9
"""Six that are scored or developed on, two for the law of variance, and one to learn from."""

Row = tuple[int, dict[str, str]]


def series_file(path: Path) -> Series:
    """The series of a file.

    Raises:
        SystemExit: naming file, row, column and remedy.
    """
    rows = list(_rows(path))
    days = np.array([_day(path, row) for row in rows])
    period, season, horizon = _step(path, days)
    at = _places(path, rows, days, period)
    least = season + ORIGINS * horizon
    if at.max() + 1 < least:
        raise SystemExit(f"{path}: {at.max() + 1} periods, and the bench needs {least}: give a longer history")
    keys = {key: number for number, key in enumerate(dict.fromkeys(row["product"] for _, row in rows))}
    product = np.array([keys[row["product"]] for _, row in rows])
    shape = (len(keys), int(at.max()) + 1)
    amount = np.array([_number(path, row, "units") for row in rows])
    units = np.zeros(shape)
    np.add.at(units, (product, at), amount)
    first = date.fromordinal(int(days.min()))
    series = Series(units, units, _prices(path, rows, product, amount), history_of(first, units, period),
                    period, season, horizon)  # fmt: skip
    return _in_groups(_out_of_stock(series, path, rows, (product, at)), rows, product)


def _rows(path: Path) -> Iterator[Row]:
    try:
        held = path.read_bytes()
        text = (gzip.decompress(held) if path.suffix == ".gz" else held).decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise SystemExit(f"{path}: {error}; give a CSV in UTF-8, plain or .gz") from None
    reader = csv.DictReader(io.StringIO(text))
    missing = [name for name in NEEDED if name not in (reader.fieldnames or [])]
    if missing:
        raise SystemExit(f"{path}: the columns {', '.join(missing)} are missing; the first row names the columns")
    yield from enumerate(reader, start=2)


def _day(path: Path, row: Row) -> int:
    try:
        return date.fromisoformat(row[1]["date"][:10]).toordinal()
    except (TypeError, ValueError):
        found = row[1]["date"]
        raise SystemExit(f"{path}: row {row[0]}, column date: {found!r} is no date; write YYYY-MM-DD") from None


def _number(path: Path, row: Row, column: str) -> float:
    text = row[1][column]
    try:
        value = float(text)
    except (TypeError, ValueError):
        value = math.nan
    if not math.isfinite(value) or value < 0:
        raise SystemExit(
            f"{path}: row {row[0]}, column {column}: {text!r} is no number of at least 0; leave returns out"
        )
    return value


def _step(path: Path, days: NDArray[np.int64]) -> tuple[int, int, int]:
    """Days of a period, its season and the horizon, by the shortest way between two dates."""
    apart = np.diff(np.unique(days))
    if not len(apart):
        raise SystemExit(f"{path}: fewer than two dates")
    shortest = int(apart.min())
    if shortest >= 28:
        return STEPS[MONTH_DAYS]
    if shortest % 7 == 0:
        return STEPS[7]
    return STEPS[1]


def _places(path: Path, rows: list[Row], days: NDArray[np.int64], period: int) -> NDArray[np.int64]:
    """The number of each row's period, from 0."""
    if period == MONTH_DAYS:
        dates = [date.fromordinal(int(day)) for day in days]
        months = np.array([12 * day.year + day.month for day in dates])
        return np.asarray(months - months.min())
    since = days - days.min()
    off = np.flatnonzero(since % period)
    if len(off):
        number, row = rows[int(off[0])]
        raise SystemExit(
            f"{path}: row {number}, column date: {row['date']} is no whole week after the first date; "
            "give each week by the same day"
        )
    return np.asarray(since // period)


def _prices(path: Path, rows: list[Row], product: NDArray[np.int64], amount: Floats) -> Floats:
    """Each product's mean price by units; 1 where none is told."""
    if "price" not in rows[0][1]:
        return np.ones(int(product.max()) + 1)
    price = np.array([_number(path, row, "price") if row[1]["price"] else math.nan for row in rows])
    known = np.isfinite(price) & (amount > 0)
    sold = np.bincount(product[known], amount[known], minlength=int(product.max()) + 1)
    money = np.bincount(product[known], amount[known] * price[known], minlength=len(sold))
    return np.divide(money, sold, out=np.ones(len(sold)), where=(sold > 0) & (money > 0))


def _out_of_stock(series: Series, path: Path, rows: list[Row], place: tuple[NDArray[np.int64], ...]) -> Series:
    """Nothing is learned from a period that could not sell."""
    if "in_stock" not in rows[0][1]:
        return series
    could = np.ones(series.units.shape, dtype=bool)
    for number, row in enumerate(rows):
        text = (row[1]["in_stock"] or "").strip().lower()
        if text not in TRUTHS:
            raise SystemExit(f"{path}: row {row[0]}, column in_stock: {text!r} is neither true nor false")
        could[place[0][number], place[1][number]] &= TRUTHS[text]
    daily = np.repeat(could, series.period_days, axis=1)
    history = replace(series.history, exposure=series.history.exposure * daily, units=series.history.units * daily)
    return replace(series, history=history)


def _in_groups(series: Series, rows: list[Row], product: NDArray[np.int64]) -> Series:
    if "category" not in rows[0][1]:
        return series
    names = {name: number for number, name in enumerate(dict.fromkeys(row["category"] for _, row in rows))}
    group = np.zeros(len(series.units), dtype=np.int64)
    for number, (_, row) in enumerate(rows):
        group[product[number]] = names[row["category"]]
    return replace(series, history=replace(series.history, group=group, groups=len(names)))
