"""How numbers and money are written for people."""

from decimal import ROUND_HALF_UP, Decimal

from yunying.kernel.money import minor_digits

MINUS, NOTHING = "\u2212", "\u2014"
WAN = Decimal(10_000)
_SIGNS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "KRW": "₩", "INR": "₹"}


def grouped(value: Decimal, digits: int) -> str:
    """A number with thousands separators and a real minus, rounded half away from zero.

    >>> grouped(Decimal("-1234.5"), 2), grouped(Decimal("999"), 0)
    ('−1,234.50', '999')
    """
    rounded = abs(value).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    text = f"{rounded:,.{digits}f}"
    is_zero = not any(digit in text for digit in "123456789")
    return text if value >= 0 or is_zero else MINUS + text


def money(amount_minor: int | None, currency: str, *, is_short: bool = False, is_chinese: bool = False) -> str:
    """An amount in major units with its currency.

    Short drops the minor digits from a hundred up, and Chinese counts large amounts in 万.

    >>> money(123456, "CNY"), money(-5, "USD"), money(123456, "CHF"), money(1234, "JPY")
    ('¥1,234.56', '−$0.05', 'CHF\u00a01,234.56', 'JPY\u00a01,234')
    >>> money(123456, "CNY", is_short=True), money(123456789, "CNY", is_short=True, is_chinese=True)
    ('¥1,235', '¥123.46万')
    """
    if amount_minor is None:
        return NOTHING
    digits = minor_digits(currency)
    value = Decimal(amount_minor).scaleb(-digits)
    suffix = ""
    if is_short and is_chinese and abs(value) >= 10 * WAN:
        value, digits, suffix = value / WAN, 2, "万"
    elif is_short and abs(value) >= 100:
        digits = 0
    sign = _SIGNS.get(currency, f"{currency}\u00a0")
    text = grouped(value, digits)
    return f"{MINUS}{sign}{text[1:]}{suffix}" if text.startswith(MINUS) else f"{sign}{text}{suffix}"
