"""Stores side by side: each in its own currency, totals in one by the rates of the day, or refused with the reason."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _

from yunying.console.numbers import KeyNumber, key_number
from yunying.interventions.selectors.company import StoreRow
from yunying.kernel.money import minor_digits
from yunying.metrics.key_numbers import KEY_NUMBERS

ADDED = ("money_minor", "count")
"""Units that add up over stores; rates and prices per piece do not."""
COMPARED = ("value", "yesterday", "last_week", "last_year")


class CannotTotal(Exception):
    """A total that cannot be told; the text says why and what to do."""


@dataclass(frozen=True)
class CompanyTable:
    """Headings, a row of cells per store, the totals, and why some are left out."""

    currency: str
    currencies: list[str]
    titles: list[str]
    rows: list[tuple[StoreRow, list[KeyNumber | None]]]
    totals: list[KeyNumber | None]
    refusals: list[str]
    days: str
    waiting: dict[str, int]


def company_table(rows: Sequence[StoreRow], currency: str, *, is_chinese: bool) -> CompanyTable:
    """The table of some stores; the most common currency stands for the totals unless another of theirs is named."""
    counted = Counter(row.store.currency for row in rows)
    currencies = sorted(counted, key=lambda each: (-counted[each], each))
    chosen = currency if currency in counted else currencies[0]
    known = {slug: row.figures[slug] for slug in KEY_NUMBERS for row in rows if slug in row.figures}
    cells = [
        (row, [key_number(row.figures[slug], row.store.currency, is_chinese) if slug in row.figures else None
               for slug in known]) for row in rows
    ]  # fmt: skip
    totals, refusals = _totals(rows, known, chosen, is_chinese)
    title = "title_zh" if is_chinese else "title_en"
    waiting = {name: sum(row.waiting.get(name, 0) for row in rows) for name in ("proposed", "soon", "failed")}
    return CompanyTable(chosen, currencies, [str(each[title]) for each in known.values()], cells, totals,
                        list(dict.fromkeys(refusals)), _days(rows), waiting)  # fmt: skip


def _days(rows: Sequence[StoreRow]) -> str:
    """The first and the last of the days that the stores stand on, where they differ."""
    known = sorted({row.date for row in rows if row.date})
    return f"{known[0]} – {known[-1]}" if len(known) > 1 else ""


def _totals(
    rows: Sequence[StoreRow], known: Mapping[str, Mapping[str, Any]], currency: str, is_chinese: bool
) -> tuple[list[KeyNumber | None], list[str]]:
    totals: list[KeyNumber | None] = []
    refusals: list[str] = []
    for slug, metric in known.items():
        if metric["unit"] not in ADDED:
            totals.append(None)
            continue
        try:
            sums = {name: _sum(rows, slug, name, metric["unit"], currency) for name in COMPARED}
        except CannotTotal as error:
            refusals.append(str(error))
            totals.append(None)
        else:
            totals.append(key_number({**metric, **sums}, currency, is_chinese))
    return totals, refusals


def _sum(rows: Sequence[StoreRow], slug: str, name: str, unit: str, currency: str) -> int | None:
    """A figure over the stores; of a compared day None where one store has none."""
    total = 0
    for row in rows:
        if slug not in row.figures:
            what = _("The totals leave nothing out: of %(store)s you see a part or no figures are there yet.")
            raise CannotTotal(what % {"store": row.store.title})
        value = row.figures[slug].get(name)
        if not isinstance(value, int | float):
            if name == "value":
                what = _("The total of a figure is left out where a store has not measured it: %(store)s.")
                raise CannotTotal(what % {"store": row.store.title})
            return None
        total += converted(row, value, currency) if unit == "money_minor" else int(value)
    return total


def converted(row: StoreRow, amount_minor: float, currency: str) -> int:
    """An amount of a store in another currency, by the rate of its last day or of the days just before.

    Raises:
        CannotTotal: there is none.
    """
    if row.store.currency == currency:
        return round(amount_minor)
    rate = row.rates.get(currency)
    if rate is None:
        pair = {"one": row.store.currency, "other": currency, "store": row.store.title, "day": row.date}
        raise CannotTotal(
            _("There is no rate from %(one)s to %(other)s for %(day)s, so there is no total in %(other)s.") % pair
            + " "
            + _("Import a file of exchange rates (date, from_currency, to_currency, rate) in %(store)s.") % pair
        )
    exact = Decimal(str(amount_minor)) * Decimal(rate["rate"])
    shifted = exact.scaleb(minor_digits(currency) - minor_digits(row.store.currency))
    return int(shifted.quantize(Decimal(1), rounding=ROUND_HALF_UP))
