"""Money that came in, went back, or cannot be matched to an order."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yunying.portal.shop.models.orders import Order, OrderLine


class Payment(models.Model):
    """One try to pay an order; our reference is made before the provider is called, so an early notice finds it."""

    STATES = ("begun", "paid", "failed")

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    provider = models.CharField(max_length=30)
    reference = models.CharField(max_length=40, unique=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=10, default="begun")
    charge = models.CharField(max_length=80, blank=True)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(state__in=("begun", "paid")), name="shop_one_payment_counts"
            ),
            models.UniqueConstraint(
                fields=["provider", "charge"], condition=~Q(charge=""), name="shop_charge_pays_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference}: {self.state}"


class PaymentNotice(models.Model):
    """What a provider told us, once, and what came of it."""

    provider = models.CharField(max_length=30)
    identity = models.CharField(max_length=120)
    reference = models.CharField(max_length=40)
    kind = models.CharField(max_length=10)
    charge = models.CharField(max_length=80, blank=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    received_at = models.DateTimeField()
    outcome = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "identity"], name="shop_notice_counts_once"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.identity}: {self.outcome}"


class MoneyToReturn(models.Model):
    """Money that was taken and pays no order: whoever keeps the books sends it back."""

    REASONS = ("wrong-amount", "too-late", "charged-twice", "unknown-reference")

    provider = models.CharField(max_length=30)
    charge = models.CharField(max_length=80)
    reference = models.CharField(max_length=40)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=20)
    noticed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "charge"], name="shop_charge_goes_back_once"),
        ]

    def __str__(self) -> str:
        return f"{self.charge}: {self.reason}"


class Refund(models.Model):
    """Money on its way back; taken off what may be refunded before the provider is called."""

    STATES = ("asked", "done", "failed")

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    key = models.CharField(max_length=64, unique=True)
    amount_minor = models.BigIntegerField()
    shipping_minor = models.BigIntegerField(default=0)
    state = models.CharField(max_length=10, default="asked")
    reason = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(amount_minor__gt=0), name="shop_refund_above_zero")]
        indexes: ClassVar = [models.Index(fields=["state", "asked_at"], name="shop_refunds_to_do")]

    def __str__(self) -> str:
        return f"{self.key}: {self.state}"


class RefundLine(models.Model):
    """What part of a refund is for which line; a refund that fails gives it back to the line."""

    refund = models.ForeignKey(Refund, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["refund", "line"], name="shop_refund_line_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="shop_refund_line_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} for {self.line_id}"


class SimulatedCharge(models.Model):
    """The books of the simulated gateway, which is a system of its own: it never reads the shop's rows."""

    reference = models.CharField(max_length=40, unique=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=10, default="open")
    charges = models.JSONField(default=list)
    refunds = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.reference}: {self.state}"
