"""Which column holds what: from a map that the operator wrote, a preset, or the table of synonyms."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from yunying.connectors.csv.header import PRESETS
from yunying.connectors.csv.records import Records
from yunying.connectors.csv.synonyms import KINDS, fields_of, load_yaml, normal_form
from yunying.kernel.errors import OperatorError
from yunying.kernel.money import currency_check

_OPTIONS = (
    "currency", "time_zone", "date_order", "decimal", "encoding", "delimiter", "sheet", "rows_are", "cancelled_prefix",
    "negative_rows", "whole_orders",
)  # fmt: skip
_CHOICES = {
    "date_order": ("ymd", "dmy", "mdy"), "decimal": (".", ","), "rows_are": ("orders", "events"),
    "negative_rows": ("return", "adjustment"), "whole_orders": ("yes", "no"), "kind": KINDS, "preset": PRESETS,
}  # fmt: skip
_KEYS = ("kind", "preset", "columns", "statuses", "line_kinds", *_OPTIONS)
_EXTRA_FIELDS = (
    "product_list", "line_due", "line_shipping", "line_tax", "line_promotion", "line_shipping_promotion",
)  # fmt: skip
_MAP_BYTES = 1_000_000
TODO = "TODO"
"""What a draft writes where the operator must choose; a field with this value counts as not mapped."""


@dataclass(frozen=True)
class ColumnMap:
    """How a file's columns are understood.

    Args:
        kind: one of ``KINDS``.
        preset: the preset's name; empty if none fits.
        columns: the file's header by the field that it holds.
        options: ``currency``, ``time_zone``, ``date_order``, ``decimal``, ``encoding``, ``delimiter``, ``sheet``;
            ``rows_are`` (orders, or events where each row is a sale or a cancellation of its own),
                ``cancelled_prefix`` of order numbers, ``negative_rows`` (return or adjustment), ``whole_orders`` ("yes"
            where an order in the file is complete although its lines have numbers).
        statuses: status words that the synonyms do not know, with the states they have reached.
        line_kinds: product keys (or beginnings that end in ``_``) that are no goods, by line kind.
    """

    kind: str
    preset: str
    columns: Mapping[str, str]
    options: Mapping[str, str] = field(default_factory=dict)
    statuses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    line_kinds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def option(self, name: str) -> str | None:
        """The option's value, or None."""
        return self.options.get(name)


@dataclass(frozen=True)
class WrittenMap:
    """A map as the operator wrote it, checked for form but not yet against a file."""

    raw: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""

    def option(self, name: str) -> str | None:
        """An option's value as text, or None."""
        value = self.raw.get(name)
        return None if value in (None, TODO) else str(value)

    @property
    def columns(self) -> Mapping[str, str]:
        """The headers by field that the operator gave."""
        given = self.raw.get("columns") or {}
        return {str(name): str(header) for name, header in given.items() if header not in (None, "", TODO)}

    @property
    def expected(self) -> frozenset[str]:
        """The headers in normal form: they help to find the header line."""
        return frozenset(normal_form(header) for header in self.columns.values())


def read_map(path: Path | None) -> WrittenMap:
    """Read a YAML map; an empty one if there is no path.

    Raises:
        OperatorError: ``bad-map`` if it cannot be read or holds something unknown.
    """
    if path is None:
        return WrittenMap()
    try:
        if path.stat().st_size > _MAP_BYTES:
            raise _bad_map(f"it is larger than {_MAP_BYTES:,} bytes.")
        text = path.read_text("utf-8-sig")
        raw = yaml.safe_load(text) or {}
    except (OSError, UnicodeError, yaml.YAMLError, ValueError, RecursionError) as error:
        raise _bad_map(f"{path} cannot be read: {error}.") from error
    if not isinstance(raw, dict):
        raise _bad_map("it must be a list of names and values.")
    for key, value in raw.items():
        if key not in _KEYS:
            raise _bad_map(f"{key!r} is not a key of a map; known are {', '.join(_KEYS)}.")
        if key in ("columns", "statuses", "line_kinds"):
            _check_entries(key, value)
        elif isinstance(value, dict | list):
            raise _bad_map(f"{key} must be one value.")
        if key in _CHOICES and value not in (None, TODO) and str(value) not in _CHOICES[key]:
            raise _bad_map(f"{key} is {value!r}; it must be one of {', '.join(_CHOICES[key])}.")
    delimiter = raw.get("delimiter")
    if delimiter is not None and (not isinstance(delimiter, str) or len(delimiter) != 1 or delimiter in '"\n\r'):
        raise _bad_map("delimiter must be one character that is no quote and no line break.")
    return WrittenMap(raw, text)


