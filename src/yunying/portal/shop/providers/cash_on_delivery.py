"""Cash on delivery: shipped unpaid; the courier reports what it collected."""

from datetime import timedelta

from yunying.portal.shop.providers.contract import ByHand, Due, Start


class CashOnDelivery(ByHand):
    """Nothing is to do for the buyer before the parcel comes; a refund is a transfer that a person makes."""

    slug = "cash-on-delivery"
    hold = timedelta(days=1)
    accepts_unpaid = True

    def start(self, due: Due) -> Start:
        return Start()
