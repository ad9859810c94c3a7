"""Header names, status words and marks as people write them, from ``synonyms.yaml``."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

KINDS = ("orders", "products", "stock", "purchases", "ad_spend", "suppliers", "rates")
_IGNORED = re.compile(r"[\s_\-./:：*#()（）\[\]【】\"'’,，]+")

_UNIT = re.compile(r"[(（\[](?:元|件|个|¥|￥|\$|€|£|usd|cny|rmb|eur|gbp|天|days?)[)）\]]\s*$")


def normal_form(text: str) -> str:
    """A name without case, blanks, width, punctuation and a unit in brackets, for comparing.

    >>> normal_form(" Order－ID "), normal_form("商品总价(元)")
    ('orderid', '商品总价')
    """
    return _IGNORED.sub("", _UNIT.sub("", unicodedata.normalize("NFKC", text).casefold()))


@dataclass(frozen=True)
class Field:
    """One thing that a column can hold.

    Args:
        name: its name in maps.
        synonyms: the header names it is known by, in normal form, the surest first.
        is_needed: whether a file of this kind cannot do without it.
    """

    name: str
    synonyms: tuple[str, ...]
    is_needed: bool


@cache
def load_yaml(name: str) -> Any:
    """A data file of this package."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # written in C where PyYAML was built so: ten times faster
    return yaml.load(files(__package__).joinpath(name).read_text("utf-8"), Loader=loader)  # noqa: S506 - a safe loader


@cache
def fields_of(kind: str) -> Mapping[str, Field]:
    """The fields that a file of this kind may have, in the order of ``synonyms.yaml``."""
    table = load_yaml("synonyms.yaml")["kinds"][kind]
    needed = set(table["needed"])
    return {
        name: Field(name, tuple(dict.fromkeys(normal_form(word) for word in (name, *words))), name in needed)
        for name, words in table["fields"].items()
    }


@cache
def statuses() -> Mapping[str, tuple[str, ...]]:
    """What a status word says has happened to an order: states by the word's normal form."""
    table = load_yaml("synonyms.yaml")["statuses"]
    return {normal_form(word): tuple(entry["reached"]) for entry in table for word in entry["words"]}


@cache
def refund_statuses() -> Mapping[str, bool]:
    """Whether money went back, by the normal form of a refund's state."""
    table = load_yaml("synonyms.yaml")["refund_statuses"]
    done = {normal_form(word): True for word in table["refunded"]}
    return done | {normal_form(word): False for word in table["not_refunded"]}


@cache
def nothings() -> frozenset[str]:
    """What exports write into a cell of a number or a date that holds none, in small letters."""
    return frozenset(load_yaml("synonyms.yaml")["nothings"])


@cache
def marks(reality: str) -> re.Pattern[str]:
    """The pattern of notes and tags that mark an order as ``test`` or ``brushed``."""
    return re.compile("|".join(load_yaml("synonyms.yaml")["marks"][reality]), re.IGNORECASE)


@cache
def header_words() -> frozenset[str]:
    """Every header name of the synonyms, as written: what the encoding scorer looks for."""
    table = load_yaml("synonyms.yaml")["kinds"]
    words = (word for kind in table.values() for names in kind["fields"].values() for word in names)
    return frozenset(word for word in words if len(word) >= 2)
