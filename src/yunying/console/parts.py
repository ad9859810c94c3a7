"""The figures of a part of a store, for whoever holds that part and not the store: a row per category or channel."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from yunying.console.numbers import KeyNumber, key_number

DIMENSIONS = {
    "category": gettext_noop("category"), "channel": gettext_noop("channel"), "style": gettext_noop("style"),
}  # fmt: skip


@dataclass(frozen=True)
class PartTable:
    """What one area of the scope holds and its figures, a row per name or pair of names."""

    said: str
    titles: list[str]
    rows: list[tuple[str, list[KeyNumber]]]


def part_table(part: Mapping[str, Any], *, is_chinese: bool) -> PartTable:
    """A part's rows as the page shows them."""
    limits = "; ".join(f"{_(DIMENSIONS[name])}: {_(', ').join(values)}" for name, values in part["limits"].items())
    metrics, currency = part["metrics"], str(part["currency"] or "CNY")
    rows = [
        (" · ".join(str(name) for name in row["key"]),
         [key_number({**each, **row["figures"].get(each["slug"], {})}, currency, is_chinese) for each in metrics])
        for row in part["rows"]
    ]  # fmt: skip
    return PartTable(limits, [str(each["title_zh" if is_chinese else "title_en"]) for each in metrics], rows)
