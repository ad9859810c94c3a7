"""Which record of a table is its header, and names for its columns."""

from collections.abc import Sequence
from functools import cache

from yunying.connectors.csv.limits import Limits
from yunying.connectors.csv.records import clean
from yunying.connectors.csv.synonyms import KINDS, fields_of, load_yaml, normal_form
from yunying.kernel.errors import OperatorError

PRESETS = ("taobao", "amazon", "shopify", "woocommerce", "woocommerce_analytics", "uci_online_retail")
SEARCHED = 25
"""The header must stand among this many first records; titles and blank lines may stand above it."""


@cache
def known_names() -> frozenset[str]:
    """Every header name, in normal form, that some kind or preset knows."""
    names = {word for kind in KINDS for field in fields_of(kind).values() for word in field.synonyms}
    for preset in PRESETS:
        table = load_yaml(f"presets/{preset}.yaml")
        for group in (table["columns"], *(entry["columns"] for entry in table.get("when", ()))):
            names.update(normal_form(word) for words in group.values() for word in words)
    return frozenset(names)


def recognised(cells: Sequence[str], expected: frozenset[str] = frozenset()) -> int:
    """How many of a record's cells are names of columns."""
    known = known_names()
    forms = {normal_form(clean(cell)) for cell in cells if cell}
    return len(forms & known) + 2 * len(forms & expected)


def header_place(rows: Sequence[Sequence[str]], expected: frozenset[str] = frozenset()) -> int:
    """The index of the header among the first records.

    It is the record with the most known names; where nothing is known, the first with two or more filled cells.

    Raises:
        OperatorError: ``no-header`` if no record has two filled cells.
    """
    counts = [recognised(row, expected) for row in rows[:SEARCHED]]
    if counts and max(counts) >= 2:
        return counts.index(max(counts))
    for place, row in enumerate(rows[:SEARCHED]):
        if sum(bool(clean(cell)) for cell in row) >= 2:
            return place
    raise OperatorError(
        "no-header",
        "No line of the file's beginning looks like a header of two columns or more.",
        "The first line must name the columns; check the file and its separator (delimiter: in the map).",
    )


def column_names(cells: Sequence[str], limits: Limits) -> tuple[str, ...]:
    """Each column's name once: a repeated name is numbered, an empty one named by its place.

    >>> column_names(["SKU", "", "SKU"], Limits())
    ('SKU', 'column 2', 'SKU (2)')
    """
    limits.check("columns", len(cells), "The number of columns")
    seen: dict[str, int] = {}
    names: list[str] = []
    for place, cell in enumerate(cells, start=1):
        name = " ".join(clean(cell).split()) or f"column {place}"
        seen[name] = seen.get(name, 0) + 1
        unique = name if seen[name] == 1 else f"{name} ({seen[name]})"
        names.append(unique if unique not in names else f"{unique} [{place}]")
    return tuple(names)
