"""Bank transfer: the buyer sends the money with our reference; whoever reads the statements reports its lines."""

from collections.abc import Sequence
from datetime import timedelta

from yunying.portal.shop.providers.contract import Due, Notice, Start, notices_read


class BankTransfer:
    """Slow and by hand: the stock is held for three days, a refund is a transfer that a person makes."""

    slug = "bank-transfer"
    hold = timedelta(days=3)
    accepts_unpaid = False

    def start(self, due: Due) -> Start:
        return Start(transfer_words=due.reference)

    def read(self, body: bytes, signature: str) -> Sequence[Notice]:
        return notices_read(self.slug, body, signature)

    def known(self, reference: str) -> Sequence[Notice]:
        """Nothing: a bank is not asked, its statements are read."""
        return ()

    def refund(self, charge: str, amount_minor: int, currency: str, *, key: str) -> str:
        return "asked"
