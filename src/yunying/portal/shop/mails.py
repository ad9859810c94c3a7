"""The mails that orders send by themselves, in the language that the order was placed in."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from yunying.kernel.amount_text import money
from yunying.portal.shop.models import Message, Order


def order_mail(order: Order, kind: str, now: datetime, amount_minor: int = 0) -> None:
    """Let a mail about an order wait to be sent, in the caller's transaction; nothing where no address was given."""
    if not order.address.email:
        return
    with translation.override(order.language):
        subject, words = _words(order, kind, amount_minor)
        body = "\n\n".join(each for each in (words, _link(order), order.shop.title) if each)
    Message.objects.create(
        shop=order.shop, to=order.address.email, subject=subject, body=body, about=f"{kind}-{order.number}",
        made_at=now,
    )  # fmt: skip


def _words(order: Order, kind: str, amount_minor: int) -> tuple[str, str]:
    known = {
        "number": order.number, "total": money(order.total_minor, order.currency),
        "amount": money(amount_minor, order.currency), "carrier": order.carrier, "tracking": order.tracking,
    }  # fmt: skip
    if kind == "placed":
        subject = _("Your order %(number)s") % known
        return subject, _("We have your order %(number)s. It comes to %(total)s.") % known
    if kind == "paid":
        subject = _("Order %(number)s is paid") % known
        return subject, _("We have your %(total)s for order %(number)s. It will be shipped soon.") % known
    if kind == "shipped":
        subject = _("Order %(number)s is on its way") % known
        return subject, _("Order %(number)s is on its way. %(carrier)s %(tracking)s") % known
    subject = _("A refund for order %(number)s") % known
    return subject, _("We sent %(amount)s back to you for order %(number)s.") % known


def _link(order: Order) -> str:
    """The order's page, where the site knows its own address."""
    path = reverse("shop:order", args=[order.shop.slug, order.token])
    return f"{settings.SHOP_ADDRESS}{path}" if settings.SHOP_ADDRESS else ""
