"""Slots of the shop's pages, and from which probabilities their items are drawn."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yunying.portal.shop.models.catalogue import Product, Shop


class SlotPlan(models.Model):
    """What a slot is drawn from, from a moment on; the newest that was not taken away holds."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+")
    slot = models.SlugField(max_length=40)
    name = models.CharField(max_length=64)
    explore_rate = models.FloatField(default=0.0)
    set_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(explore_rate__gte=0, explore_rate__lte=1), name="shop_explore_is_a_share"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["shop", "slot", "-id"], name="shop_slot_plans")]

    def __str__(self) -> str:
        return f"{self.slot}: {self.name}"


class SlotChance(models.Model):
    """A product's weight in a plan; its chance in the first place is its share of all weights."""

    plan = models.ForeignKey(SlotPlan, on_delete=models.CASCADE, related_name="chances")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    weight = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "product"], name="shop_slot_chance_once"),
            models.CheckConstraint(condition=Q(weight__gt=0), name="shop_slot_weight_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id}: {self.product_id} {self.weight}"
