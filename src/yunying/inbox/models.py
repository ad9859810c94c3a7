"""What the post keeps. Only this package imports these models."""

from typing import ClassVar

from django.db import models


class InboxHead(models.Model):
    """A store's last batch number; whoever numbers rows locks it."""

    store = models.CharField(max_length=63, unique=True)
    number = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.store}: {self.number}"


class InboxId(models.Model):
    """An id that was received for a fact table; it outlives the row, so that a repeat is known as one."""

    store = models.CharField(max_length=63)
    table = models.CharField(max_length=40)
    identity = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    receipt = models.CharField(max_length=32)
    received_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "table", "identity"], name="an_id_is_received_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["received_at"], name="ids_by_age")]

    def __str__(self) -> str:
        return f"{self.store} {self.table} {self.identity}"


class InboxRow(models.Model):
    """A row that waits; ``number`` is the batch it was taken into, written before the batch is."""

    store = models.CharField(max_length=63)
    table = models.CharField(max_length=40)
    content = models.JSONField()
    received_at = models.DateTimeField()
    number = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["store", "number", "id"], name="rows_to_publish")]

    def __str__(self) -> str:
        return f"{self.store} {self.table} {self.pk}"


class InboxTrouble(models.Model):
    """A row that did not become a fact: another content under a known id, or refused at the door."""

    KINDS = ("conflict", "refused")

    store = models.CharField(max_length=63)
    table = models.CharField(max_length=40)
    kind = models.CharField(max_length=10)
    identity = models.CharField(max_length=120, blank=True)
    content = models.JSONField()
    what = models.CharField(max_length=500)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["store", "-id"], name="newest_troubles")]

    def __str__(self) -> str:
        return f"{self.store} {self.table}: {self.what}"


class Endpoint(models.Model):
    """An address of another program that is told what happens in a store. Its secret is derived, never kept."""

    store = models.CharField(max_length=63)
    url = models.CharField(max_length=500)
    events = models.JSONField()
    salt = models.CharField(max_length=32)
    made_by = models.BigIntegerField()
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["store", "ended_at"], name="endpoints_of_a_store")]

    def __str__(self) -> str:
        return f"{self.store} {self.url}"


class Delivery(models.Model):
    """One notice on its way to one endpoint: sent again until it is taken or three days are over."""

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="deliveries")
    step = models.BigIntegerField()
    key = models.CharField(max_length=36, unique=True)
    event = models.CharField(max_length=20)
    body = models.TextField()
    state = models.CharField(max_length=10, default="waiting")
    attempts = models.IntegerField(default=0)
    not_before = models.DateTimeField()
    status = models.IntegerField(null=True)
    error = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["endpoint", "step"], name="a_step_is_told_once_to_an_endpoint"),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "not_before", "id"], name="deliveries_to_do")]

    def __str__(self) -> str:
        return f"{self.key}: {self.state}"
