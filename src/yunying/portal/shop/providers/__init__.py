"""The payment providers that there are, and those that a shop offers."""

from django.conf import settings

from yunying.kernel.errors import OperatorError
from yunying.portal.shop.providers.bank_transfer import BankTransfer
from yunying.portal.shop.providers.cash_on_delivery import CashOnDelivery
from yunying.portal.shop.providers.contract import Provider
from yunying.portal.shop.providers.gateway_simulator import GatewaySimulator

PROVIDERS: dict[str, Provider] = {
    each.slug: each for each in (BankTransfer(), CashOnDelivery(), GatewaySimulator())
}  # fmt: skip


def provider_of(slug: str) -> Provider:
    """The provider of a name."""
    if slug not in PROVIDERS:
        raise OperatorError("no-provider", "There is no such way to pay.", "Choose another one.")
    return PROVIDERS[slug]


def providers_offered() -> list[str]:
    """The ways to pay that this installation offers, as its settings name them."""
    return [slug for slug in settings.SHOP_PAYMENTS if slug in PROVIDERS]


def provider_offered(slug: str) -> Provider:
    """The provider of a name, if new orders may be paid through it."""
    return provider_of(slug if slug in providers_offered() else "")
