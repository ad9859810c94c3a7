"""Numbers as people and exports write them: signs of money, separators, full width, brackets for minus, percent, 万.

Every distinct text of a column is read once. Decimals are kept as whole millionths (int64), the scale of a unit price.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from yunying.connectors.csv.problems import Problems, refuse_places, refuse_texts, shown
from yunying.connectors.csv.records import TextColumn
from yunying.connectors.csv.synonyms import nothings
from yunying.kernel.errors import OperatorError
from yunying.kernel.money import minor_digits

MILLION = 1_000_000
_LARGEST = 10**12
_PLAIN = r"^-?\d{1,12}(\.\d{1,6})?$"
_WHOLE = r"^-?\d{1,12}$"
_SIGNS = re.compile(
    r"(?:CN¥|R\$|US\$|HK\$|NT\$|A\$|C\$|[¥￥$€£₩₹₽元円圓])|(?<![A-Za-z])(?:RMB|CNY|USD|EUR|GBP|HKD|TWD|JPY)(?![A-Za-z])"
)
# Signs that some currency of the world shares with no other; "$" and "¥" alone do not tell.
_OWN_SIGNS = {
    "€": "EUR", "£": "GBP", "₩": "KRW", "₹": "INR", "₽": "RUB", "R$": "BRL", "US$": "USD", "HK$": "HKD", "NT$": "TWD",
    "A$": "AUD", "C$": "CAD", "CN¥": "CNY", "RMB": "CNY", "CNY": "CNY", "USD": "USD", "EUR": "EUR", "GBP": "GBP",
    "HKD": "HKD", "TWD": "TWD", "JPY": "JPY",
}  # fmt: skip
_YUAN_OR_YEN, _DOLLAR = frozenset("¥￥元円圓"), re.compile(r"AUD|BND|BZD|CAD|[A-Z]{2}D|MXN|ARS|CLP|COP|UYU|TOP|MOP|WST")
_GROUPED_COMMA = re.compile(r"\d{1,3}(,\d{3})+(\.\d*)?")
_GROUPED_DOT = re.compile(r"\d{1,3}(\.\d{3})+(,\d*)?")
_ONE_COMMA = re.compile(r"\d{1,3},\d{3}")
_COMMA_DECIMAL = re.compile(r"\d+,\d+")
_ONE_DOT = r"^-?[1-9]\d{0,2}\.\d{3}$"
_SHOWS_DOT = r"\d\.(\d{1,2}|\d{4,})$|^-?0\.\d{3}$"
_MAY_SHOW_COMMA = r",|\..*\."
_UNITS = re.compile(r"(?<=\d)(?:天|日|件|个|箱|盒|双|套|瓶|条|只|张|days?|pcs)$", re.IGNORECASE)
_DOT_DECIMAL = re.compile(r"(\d+\.\d*|\.\d+|\d+)([eE][+-]?\d{1,3})?")

Mark = str | None
"""``.`` or ``,`` before the decimals; None where it is to be found out."""


@dataclass(frozen=True)
class Numbers:
    """A column of numbers: shape (rows,), int64; what stands where ``present`` is false has no meaning."""

    values: NDArray[np.int64]
    present: NDArray[np.bool_]

    def or_zero(self) -> NDArray[np.int64]:
        """The values, 0 where none is given: only where an empty cell means nothing was charged."""
        return np.where(self.present, self.values, 0)


def read_decimals(column: TextColumn, problems: Problems, mark: Mark = None, delimiter: str = ",") -> Numbers:
    """The column in millionths; texts that are no numbers become problems.

    Raises:
        OperatorError: ``ambiguous-decimals`` if a comma could part thousands or decimals.
    """
    column = without_nothings(column)
    texts = column.texts
    values = np.zeros(len(texts), dtype=np.int64)
    bad: dict[int, str] = {}
    rest = _read_plain(texts, values, _WHOLE if mark == "," else _PLAIN)
    shapes = {place: _normalised(texts[place]) for place in rest}
    decided = mark or _decimal_mark([body for body, _, _ in shapes.values()], texts, column.header, delimiter)
    for place, (body, factor, negative) in shapes.items():
        try:
            value = _decimal(body, decided) * factor
        except (InvalidOperation, ValueError):
            bad[place] = f"{shown(texts[place])} is not a number."
            continue
        if abs(value) >= _LARGEST:
            bad[place] = f"{shown(texts[place])} is larger than any quantity or price can be."
            continue
        scaled = int((value * MILLION).quantize(Decimal(1), rounding=ROUND_HALF_UP))
        values[place] = -scaled if negative else scaled
    refuse_places(column, bad, problems, "Write a plain number such as 1234.50.")
    return Numbers(column.spread(values), column.present)


def refuse_other_signs(column: TextColumn, problems: Problems, currency: str) -> None:
    """Texts that bear the sign of a currency which cannot be the store's become problems."""

    def complaint(text: str) -> str:
        signs = [] if text.isdigit() else _SIGNS.findall(unicodedata.normalize("NFKC", text))
        other = [sign for sign in signs if not _may_mean(sign, currency)]
        return f"{shown(text)} is not in {currency}." if other else ""

    remedy = "Import sums of one currency into a store; use a store of its own for the other."
    refuse_texts(column, complaint, problems, remedy)


