"""What tracking keeps beside the facts."""

from django.db import models

from yunying.portal.shop.models.orders import Basket


class BasketVisit(models.Model):
    """The visit in which a basket was filled, of a visitor who agreed to be counted."""

    basket = models.OneToOneField(Basket, on_delete=models.CASCADE, related_name="visit")
    visitor = models.CharField(max_length=32)
    session = models.CharField(max_length=32)
    channel = models.CharField(max_length=60, blank=True)
    campaign = models.CharField(max_length=60, blank=True)

    def __str__(self) -> str:
        return f"basket {self.basket_id}: {self.session}"
