"""What was applied from outside, and the messages that the shop sends."""

from typing import ClassVar

from django.db import models

from yunying.portal.shop.models.catalogue import Shop


class AppliedCommand(models.Model):
    """A command that was applied once for its key, with what is needed to undo it."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=64)
    kind = models.CharField(max_length=30)
    params = models.JSONField()
    result = models.JSONField(default=dict)
    what = models.CharField(max_length=300)
    applied_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["shop", "key"], name="shop_command_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Message(models.Model):
    """A mail on its way to a buyer; it can be taken back until it is sent."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+")
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    about = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=10, default="waiting")
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "id"], name="shop_messages_to_send")]

    def __str__(self) -> str:
        return f"{self.to}: {self.state}"
