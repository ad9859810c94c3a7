"""The log and its heads: one chain per store."""

from typing import ClassVar

from django.db import models


class AuditHead(models.Model):
    """The newest link of a store's chain; writers lock it, so that links stand in one order."""

    store = models.CharField(max_length=63, unique=True)
    count = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, default="")

    def __str__(self) -> str:
        return f"{self.store}: {self.count}"


class AuditEntry(models.Model):
    """One change: never altered, never deleted."""

    store = models.CharField(max_length=63)
    number = models.BigIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=120)
    reason = models.TextField(blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    previous_digest = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "number"], name="one_link_per_number_of_a_chain"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["store", "subject", "number"], name="audit_of_a_subject"),
            models.Index(fields=["store", "actor", "number"], name="audit_of_a_person"),
            models.Index(fields=["store", "action", "number"], name="audit_of_an_action"),
        ]

    def __str__(self) -> str:
        return f"{self.store} {self.number}: {self.actor} {self.action} {self.subject}"
