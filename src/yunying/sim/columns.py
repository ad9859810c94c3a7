"""Arrow columns from numbers, without a Python loop over rows."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from yunying.facts.schema import AT, DATE, PRICE, TABLES, TEXT

Wholes = NDArray[np.int64]


def chosen(texts: Sequence[str | None], which: Wholes) -> pa.Array:
    """The text at each index; -1 takes the last one."""
    table = pa.array(texts, TEXT)
    return table.take(pa.array(np.where(which < 0, which + len(texts), which)))


def repeated(text: str | None, count: int) -> pa.Array:
    """One text in every row."""
    return pa.repeat(pa.scalar(text, TEXT), count)


def numbered(numbers: Wholes, prefix: str = "") -> pa.Array:
    """Whole numbers as text, behind a prefix."""
    text = pc.cast(pa.array(numbers), TEXT)
    return pc.binary_join_element_wise(prefix, text, "") if prefix else text


def prices(micros: Wholes, *, known: NDArray[np.bool_] | None = None) -> pa.Array:
    """Decimals with six digits from millionths (at least 0); null where not known."""
    words = np.zeros((len(micros), 2), dtype="<i8")
    words[:, 0] = micros
    column = pa.Array.from_buffers(PRICE, len(micros), [None, pa.py_buffer(words.tobytes())])
    return column if known is None else pc.if_else(pa.array(known), column, pa.scalar(None, PRICE))


def wholes(values: Wholes, *, known: NDArray[np.bool_] | None = None) -> pa.Array:
    """Whole numbers; null where not known."""
    return pa.array(values, pa.int64()) if known is None else pa.array(values, pa.int64(), mask=~known)


def dates(day: date, count: int) -> pa.Array:
    """One date in every row."""
    return pa.repeat(pa.scalar(day, DATE), count)


def dates_of(days: Wholes, start: date) -> pa.Array:
    """Dates from days after a start."""
    epoch = start.toordinal() - date(1970, 1, 1).toordinal()
    return pa.array((days + epoch).astype(np.int32), pa.int32()).cast(DATE)


def instants(day: date, seconds: Wholes, zone: ZoneInfo) -> pa.Array:
    """Moments in UTC from seconds after local midnight, each by its hour's offset from UTC."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    offsets = [_offset_seconds(midnight, hour, zone) for hour in range(24)]
    utc = int(midnight.timestamp()) + seconds - np.array(offsets)[seconds // 3600]
    return pa.array(utc * 1_000_000, pa.int64()).cast(AT)


def _offset_seconds(midnight: datetime, hour: int, zone: ZoneInfo) -> int:
    offset = (midnight + timedelta(hours=hour)).replace(tzinfo=zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def table(name: str, columns: dict[str, pa.Array]) -> pa.Table:
    """A fact table from its known columns, in the order and types of the schema, without the store."""
    schema = TABLES[name].schema
    wanted = [field for field in schema if field.name in columns]
    return pa.Table.from_arrays([columns[field.name].cast(field.type) for field in wanted], schema=pa.schema(wanted))