def _may_mean(sign: str, currency: str) -> bool:
    if sign in _YUAN_OR_YEN:
        return currency in ("CNY", "JPY", "TWD", "HKD")
    if sign == "$":
        return _DOLLAR.fullmatch(currency) is not None
    return _OWN_SIGNS.get(sign, currency) == currency or (sign == "£" and currency.endswith("P"))


def read_wholes(column: TextColumn, problems: Problems, mark: Mark = None, delimiter: str = ",") -> Numbers:
    """The column as whole numbers; fractions become problems."""
    parsed = read_decimals(column, problems, mark, delimiter)
    fractional = parsed.present & (parsed.values % MILLION != 0)
    for index in np.flatnonzero(fractional):
        problems.refuse(
            int(index),
            column.header,
            f"{shown(column.text(int(index)))} is not a whole number.",
            "Count in the smallest unit that is sold (grams instead of kilograms), so that quantities are whole.",
        )
    return Numbers(parsed.values // MILLION, parsed.present)


def to_minor(millionths: NDArray[np.int64], currency: str) -> NDArray[np.int64]:
    """Millionths of the major unit as minor units, rounded half away from zero.

    >>> to_minor(np.array([19_995_000, -19_995_000]), "CNY").tolist()
    [2000, -2000]
    """
    return divide_half_away(millionths, 10 ** (6 - minor_digits(currency)))


def divide_half_away(values: NDArray[np.int64], divisor: int) -> NDArray[np.int64]:
    """Integer division rounded half away from zero.

    >>> divide_half_away(np.array([5, -5, 14]), 10).tolist()
    [1, -1, 1]
    """
    rounded: NDArray[np.int64] = np.sign(values) * ((np.abs(values) + divisor // 2) // divisor)
    return rounded


def multiply(quantities: NDArray[np.int64], prices: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Quantity times price in millionths, and where the product is too large to hold (4e12 and more)."""
    too_large = np.abs(quantities.astype(np.float64) * prices.astype(np.float64)) > 4e18
    return np.where(too_large, 0, quantities) * np.where(too_large, 0, prices), too_large


def price_array(millionths: NDArray[np.int64], present: NDArray[np.bool_]) -> pa.Array:
    """Millionths as Arrow decimals with six digits, null where absent."""
    words = np.empty((len(millionths), 2), dtype=np.int64)
    words[:, 0] = millionths
    words[:, 1] = millionths >> 63
    full = pa.Array.from_buffers(pa.decimal128(18, 6), len(millionths), [None, pa.py_buffer(words.tobytes())])
    return full if present.all() else pc.if_else(pa.array(present), full, pa.scalar(None, pa.decimal128(18, 6)))


def _read_plain(texts: Sequence[str], values: NDArray[np.int64], pattern: str) -> list[int]:
    """Fill in the texts of the pattern, which Arrow can cast; return the places of the others."""
    if not texts:
        return []
    array = pa.array(texts, pa.string())
    plain = pc.match_substring_regex(array, pattern).to_numpy(zero_copy_only=False)
    chosen = array.filter(pa.array(plain))
    if len(chosen):
        decimals = chosen.cast(pa.decimal128(38, 6))
        values[plain] = np.frombuffer(decimals.buffers()[1], dtype=np.int64)[decimals.offset * 2 :: 2][: len(chosen)]
    return np.flatnonzero(~plain).tolist()


def _normalised(text: str) -> tuple[str, Decimal, bool]:
    """The digits with their separators, a factor, and whether it is negative."""
    body = unicodedata.normalize("NFKC", text).replace("−", "-").replace("–", "-").replace("'", "").replace("’", "")
    body = _SIGNS.sub("", body)
    body = _UNITS.sub("", re.sub(r"[\s\u00a0\u202f]+", "", body))
    negative = False
    if body[:1] == "(" and body[-1:] == ")":
        body, negative = body[1:-1], True
    if body[-1:] == "-":
        body, negative = body[:-1], True
    if body[:1] in ("-", "+"):
        body, negative = body[1:], negative != (body[0] == "-")
    factor = Decimal(1)
    for suffix, worth in (("%", Decimal("0.01")), ("万", Decimal(10_000)), ("萬", Decimal(10_000))):
        if body.endswith(suffix):
            body, factor = body[: -len(suffix)], worth
            break
    return body, factor, negative


def _decimal_mark(bodies: Sequence[str], texts: Sequence[str], header: str, delimiter: str) -> str:
    """Which mark parts the decimals, judged from all texts of the column."""
    comma = any(
        (_GROUPED_DOT.fullmatch(body) and "," in body)
        or (_COMMA_DECIMAL.fullmatch(body) and not _ONE_COMMA.fullmatch(body))
        for body in bodies
    )
    ambiguous = any(_ONE_COMMA.fullmatch(body) for body in bodies)
    if not comma and not ambiguous:
        return "."
    dot = any(_GROUPED_COMMA.fullmatch(body) and ("." in body or body.count(",") > 1) for body in bodies) or any(
        re.fullmatch(r"-?\d+\.(\d{1,2}|\d{4,})", text) for text in texts
    )
    if comma and not dot:
        return ","
    if dot and not comma:
        return "."
    if not comma and delimiter != ";":
        return "."
    raise OperatorError(
        "ambiguous-decimals",
        f"In column {header!r} a comma could part thousands or decimals.",
        'Say which in the map: decimal: "." or decimal: ",".',
    )


def telling_mark(columns: Iterable[TextColumn], delimiter: str) -> Mark:
    """What parts the decimals in the whole file: ``,`` where some column shows it and none shows a dot.

    Raises:
        OperatorError: ``ambiguous-decimals`` if a file parted by semicolons, as where the comma parts decimals, has
            numbers such as 1.200 and nothing that tells what their dot means.
    """
    arrays = {column.header: pa.array(column.texts, pa.string()) for column in columns if column.texts}
    dot = any(pc.any(pc.match_substring_regex(texts, _SHOWS_DOT)).as_py() for texts in arrays.values())
    commas = (texts.filter(pc.match_substring_regex(texts, _MAY_SHOW_COMMA)).to_pylist() for texts in arrays.values())
    comma = any(_shows_comma(_normalised(text)[0]) for texts in commas for text in texts)
    if comma and not dot:
        return ","
    if delimiter == ";" and not comma and not dot:
        for header, texts in arrays.items():
            if pc.any(pc.match_substring_regex(texts, _ONE_DOT)).as_py():
                raise OperatorError(
                    "ambiguous-decimals",
                    f"In column {header!r} a dot could part thousands or decimals.",
                    'Say which in the map: decimal: "." or decimal: ",".',
                )
    return None


def _shows_comma(body: str) -> bool:
    grouped = _GROUPED_DOT.fullmatch(body) and ("," in body or body.count(".") > 1)
    return bool(grouped or (_COMMA_DECIMAL.fullmatch(body) and not _ONE_COMMA.fullmatch(body)))


def without_nothings(column: TextColumn) -> TextColumn:
    """The column with words that say "nothing here" (such as - or N/A) as empty cells."""
    words = nothings()
    if not any(text.casefold() in words for text in column.texts):
        return column
    kept = [text for text in column.texts if text.casefold() not in words]
    places = {text: place for place, text in enumerate(kept)}
    moved = np.array([*(places.get(text, -1) for text in column.texts), -1], dtype=np.int64)
    return TextColumn(column.header, moved[column.codes], tuple(kept))


def _decimal(body: str, mark: str) -> Decimal:
    if mark == ",":
        if _GROUPED_DOT.fullmatch(body):
            body = body.replace(".", "")
        return Decimal(_checked(body.replace(",", ".", 1)))
    if _GROUPED_COMMA.fullmatch(body):
        body = body.replace(",", "")
    return Decimal(_checked(body))


def _checked(body: str) -> str:
    if not body.isascii() or not _DOT_DECIMAL.fullmatch(body):
        raise ValueError(body)
    return body
