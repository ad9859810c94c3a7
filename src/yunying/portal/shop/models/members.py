"""Whoever buys with an account: the address that is proven, where things go, what is kept in mind."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from yunying.portal.shop.models.catalogue import Product, Shop

PERSON = settings.AUTH_USER_MODEL


class Member(models.Model):
    """A shopper with an account; the e-mail address is one that a link sent to it has proven, or none."""

    person = models.OneToOneField(PERSON, on_delete=models.CASCADE, related_name="+")
    email = models.EmailField(null=True, unique=True)
    proven_at = models.DateTimeField(null=True)
    joined_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"member {self.person_id}"


class SavedAddress(models.Model):
    """An address of a member's book."""

    person = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=100)
    phone = models.CharField(max_length=40)
    email = models.EmailField(blank=True)
    country = models.CharField(max_length=2)
    region = models.CharField(max_length=100, blank=True)
    city = models.CharField(max_length=100)
    district = models.CharField(max_length=100, blank=True)
    street = models.CharField(max_length=300)
    postcode = models.CharField(max_length=20, blank=True)

    def __str__(self) -> str:
        return f"{self.name}, {self.city}"


class Favourite(models.Model):
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="+")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    kept_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "product"], name="shop_favourite_once")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.product_id}"