def _check_entries(key: str, value: object) -> None:
    if not isinstance(value, dict | None):
        raise _bad_map(f"{key} must be a list of names and values.")
    for name, entry in (value or {}).items():
        entries = entry if isinstance(entry, list) and key != "columns" else [entry]
        if any(isinstance(part, dict | list) for part in entries):
            raise _bad_map(
                f"{name!r} under {key} must be one value" + ("." if key == "columns" else " or a flat list.")
            )


def _bad_map(what: str) -> OperatorError:
    return OperatorError("bad-map", f"The map does not hold: {what}", "Write a fresh draft with --dry-run.")


def resolve_map(records: Records, written: WrittenMap, kind: str | None) -> ColumnMap:
    """Decide the kind of a file and which column holds what.

    Raises:
        OperatorError: ``unknown-kind`` or ``missing-column`` if names do not tell, ``bad-map`` if the map does not fit.
    """
    wanted = kind or written.option("kind")
    if wanted is not None and wanted not in KINDS:
        raise OperatorError("unknown-kind", f"There is no kind {wanted!r}.", f"Use one of {', '.join(KINDS)}.")
    preset = written.option("preset") or _fitting_preset(records.header, wanted)
    table = load_yaml(f"presets/{preset}.yaml") if preset else {}
    chosen = wanted or table.get("kind") or _guess_kind(records.header, written.columns)
    found = _preset_columns(table, records) if preset else _by_synonyms(chosen, records.header)
    columns = {**found, **_checked_columns(written, chosen, records.header)}
    for name, header in (written.raw.get("columns") or {}).items():
        if header in (None, ""):
            columns.pop(str(name), None)
    options = {name: str(table[name]) for name in _OPTIONS if name in table}
    options.update({name: value for name in _OPTIONS if (value := written.option(name)) is not None})
    _check_options(options)
    result = ColumnMap(
        chosen, preset, columns, options, _statuses(written.raw.get("statuses")),
        _line_kinds(written.raw.get("line_kinds") or table.get("line_kinds")),
    )  # fmt: skip
    missing = [name for name, entry in fields_of(chosen).items() if entry.is_needed and name not in columns]
    if missing:
        raise _missing(missing, chosen, records.header)
    return result


def _missing(missing: Iterable[str], kind: str, header: tuple[str, ...]) -> OperatorError:
    shown = ", ".join(header[:30]) + (" ..." if len(header) > 30 else "")
    return OperatorError(
        "missing-column",
        f"No column of the file was recognised as {' or '.join(missing)} ({kind}); it has: {shown}.",
        "Write a draft map with --dry-run, name the column there, and import with --map.",
    )


def _fitting_preset(header: tuple[str, ...], kind: str | None) -> str:
    forms = {normal_form(name) for name in header}
    for name in PRESETS:
        table = load_yaml(f"presets/{name}.yaml")
        if kind in (None, table["kind"]) and any(
            forms.issuperset(normal_form(word) for word in signature) for signature in table["signatures"]
        ):
            return name
    return ""


def _preset_columns(table: Mapping[str, Any], records: Records) -> dict[str, str]:
    headers = {normal_form(name): name for name in reversed(records.header)}
    wanted: dict[str, list[str]] = dict(table["columns"])
    for condition in table.get("when", ()):
        has = all(normal_form(word) in headers for word in condition.get("has", ()))
        lacks = not any(normal_form(word) in headers for word in condition.get("lacks", ()))
        if has and lacks:
            wanted |= condition["columns"]
    columns: dict[str, str] = {}
    for name, words in wanted.items():
        present = [headers[normal_form(word)] for word in words if normal_form(word) in headers]
        filled = [header for header in present if len(present) == 1 or records.column(header).present.any()]
        if present:
            columns[name] = (filled or present)[0]
    return columns


