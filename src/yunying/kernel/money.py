"""Money: unit prices are decimals, amounts are integer minor units of one currency."""

from decimal import ROUND_HALF_UP, Decimal

from yunying.kernel.errors import OperatorError

# ISO 4217: the currencies whose minor unit is not a hundredth. Everything else has two digits.
_MINOR_DIGITS = {
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0,
    "UGX": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
    "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
}  # fmt: skip


def currency_check(currency: str) -> str:
    """Return the code in upper case, or raise OperatorError if it is not three Latin letters (ISO 4217).

    >>> currency_check("cny")
    'CNY'
    """
    code = currency.strip().upper()
    if len(code) != 3 or not code.isascii() or not code.isalpha():
        raise OperatorError(
            "bad-currency",
            f"{currency!r} is not a currency code.",
            "Give three letters such as CNY, USD or EUR.",
        )
    return code


def minor_digits(currency: str) -> int:
    """How many decimal digits the currency's minor unit has (0, 2 or 3; ISO 4217).

    >>> minor_digits("CNY"), minor_digits("JPY"), minor_digits("KWD")
    (2, 0, 3)
    """
    return _MINOR_DIGITS.get(currency_check(currency), 2)


def to_minor(amount: Decimal, currency: str) -> int:
    """Round an amount in major units, half away from zero, to integer minor units.

    >>> to_minor(Decimal("19.995"), "CNY"), to_minor(Decimal("-19.995"), "CNY"), to_minor(Decimal("7"), "JPY")
    (2000, -2000, 7)
    """
    scaled = amount.scaleb(minor_digits(currency))
    return int(scaled.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def to_major(amount_minor: int, currency: str) -> Decimal:
    """Write integer minor units as a decimal in major units, exactly.

    >>> to_major(2000, "CNY")
    Decimal('20.00')
    """
    return Decimal(amount_minor).scaleb(-minor_digits(currency))
