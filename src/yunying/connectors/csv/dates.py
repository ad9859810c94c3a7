"""Dates and moments as exports write them; a whole column decides what a day and what a month is, or the map does.

Local times stay as written. A moment with an offset is turned to the store's zone first: dates are store-local.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from yunying.connectors.csv.numbers import without_nothings
from yunying.connectors.csv.problems import Problems, refuse_places, shown
from yunying.connectors.csv.records import TextColumn
from yunying.kernel.errors import OperatorError

ORDERS = ("ymd", "dmy", "mdy")
_REMEDY = "Write dates such as 2024-03-31 or 2024-03-31 15:04:05."
_DAY = 86_400_000_000
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - the zero of local times, which carry no zone
_EARLIEST, _LATEST = date(1990, 1, 1), date(2100, 1, 1)
_ISO = r"^\d{4}-\d{2}-\d{2}( \d{2}:\d{2}:\d{2})?$"
_MONTHS = {name: place for place, name in enumerate(
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1)}  # fmt: skip
_TIME = (
    r"(?:[ T,]*(?P<half_before>上午|下午|晚上|中午|凌晨)?\s*(?P<hour>\d{1,2})[:时](?P<minute>\d{1,2})"
    r"(?:[:分](?P<second>\d{1,2})秒?)?分?"
    r"(?:[.,](?P<fraction>\d{1,9}))?\s*(?P<half>[AaPp]\.?[Mm]\.?)?"
    r"\s*(?:(?P<offset>Z|UTC|GMT|(?:UTC|GMT)?[+-]\d{2}:?\d{2})(?:\s*\([A-Z]{3,5}\))?)?)?"
)
_YEAR_FIRST = re.compile(r"(?P<y>\d{4})(?P<s>[-/.年])(?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?" + _TIME)
_COMPACT = re.compile(r"(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})" + _TIME)
_YEAR_LAST = re.compile(r"(?P<a>\d{1,2})(?P<s>[-/.])(?P<b>\d{1,2})(?P=s)(?P<y>\d{4}|\d{2})" + _TIME)
_WORD_FIRST = re.compile(
    r"(?:[A-Za-z]{3,9},?\s+)?(?P<mon>[A-Za-z]{3,9})\.?[ -](?P<d>\d{1,2})(?:st|nd|rd|th)?,?[ -](?P<y>\d{4}|\d{2}(?!\d))"
    + _TIME
)
_WORD_SECOND = re.compile(
    r"(?:[A-Za-z]{3,9},?\s+)?(?P<d>\d{1,2})(?:st|nd|rd|th)?[ -](?P<mon>[A-Za-z]{3,9})\.?,?[ -](?P<y>\d{4})" + _TIME
)


@dataclass(frozen=True)
class Moments:
    """A column of dates.

    Args:
        days: int64, shape (rows,): days since 1970-01-01, store-local.
        at: int64, shape (rows,): microseconds since 1970-01-01 UTC.
        present: where a date is given.
        timed: where ``at`` is known too: the text has a time of day and the zone is known.
    """

    days: NDArray[np.int64]
    at: NDArray[np.int64]
    present: NDArray[np.bool_]
    timed: NDArray[np.bool_]


@dataclass(frozen=True)
class _Parts:
    """One text's local reading: microseconds since 1970 without zone, whether it has a time, and its offset."""

    local: int
    has_time: bool
    offset: timedelta | None


