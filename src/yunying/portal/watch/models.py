"""What the watch keeps: a seal of each thing that was published, and incidents."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

STATES = ("opened", "confirmed", "closed")
CLOSINGS = ("ours", "restored", "taken-down", "passed")


class Seal(models.Model):
    """What a thing was when it was published, with a code that only this site can make.

    A thing that was taken away by its editors keeps an empty seal, so that the removal of a seal itself is found.
    """

    subject = models.CharField(max_length=200, unique=True)
    content = models.JSONField(default=dict)
    number = models.PositiveBigIntegerField(default=1)
    code = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.subject} {self.number}"


class Look(models.Model):
    """When the page of an address was last fetched and compared."""

    path = models.CharField(max_length=500, unique=True)
    looked_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.path}: {self.looked_at}"


class Incident(models.Model):
    """Something that is shown and was not published: where, what was expected, what was seen, and what became of it."""

    subject = models.CharField(max_length=200)
    kind = models.CharField(max_length=30)
    address = models.CharField(max_length=500, blank=True)
    readers = models.CharField(max_length=200, blank=True)
    expected = models.TextField(blank=True)
    seen = models.TextField(blank=True)
    state = models.CharField(max_length=10, default="opened")
    opened_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=150, blank=True)
    closing = models.CharField(max_length=20, blank=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=STATES), name="watch_known_state"),
            models.CheckConstraint(condition=Q(closing__in=["", *CLOSINGS]), name="watch_known_closing"),
            models.UniqueConstraint(
                fields=["subject", "kind"], condition=~Q(state="closed"), name="watch_one_open_of_a_kind"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "-opened_at"], name="watch_newest")]

    def __str__(self) -> str:
        return f"{self.subject} {self.kind}: {self.state}"
