"""What the shop ordered from its suppliers, and how much of it has come."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from yunying.portal.shop.models.catalogue import Shop, Variant


class PurchaseOrder(models.Model):
    """Goods that are on their way from a supplier; its number is the one that the facts name."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=60)
    supplier = models.CharField(max_length=100, blank=True)
    promised_date = models.DateField(null=True)
    ordered_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["shop", "number"], name="shop_purchase_once")]

    def __str__(self) -> str:
        return self.number


class PurchaseOrderLine(models.Model):
    """One line: what was ordered, what came, and what will not come any more."""

    purchase = models.ForeignKey(PurchaseOrder, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()
    unit_cost = models.DecimalField(max_digits=18, decimal_places=6)
    received = models.PositiveIntegerField(default=0)
    cancelled = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["purchase", "position"], name="shop_purchase_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0, unit_cost__gte=0), name="shop_purchase_has_quantity"),
            models.CheckConstraint(
                condition=Q(received__lte=F("quantity") - F("cancelled")), name="shop_no_more_received_than_ordered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purchase_id}/{self.position}: {self.received} of {self.quantity}"
