"""The day's key numbers, ready to be shown: the value, three comparisons, a line."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from yunying.console.formats import MINUS, NOTHING, grouped, money, number, percent
from yunying.kernel.money import minor_digits

Figure = float | int | Mapping[str, Any] | None


@dataclass(frozen=True)
class Comparison:
    """A change against another day; ``tone`` is good, bad or plain, ``then`` the figure of that day."""

    label: str
    text: str
    then: str
    tone: str


@dataclass(frozen=True)
class KeyNumber:
    """One card."""

    title: str
    text: str
    exact: str
    why_not: str
    comparisons: list[Comparison]
    values: list[float | None]


def key_numbers(report: Mapping[str, Any], *, is_chinese: bool) -> list[KeyNumber]:
    """The cards of a report."""
    currency = str(report.get("currency", "CNY"))
    return [key_number(each, currency, is_chinese) for each in report.get("metrics", ())]


def key_number(metric: Mapping[str, Any], currency: str, is_chinese: bool) -> KeyNumber:
    """One figure of a report."""
    unit, value = str(metric.get("unit", "count")), _figure(metric.get("value"))
    labels = (("yesterday", _("day before")), ("last_week", _("last week")), ("last_year", _("last year")))
    sense = metric.get("higher_is_better")
    series = metric.get("series") or {}
    return KeyNumber(
        title=str(metric.get("title_zh" if is_chinese else "title_en") or metric.get("slug", "")),
        text=_text(value, unit, currency, is_chinese, is_short=True),
        exact=_text(value, unit, currency, is_chinese, is_short=False),
        why_not=_why_not(metric.get("value")),
        comparisons=[
            _comparison(label, value, _figure(metric.get(name)), unit, sense, (currency, is_chinese))
            for name, label in labels
        ],
        values=[_figure(each) for each in series.get("values", ())],
    )


def _comparison(
    label: str, now: float | None, then: float | None, unit: str, sense: bool | None, words: tuple[str, bool]
) -> Comparison:
    known = _text(then, unit, words[0], words[1], is_short=False)
    if now is None or then is None or (then == 0 and unit != "rate"):
        return Comparison(label, NOTHING, known, "plain")
    change = (now - then) * 100 if unit == "rate" else (now - then) / abs(then) * 100
    text = grouped(Decimal(str(round(change, 1))), 1)
    is_up, is_flat = change > 0, abs(change) < 0.05
    sign = "" if is_flat or text.startswith(MINUS) else "+"
    tone = "plain" if is_flat or sense is None else "good" if is_up == sense else "bad"
    return Comparison(label, f"{sign}{text}{_(' pt') if unit == 'rate' else '%'}", known, tone)


def _text(value: float | None, unit: str, currency: str, is_chinese: bool, *, is_short: bool) -> str:
    if value is None:
        return NOTHING
    if unit == "money_minor":
        return money(round(value), currency, is_short=is_short, is_chinese=is_chinese)
    if unit == "price_minor":
        return money(round(value), currency)
    if unit == "price":
        return money(round(value * 10 ** minor_digits(currency)), currency)
    return percent(value, 1 if is_short else 2) if unit == "rate" else number(value)


def _figure(value: Figure) -> float | None:
    return value if isinstance(value, int | float) else None


def _why_not(value: Figure) -> str:
    return str(value.get("not_measured", "")) if isinstance(value, Mapping) else ""
