"""Bank transfer: the buyer sends the money with our reference; whoever reads the statements reports its lines."""

from datetime import timedelta

from yunying.portal.shop.providers.contract import ByHand, Due, Start


class BankTransfer(ByHand):
    """Slow and by hand: the stock is held for three days, a refund is a transfer that a person makes."""

    slug = "bank-transfer"
    hold = timedelta(days=3)
    accepts_unpaid = False

    def start(self, due: Due) -> Start:
        return Start(transfer_words=due.reference)
