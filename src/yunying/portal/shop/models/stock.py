"""How much there is, what is held for whom, and why it changed."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from yunying.portal.shop.models.catalogue import Variant


class Stock(models.Model):
    """A variant's stock. Only conditional updates touch the counters."""

    variant = models.OneToOneField(Variant, on_delete=models.PROTECT, primary_key=True, related_name="stock")
    on_hand = models.BigIntegerField(default=0)
    reserved = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(on_hand__gte=0), name="shop_stock_not_negative"),
            models.CheckConstraint(
                condition=Q(reserved__gte=0, reserved__lte=F("on_hand")), name="shop_no_more_reserved_than_there_is"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.variant_id}: {self.on_hand} ({self.reserved} reserved)"


class StockMovement(models.Model):
    """One change of what is on hand; its reason and reference happen once for a variant."""

    REASONS = (
        "receipt",
        "receipt-undone",
        "sale",
        "cancellation",
        "return",
        "count",
        "found",
        "lost",
        "damaged",
        "own-use",
        "correction",
    )

    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="movements")
    change = models.BigIntegerField()
    reason = models.CharField(max_length=20)
    reference = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["variant", "reason", "reference"], name="shop_movement_once"),
            models.CheckConstraint(condition=~Q(change=0), name="shop_movement_moves"),
        ]

    def __str__(self) -> str:
        return f"{self.variant_id}: {self.change} ({self.reason} {self.reference})"


class Reservation(models.Model):
    """What is held for an order until it is paid, fails, or the time is over."""

    STATES = ("held", "claimed", "released")

    order = models.OneToOneField("shop.Order", on_delete=models.PROTECT, related_name="reservation")
    state = models.CharField(max_length=10, default="held")
    expires_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "expires_at"], name="shop_reservations_to_end")]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.state}"


class ReservationLine(models.Model):
    """One stocked item of a reservation, summed over the lines and bundles that need it."""

    reservation = models.ForeignKey(Reservation, on_delete=models.CASCADE, related_name="lines")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["reservation", "variant"], name="shop_reserved_item_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="shop_reserved_quantity"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.variant_id}"
