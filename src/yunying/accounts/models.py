"""The one user model, and the map from a shop's customers to the random keys that facts use."""

from typing import ClassVar

from django.conf import settings
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


class ApiToken(models.Model):
    """A program's way in, on behalf of one person; of the secret only its digest is kept.

    Empty ``stores`` and ``deeds`` are no limit beside the person's own.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    title = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    stores = models.JSONField(default=list)
    deeds = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.prefix}: {self.title}"