def _by_synonyms(kind: str, header: tuple[str, ...]) -> dict[str, str]:
    """Each field's column and each column's field once, the surest names first."""
    matches = []
    forms = [normal_form(name) for name in header]
    for order, entry in enumerate(fields_of(kind).values()):
        for rank, word in enumerate(entry.synonyms):
            matches += [(rank, order, place, entry.name) for place, form in enumerate(forms) if form == word]
    columns: dict[str, str] = {}
    taken: set[int] = set()
    for _, _, place, name in sorted(matches):
        if name not in columns and place not in taken:
            columns[name] = header[place]
            taken.add(place)
    return columns


def _guess_kind(header: tuple[str, ...], given: Mapping[str, str]) -> str:
    """The kind that knows the most of the columns and has all that it needs; of equals, the one that needs more."""
    scores: dict[str, tuple[int, int]] = {}
    for kind in KINDS:
        columns = {
            **_by_synonyms(kind, header),
            **{name: text for name, text in given.items() if name in fields_of(kind)},
        }
        needed = [name for name, entry in fields_of(kind).items() if entry.is_needed]
        fits = len(columns) >= 2 and all(name in columns for name in needed)
        scores[kind] = (len(columns), len(needed)) if fits else (0, 0)
    best = max(scores.values())
    winners = [kind for kind, score in scores.items() if score == best]
    if best == (0, 0) or len(winners) > 1:
        shown = ", ".join(header[:30])
        raise OperatorError(
            "unknown-kind",
            f"The columns ({shown}) do not tell what the file is about.",
            f"Name it with --kind ({', '.join(KINDS)}), or write a draft map with --dry-run.",
        )
    return winners[0]


def guess_kind_or_none(records: Records, written: WrittenMap) -> str | None:
    """The kind if the columns tell, for a preview that must not fail."""
    try:
        preset = _fitting_preset(records.header, None)
        return (
            str(load_yaml(f"presets/{preset}.yaml")["kind"]) if preset else _guess_kind(records.header, written.columns)
        )
    except OperatorError:
        return None


def partial_columns(records: Records, kind: str) -> tuple[str, dict[str, str]]:
    """Preset and recognised columns of a kind, complete or not, for a preview."""
    preset = _fitting_preset(records.header, kind)
    if preset:
        return preset, _preset_columns(load_yaml(f"presets/{preset}.yaml"), records)
    return "", _by_synonyms(kind, records.header)


def _checked_columns(written: WrittenMap, kind: str, header: tuple[str, ...]) -> dict[str, str]:
    headers = {normal_form(name): name for name in reversed(header)} | {name: name for name in header}
    columns = {}
    for name, wanted in written.columns.items():
        if name not in fields_of(kind) and name not in _EXTRA_FIELDS:
            raise _bad_map(f"{name!r} is not a field of {kind}; known are {', '.join(fields_of(kind))}.")
        column = headers.get(wanted) or headers.get(normal_form(wanted))
        if column is None:
            raise _bad_map(f"the file has no column {wanted!r} (for {name}); it has {', '.join(header[:30])}.")
        columns[name] = column
    return columns


def _check_options(options: Mapping[str, str]) -> None:
    if "currency" in options:
        currency_check(options["currency"])
    if "time_zone" in options:
        zone_check(options["time_zone"])


def zone_check(zone: str) -> str:
    """Return the zone's name, or raise OperatorError if it is not in the IANA list.

    >>> zone_check("Asia/Shanghai")
    'Asia/Shanghai'
    """
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise OperatorError(
            "bad-zone", f"{zone!r} is not a time zone.", "Give an IANA name such as Asia/Shanghai or Europe/London."
        ) from error
    return zone


def _statuses(raw: Mapping[str, Any] | None) -> dict[str, tuple[str, ...]]:
    known = ("placed", "paid", "shipped", "refunded", "cancelled")
    result = {}
    for word, states in (raw or {}).items():
        reached = (states,) if isinstance(states, str) else tuple(states or ())
        if not reached or any(state not in known for state in reached):
            raise _bad_map(f"the status {word!r} must reach some of {', '.join(known)}.")
        result[normal_form(str(word))] = reached
    return result


def _line_kinds(raw: Mapping[str, Any] | None) -> dict[str, tuple[str, ...]]:
    known = ("goods", "shipping", "fee", "discount", "gift", "adjustment")
    result = {}
    for name, products in (raw or {}).items():
        if name not in known or not isinstance(products, list):
            raise _bad_map(f"line_kinds must list product keys under some of {', '.join(known)}.")
        result[name] = tuple(str(product) for product in products)
    return result
