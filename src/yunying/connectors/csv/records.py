"""Records: a file's table as text, before anything is understood, and its columns with each distinct text once."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

_EXCEL_TEXT = re.compile(r'=\s*"(.*)"', re.DOTALL)
_BLANKS = " \t\r\n\u00a0\u3000\x00"
_ZERO_WIDTH = str.maketrans(
    "", "", "\ufeff\u200b\u200c\u200d\u200e\u200f\u2060\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u00ad"
)


@dataclass(frozen=True)
class TextColumn:
    """One column as codes into its distinct texts, so that each text is read once however often it stands there.

    Args:
        header: the column's name in the file.
        codes: int64, shape (rows,): index into ``texts``, -1 where the cell is empty.
        texts: the distinct cleaned texts, none of them empty.
    """

    header: str
    codes: NDArray[np.int64]
    texts: tuple[str, ...]

    @property
    def present(self) -> NDArray[np.bool_]:
        """Where the cell is not empty."""
        return self.codes >= 0

    def text(self, index: int) -> str:
        """The cleaned text of one row, empty if the cell is."""
        code = int(self.codes[index])
        return self.texts[code] if code >= 0 else ""

    def spread(self, values: NDArray[np.int64]) -> NDArray[np.int64]:
        """Whole numbers given per distinct text, spread over the rows; 0 where the cell is empty."""
        spread: NDArray[np.int64] = np.append(values, np.int64(0))[self.codes]
        return spread

    def flags(self, flags: Iterable[bool]) -> NDArray[np.bool_]:
        """Flags given per distinct text, spread over the rows; false where the cell is empty."""
        spread: NDArray[np.bool_] = np.array([*flags, False], dtype=bool)[self.codes]
        return spread

    def to_arrow(self) -> pa.Array:
        """The texts of all rows, null where empty."""
        return take_texts(self.texts, self.codes)


@dataclass(frozen=True)
class Records:
    """A table of text cells.

    Args:
        header: the columns' names as they stand in the file, each once.
        table: the cells; Arrow strings, columns named ``0``, ``1`` ... in the order of ``header``.
        row_numbers: int64: each row's record number in the file, from 1, the header not counted.
        encoding: how the file's text was written, if it was a text file.
        delimiter: what parts its cells, if it was a text file.
        broken: rows that are no rows of this table (ragged): record number, cells as found, what is wrong.
        header_line: how many lines or records stand above the first record, the header included.
        remark: a sentence worth telling, such as which sheet was read.
    """

    header: tuple[str, ...]
    table: pa.Table
    row_numbers: NDArray[np.int64]
    encoding: str = ""
    delimiter: str = ""
    broken: tuple[tuple[int, tuple[str, ...], str], ...] = ()
    remark: str = ""
    _columns: dict[str, TextColumn] = field(default_factory=dict, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.row_numbers)

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """The place of each column, from 0."""
        return {name: place for place, name in enumerate(self.header)}

    def column(self, header: str) -> TextColumn:
        """The column of that name, cleaned and coded; KeyError if there is none."""
        if header not in self._columns:
            cells = self.table.column(self.positions[header])
            self._columns[header] = _coded(header, cells)
        return self._columns[header]

    def sample(self, header: str, count: int = 3) -> list[str]:
        """The first distinct texts of a column."""
        head = self.table.column(self.positions[header]).slice(0, 200)
        return list(_coded(header, head).texts[:count])

    def keep(self, chosen: NDArray[np.bool_]) -> "Records":
        """The rows chosen by a mask; the broken ones are dropped."""
        return Records(
            self.header,
            self.table.filter(pa.array(chosen)),
            self.row_numbers[chosen],
            self.encoding,
            self.delimiter,
            (),
            self.remark,
        )


def clean(text: str) -> str:
    r"""A cell's text without what exports wrap around it: blanks, a BOM, ``="..."``, a leading apostrophe or tab.

    >>> clean('="123"'), clean("'=1+1"), clean("\t42 ")
    ('123', '=1+1', '42')
    """
    if not text:
        return ""
    visible = text if text.isascii() else text.translate(_ZERO_WIDTH)
    stripped = visible.strip(_BLANKS)
    if stripped[:1] == "'":
        stripped = stripped[1:].strip(_BLANKS)
    if stripped[:1] == "=" and (wrapped := _EXCEL_TEXT.fullmatch(stripped)):
        return wrapped.group(1).replace('""', '"').strip(_BLANKS)
    return stripped


def take_texts(texts: tuple[str, ...] | list[str], codes: NDArray[np.int64]) -> pa.Array:
    """Texts by code as an Arrow string array, null where the code is negative."""
    chosen = pa.array(codes, mask=codes < 0)
    return pa.array(texts, pa.string()).take(chosen)


def _coded(header: str, cells: pa.ChunkedArray) -> TextColumn:
    encoded = pc.dictionary_encode(cells.combine_chunks() if cells.num_chunks != 1 else cells.chunk(0))
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    raw = encoded.dictionary.to_pylist()
    codes = encoded.indices.fill_null(len(raw)).to_numpy(zero_copy_only=False).astype(np.int64)
    places: dict[str, int] = {}
    new = np.full(len(raw) + 1, -1, dtype=np.int64)
    for code, text in enumerate(raw):
        cleaned = clean(text) if text else ""
        if cleaned:
            new[code] = places.setdefault(cleaned, len(places))
    return TextColumn(header, new[codes], tuple(places))
