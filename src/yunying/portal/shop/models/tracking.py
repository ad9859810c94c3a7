"""What tracking keeps beside the facts."""

from typing import ClassVar

from django.db import models

from yunying.portal.shop.models.catalogue import Shop
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


class BotCount(models.Model):
    """How often a program looked at a shop on a day."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+")
    date = models.DateField()
    name = models.CharField(max_length=120)
    count = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["shop", "date", "name"], name="shop_bot_day_once")]

    def __str__(self) -> str:
        return f"{self.name}: {self.count}"


class EventCount(models.Model):
    """How many events came from one address in a minute; older minutes are deleted."""

    key = models.CharField(max_length=32)
    minute = models.DateTimeField()
    count = models.IntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["key", "minute"], name="shop_event_minute_once")]

    def __str__(self) -> str:
        return f"{self.minute}: {self.count}"
