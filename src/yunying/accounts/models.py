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


class GuessCount(models.Model):
    """How many times in a row one account, address, device or code was guessed, and until when it has to wait."""

    key = models.CharField(max_length=64, unique=True)
    count = models.IntegerField(default=0)
    blocked_until = models.DateTimeField()
    last_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.key[:8]}: {self.count}"


class DeskSession(models.Model):
    """One browser that a person is signed in with."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    agent = models.CharField(max_length=300, blank=True)
    address = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["person", "ended_at"], name="sessions_of_a_person")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.agent}"


class SecondFactor(models.Model):
    """A person's secret for codes by time (RFC 6238); it counts once a first code has proved it."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="second_factor")
    secret = models.CharField(max_length=64)
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=-1)

    def __str__(self) -> str:
        return f"second factor of {self.person_id}"


class RecoveryCode(models.Model):
    """A code that takes the place of the second factor once; only its digest is kept."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "digest"], name="one_code_of_a_digest")]

    def __str__(self) -> str:
        return f"recovery code of {self.person_id}"


class FactorRule(models.Model):
    """A place or role whose people need a second factor, such as ``company/acme`` or ``role/coo``."""

    subject = models.CharField(max_length=100, unique=True)

    def __str__(self) -> str:
        return self.subject


class Invitation(models.Model):
    """An invitation of one e-mail address to one role; taken once, and only while it holds."""

    email = models.EmailField()
    grant = models.JSONField()
    digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(taken_at__isnull=True) | models.Q(revoked_at__isnull=True),
                name="what_was_revoked_is_not_taken",
            ),
        ]

    def __str__(self) -> str:
        return self.email


class ExternalIdentity(models.Model):
    """Who a person is at an identity provider: the subject that it verified when an invitation was taken."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    issuer = models.CharField(max_length=200)
    subject = models.CharField(max_length=255)
    linked_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="one_person_per_subject"),
            models.CheckConstraint(condition=~models.Q(subject=""), name="a_subject_is_named"),
        ]

    def __str__(self) -> str:
        return f"{self.issuer} {self.subject}"
