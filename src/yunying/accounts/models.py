"""The one user model, and the map from a shop's customers to the random keys that facts use."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """Everybody who signs in. It exists from the first migration, because Django cannot change it later."""

    class Meta(AbstractUser.Meta):
        pass


class MemberKey(models.Model):
    """One customer of one store and the random key under which facts know him; deleting the row forgets him."""

    store = models.CharField(max_length=63)
    shop_id = models.CharField(max_length=255)
    key = models.CharField(max_length=24, unique=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "shop_id"], name="one_key_per_customer_of_a_store"),
            models.CheckConstraint(condition=~models.Q(shop_id=""), name="a_customer_has_an_id"),
        ]

    def __str__(self) -> str:
        return f"{self.store}: {self.key}"
