"""What the API keeps: answers under their idempotency keys, and how often each caller called."""

from typing import ClassVar

from django.db import models


class KeptAnswer(models.Model):
    """The answer to a request that came with a key; ``status`` is None only within the transaction that makes it."""

    token = models.BigIntegerField()
    key = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    status = models.IntegerField(null=True)
    body = models.TextField(blank=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["token", "key"], name="one_answer_per_key_of_a_token"),
        ]
        indexes: ClassVar = [models.Index(fields=["made_at"], name="answers_by_age")]

    def __str__(self) -> str:
        return f"{self.token} {self.key}: {self.status}"


class CallCount(models.Model):
    """How often a token, or an address, called in one window."""

    caller = models.CharField(max_length=80)
    window = models.BigIntegerField()
    count = models.IntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["caller", "window"], name="one_count_per_caller_and_window"),
        ]
        indexes: ClassVar = [models.Index(fields=["window"], name="counts_by_age")]

    def __str__(self) -> str:
        return f"{self.caller} {self.window}: {self.count}"