def read_moments(
    column: TextColumn, problems: Problems, *, zone: str | None, order: str | None, latest: date | None
) -> Moments:
    """Read a column of dates or moments.

    Args:
        column: the texts.
        problems: where texts that are no dates are told.
        zone: the store's time zone; None if it is not known (then ``at`` is not, either).
        order: ``ymd``, ``dmy`` or ``mdy`` for dates such as 3/4/2024; None to decide by the column.
        latest: the last date that is possible; later ones become problems.

    Raises:
        OperatorError: ``ambiguous-dates`` if the column does not decide; ``zone-needed`` if a moment has an offset and
            the store's zone is not known.
    """
    column = without_nothings(column)
    texts = column.texts
    size = len(texts)
    local, has_time = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=bool)
    offsets: dict[int, timedelta] = {}
    bad: dict[int, str] = {}
    rest = _read_iso(texts, local, has_time)
    shapes = {place: unicodedata.normalize("NFKC", texts[place]).strip() for place in rest}
    decided = _day_order(list(shapes.values()), order, column.header)
    for place, text in shapes.items():
        try:
            parts = _parse(text, decided)
        except (ValueError, OverflowError) as error:
            bad[place] = f"{shown(texts[place])} is not a date: {error}."
            continue
        local[place], has_time[place] = parts.local, parts.has_time
        if parts.offset is not None:
            offsets[place] = parts.offset
    moments = _in_zone(local, offsets, has_time, zone)
    local = moments[0]
    _refuse_strange_dates(texts, local, latest, bad)
    refuse_places(column, bad, problems, _REMEDY)
    return Moments(
        column.spread(local // _DAY),
        column.spread(moments[1]),
        column.present,
        column.flags(has_time & (zone is not None)),
    )


def _read_iso(texts: Sequence[str], local: NDArray[np.int64], has_time: NDArray[np.bool_]) -> list[int]:
    """Fill in plain ISO texts by Arrow's cast; return the places of the others (all, if one of them is no date)."""
    if not texts:
        return []
    array = pa.array(texts, pa.string())
    plain = pc.match_substring_regex(array, _ISO).to_numpy(zero_copy_only=False)
    chosen = array.filter(pa.array(plain))
    try:
        values = chosen.cast(pa.timestamp("us")).cast(pa.int64())
    except pa.ArrowInvalid:
        return list(range(len(texts)))
    local[plain] = values.to_numpy()
    has_time[plain] = pc.utf8_length(chosen).to_numpy() > 10
    return np.flatnonzero(~plain).tolist()


def _day_order(texts: Sequence[str], order: str | None, header: str) -> str:
    """``dmy`` or ``mdy`` for the texts whose year comes last."""
    found = [match for text in texts if (match := _YEAR_LAST.fullmatch(text)) and match["s"] != "."]
    if order in ("dmy", "mdy") or not found:
        return order if order in ("dmy", "mdy") else "dmy"
    first_is_day = any(int(match["a"]) > 12 for match in found)
    second_is_day = any(int(match["b"]) > 12 for match in found)
    if first_is_day == second_is_day:
        raise OperatorError(
            "ambiguous-dates",
            f"In column {header!r} it cannot be told which number is the day: {found[0].group()!r}.",
            "Say so in the map: date_order: dmy (31/12/2024) or date_order: mdy (12/31/2024).",
        )
    return "dmy" if first_is_day else "mdy"


def order_of_columns(columns: Iterable[TextColumn]) -> str | None:
    """``dmy`` or ``mdy`` if some text of these columns shows it and none the other; else None."""
    found = set()
    for text in (text for column in columns for text in column.texts):
        match = _YEAR_LAST.fullmatch(text)
        if match and match["s"] != "." and max(int(match["a"]), int(match["b"])) > 12:
            found.add("dmy" if int(match["a"]) > 12 else "mdy")
    return found.pop() if len(found) == 1 else None


def _parse(text: str, order: str) -> _Parts:
    match = _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text)
    if match:
        return _assemble(match, int(match["y"]), int(match["m"]), int(match["d"]))
    if match := _YEAR_LAST.fullmatch(text):
        first, second = int(match["a"]), int(match["b"])
        day, month = (first, second) if order == "dmy" or match["s"] == "." else (second, first)
        year = int(match["y"]) + (2000 if len(match["y"]) == 2 else 0)
        return _assemble(match, year, month, day)
    if match := _WORD_FIRST.fullmatch(text) or _WORD_SECOND.fullmatch(text):
        month = _MONTHS.get(match["mon"][:3].casefold(), 0)
        year = int(match["y"]) + (2000 if len(match["y"]) == 2 else 0)
        return _assemble(match, year, month, int(match["d"]))
    if re.fullmatch(r"\d{10}|\d{13}", text):
        raise ValueError("it looks like seconds or milliseconds since 1970")
    if re.fullmatch(r"\d{5}(\.\d+)?", text):
        raise ValueError("it looks like a spreadsheet's day number; format the column as a date")
    raise ValueError("its form is not known")


