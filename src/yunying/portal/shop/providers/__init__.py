"""The payment providers that there are."""

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
