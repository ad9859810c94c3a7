"""Tasks, comments and mentions. Only this package imports these models."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

PERSON = settings.AUTH_USER_MODEL
ABOUT = "interventions.Intervention"


class Task(models.Model):
    """Something that one person is to do, given by another; ``revision`` counts its changes."""

    STATES = ("open", "done")

    store = models.CharField(max_length=63)
    intervention = models.ForeignKey(ABOUT, null=True, on_delete=models.CASCADE, related_name="+")
    title = models.CharField(max_length=200)
    owner = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    giver = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    due_date = models.DateField(null=True)
    state = models.CharField(max_length=10, default="open")
    note = models.CharField(max_length=500, blank=True)
    is_seen = models.BooleanField(default=False)
    is_returned = models.BooleanField(default=False)
    revision = models.IntegerField(default=1)
    given_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(title=""), name="a_task_says_what_to_do"),
            models.CheckConstraint(
                condition=Q(state="open", done_at__isnull=True) | Q(state="done", done_at__isnull=False),
                name="a_task_is_open_or_done",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["store", "owner", "state", "due_date"], name="tasks_of_an_owner"),
            models.Index(fields=["intervention", "-id"], name="tasks_on_an_intervention"),
        ]

    def __str__(self) -> str:
        return f"{self.store}: {self.title}"


class Comment(models.Model):
    """What somebody wrote about an intervention."""

    store = models.CharField(max_length=63)
    intervention = models.ForeignKey(ABOUT, on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(max_length=2000)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["intervention", "id"], name="comments_on_an_intervention")]

    def __str__(self) -> str:
        return f"{self.intervention_id}: {self.text[:40]}"


class Mention(models.Model):
    """Somebody who was named in a comment, until he has seen it."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="mentions")
    person = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="+")
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["comment", "person"], name="one_mention_per_comment")]
        indexes: ClassVar = [models.Index(fields=["person", "read_at"], name="mentions_of_a_person")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.comment_id}"
