"""Cash on delivery: shipped unpaid; the courier reports what it collected."""

from collections.abc import Sequence
from datetime import timedelta

from yunying.portal.shop.providers.contract import Due, Notice, Start, notices_read


class CashOnDelivery:
    """Nothing is to do for the buyer before the parcel comes; a refund is a transfer that a person makes."""

    slug = "cash-on-delivery"
    hold = timedelta(days=1)
    accepts_unpaid = True

    def start(self, due: Due) -> Start:
        return Start()

    def read(self, body: bytes, signature: str) -> Sequence[Notice]:
        return notices_read(self.slug, body, signature)

    def known(self, reference: str) -> Sequence[Notice]:
        """Nothing: couriers report, they are not asked."""
        return ()

    def refund(self, charge: str, amount_minor: int, currency: str, *, key: str) -> str:
        return "asked"
