"""How the ways to pay are called on a page."""

from django.utils.translation import gettext_lazy as _

from yunying.portal.shop.providers import providers_offered

PAYMENT_NAMES = {
    "gateway-simulator": _("Online payment (simulated)"),
    "bank-transfer": _("Bank transfer"),
    "cash-on-delivery": _("Cash on delivery"),
}


def payment_choices() -> list[tuple[str, str]]:
    """The ways to pay that are offered, with their names."""
    return [(slug, PAYMENT_NAMES[slug]) for slug in providers_offered()]