def _assemble(match: re.Match[str], year: int, month: int, day: int) -> _Parts:
    if not 1900 <= year <= 2200:
        raise ValueError("its year cannot be right")
    if match["hour"] is None:
        return _Parts(_micros(datetime(year, month, day)), False, None)  # noqa: DTZ001 - local, the zone comes later
    hour = int(match["hour"])
    half = (match["half"] or "").replace(".", "").casefold()
    if half and not 1 <= hour <= 12:
        raise ValueError("its hour does not fit am or pm")
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    elif (
        match["half_before"] in ("下午", "晚上", "中午")
        and hour < 12
        and not (match["half_before"] == "中午" and hour > 10)
    ):
        hour += 12
    fraction = int((match["fraction"] or "0").ljust(6, "0")[:6])
    moment = datetime(year, month, day, hour, int(match["minute"]), int(match["second"] or 0), fraction)  # noqa: DTZ001
    return _Parts(_micros(moment), True, _offset(match["offset"]))


def _offset(text: str | None) -> timedelta | None:
    if not text:
        return None
    if text in ("Z", "UTC", "GMT"):
        return timedelta(0)
    digits = text.removeprefix("UTC").removeprefix("GMT").replace(":", "")
    amount = timedelta(hours=int(digits[1:3]), minutes=int(digits[3:5]))
    if amount > timedelta(hours=14):
        raise ValueError("its offset from UTC is larger than 14 hours")
    return -amount if digits[0] == "-" else amount


def _micros(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _in_zone(
    local: NDArray[np.int64], offsets: dict[int, timedelta], has_time: NDArray[np.bool_], zone: str | None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Store-local and UTC microseconds of each distinct text."""
    if offsets and zone is None:
        raise OperatorError(
            "zone-needed",
            "The file's times carry offsets from UTC, so the store's time zone decides their dates.",
            "Give the store's zone, such as --time-zone Asia/Shanghai.",
        )
    if zone is None:
        return local, local
    info = ZoneInfo(zone)
    written, local, utc = local, local.copy(), local.copy()
    if has_time.any():
        utc[has_time] -= _utc_offsets(local[has_time], info)
    for place, offset in offsets.items():
        # The text's own offset is exact also in the hour that a clock shows twice.
        utc[place] = written[place] - offset // timedelta(microseconds=1)
        moment = (_EPOCH + timedelta(microseconds=int(utc[place]))).replace(tzinfo=UTC)
        local[place] = _micros(moment.astimezone(info).replace(tzinfo=None))
    return local, utc


def _utc_offsets(local: NDArray[np.int64], info: ZoneInfo) -> NDArray[np.int64]:
    """The zone's offset in microseconds at each local time; days without a change of clocks are asked once."""
    days, places = np.unique(local // _DAY, return_inverse=True)
    starts = np.array([_offset_at(int(day) * _DAY, info) for day in days], dtype=np.int64)
    ends = np.array([_offset_at(int(day) * _DAY + _DAY - 1, info) for day in days], dtype=np.int64)
    offsets = starts[places]
    for index in np.flatnonzero((starts != ends)[places]):
        offsets[index] = _offset_at(int(local[index]), info)
    return offsets


def _offset_at(local: int, info: ZoneInfo) -> int:
    moment = (_EPOCH + timedelta(microseconds=local)).replace(tzinfo=info)
    return (moment.utcoffset() or timedelta(0)) // timedelta(microseconds=1)


def _refuse_strange_dates(
    texts: Sequence[str], local: NDArray[np.int64], latest: date | None, bad: dict[int, str]
) -> None:
    days = local // _DAY
    first, last = (_EARLIEST - _EPOCH.date()).days, (_LATEST - _EPOCH.date()).days
    bound = min(last, (latest - _EPOCH.date()).days) if latest else last
    for place in np.flatnonzero((days < first) | (days > bound)).tolist():
        if place not in bad:
            why = "lies in the future" if days[place] > bound else "is older than any export can be"
            bad[place] = f"{shown(texts[place])} {why}."
