"""Counting what is there."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yunying.portal.shop.models.catalogue import Shop, Variant


class StockTake(models.Model):
    """A count of some variants; it is booked once."""

    STATES = ("open", "booked", "dropped")

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="stock_takes")
    title = models.CharField(max_length=100)
    state = models.CharField(max_length=10, default="open")
    begun_by = models.CharField(max_length=150)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.title}: {self.state}"


class StockTakeLine(models.Model):
    """A variant of the sheet: what was on hand when it was counted, and how many were found."""

    take = models.ForeignKey(StockTake, on_delete=models.CASCADE, related_name="lines")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="+")
    expected = models.BigIntegerField(null=True)
    counted = models.PositiveIntegerField(null=True)
    counted_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["take", "variant"], name="shop_counted_variant_once"),
            models.CheckConstraint(
                condition=Q(expected=None, counted=None) | Q(expected__isnull=False, counted__isnull=False),
                name="shop_counted_against_what_was_there",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.variant_id}: {self.counted}"
