"""What the books keep beside the orders: what each is made of, which days are closed, and whether the books agree."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from yunying.portal.shop.models.catalogue import Shop
from yunying.portal.shop.models.orders import Order, OrderLine


class OrderPart(models.Model):
    """What an order is made of as it was placed: stocked items and postage, whose amounts sum to the order's total."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="parts")
    order_line = models.ForeignKey(OrderLine, null=True, on_delete=models.CASCADE, related_name="parts")
    line = models.CharField(max_length=20)
    kind = models.CharField(max_length=10)
    product = models.CharField(max_length=60)
    quantity = models.PositiveIntegerField()
    goods_minor = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    unit_cost_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "line"], name="shop_order_part_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="shop_part_has_units"),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("amount_minor")),
                name="shop_part_not_refunded_above_its_amount",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}/{self.line}: {self.quantity} x {self.product}"


class ClosedDay(models.Model):
    """A day of the shop whose closing stock was told, once."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+")
    date = models.DateField()
    closed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["shop", "date"], name="shop_day_closes_once")]

    def __str__(self) -> str:
        return f"{self.shop_id}: {self.date}"


class BooksHold(models.Model):
    """While it is open, nothing that moves money is done in the shop: its books do not agree."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+")
    problems = models.JSONField()
    begun_at = models.DateTimeField()
    checked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["shop"], condition=Q(ended_at=None), name="shop_one_open_hold"),
        ]

    def __str__(self) -> str:
        return f"{self.shop_id}: {len(self.problems)} problems"
