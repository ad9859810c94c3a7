"""The words of states, reasons and steps, and amounts as a form takes them."""

from decimal import Decimal

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from yunying.kernel.money import to_major

register = template.Library()
WORDS = {
    "to-ship": gettext_noop("To be shipped"), "to-pay": gettext_noop("To be paid"),
    "returns": gettext_noop("With returns"), "placed": gettext_noop("Placed"), "accepted": gettext_noop("Accepted"),
    "paid": gettext_noop("Paid"), "shipped": gettext_noop("Shipped"), "delivered": gettext_noop("Delivered"),
    "cancelled": gettext_noop("Cancelled"), "asked": gettext_noop("Asked for"), "approved": gettext_noop("Approved"),
    "received": gettext_noop("Received"), "refused": gettext_noop("Refused"), "begun": gettext_noop("Begun"),
    "failed": gettext_noop("Failed"), "done": gettext_noop("Sent"), "refund-done": gettext_noop("Refund sent"),
    "refund-failed": gettext_noop("Refund failed"), "return-asked": gettext_noop("Return asked for"),
    "return-received": gettext_noop("Return received"), "open": gettext_noop("Open"),
    "answered": gettext_noop("Answered"), "closed": gettext_noop("Closed"), "waiting": gettext_noop("Waiting"),
    "shown": gettext_noop("Shown"), "hidden": gettext_noop("Hidden"), "booked": gettext_noop("Booked"),
    "dropped": gettext_noop("Given up"), "sent": gettext_noop("Sent"), "sending": gettext_noop("Being sent"),
    "withdrawn": gettext_noop("Taken back"), "receipt": gettext_noop("Receipt"),
    "receipt-undone": gettext_noop("Receipt taken back"), "sale": gettext_noop("Sale"),
    "cancellation": gettext_noop("Cancellation"), "return": gettext_noop("Return"), "count": gettext_noop("Count"),
    "found": gettext_noop("Found"), "lost": gettext_noop("Lost"), "damaged": gettext_noop("Damaged"),
    "own-use": gettext_noop("Own use"), "correction": gettext_noop("Correction"),
    "wrong-amount": gettext_noop("Another amount than was due"), "too-late": gettext_noop("Too late"),
    "charged-twice": gettext_noop("Charged twice"), "unknown-reference": gettext_noop("Nobody knows the reference"),
    "buyer": gettext_noop("by the buyer"), "shop": gettext_noop("by the shop"),
    "expired": gettext_noop("not paid in time"), "payment-failed": gettext_noop("the payment failed"),
    "refused-at-the-door": gettext_noop("refused at the door"),
}  # fmt: skip


@register.filter
def worded(code: str) -> str:
    """A state, reason or step in the reader's language; what is no such word stays as it was written."""
    return _(WORDS[code]) if code in WORDS else code


@register.filter
def plain(amount_minor: int | None, currency: str) -> Decimal | str:
    """An amount as a form's field holds it."""
    return "" if amount_minor is None else to_major(amount_minor, currency)


@register.filter
def percent(rate: Decimal) -> str:
    """A share in percent."""
    return f"{(Decimal(rate) * 100).normalize():f}"


@register.filter
def at(mapping: dict[object, object], key: object) -> object:
    """A value by its key."""
    return mapping.get(key, "")


@register.simple_tag
def refusal_text(text: str) -> str:
    """What a service says of a row, in the reader's language."""
    return _(text)
