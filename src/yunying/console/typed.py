"""Amounts and days as people type them."""

from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from yunying.kernel.errors import OperatorError
from yunying.kernel.money import minor_digits


def amount_typed(text: str, currency: str) -> int:
    """An amount in major units as minor units, exactly.

    Raises:
        OperatorError: it is none, or has more digits than the currency.
    """
    try:
        exact = Decimal(text.strip().replace(",", "")).scaleb(minor_digits(currency))
    except InvalidOperation as error:
        raise OperatorError("bad-amount", _("That is no amount."), _("Give an amount such as 1200.50.")) from error
    if not exact.is_finite() or exact != exact.to_integral_value() or not 0 <= exact <= 10**15:
        raise OperatorError("bad-amount", _("That is no amount."), _("Give an amount such as 1200.50."))
    return int(exact)


def day_typed(text: str) -> date:
    """A day.

    Raises:
        OperatorError: it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise OperatorError("bad-day", _("No day was given."), _("Give a day such as 2026-06-18.")) from error
