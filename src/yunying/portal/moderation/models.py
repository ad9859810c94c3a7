"""The queue, whom to trust, what the operator set, and what was learned from decisions."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

PERSON = settings.AUTH_USER_MODEL
STATES = ("waiting", "shown", "hidden")
MODES = ("before", "after")
LIST_KINDS = ("advertising", "watched", "forbidden")


class Submission(models.Model):
    """One thing that somebody wrote: ``kind`` says what it is, ``place`` where it stands."""

    site = models.SlugField(max_length=63)
    kind = models.CharField(max_length=20)
    place = models.CharField(max_length=100)
    person = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(max_length=150, blank=True)
    title = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    state = models.CharField(max_length=10, default="waiting")
    flags = models.JSONField(default=list)
    probability = models.FloatField(null=True)
    made_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=150, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=500, blank=True)
    appeal = models.CharField(max_length=1000, blank=True)
    appealed_at = models.DateTimeField(null=True)
    reports = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=STATES), name="moderation_known_state"),
            models.CheckConstraint(condition=Q(state="waiting") | Q(decided_at__isnull=False),
                                   name="moderation_decided_has_a_time"),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=["site", "state", "-made_at"], name="moderation_queue"),
            models.Index(fields=["person", "-made_at"], name="moderation_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.place}: {self.state}"


class SketchHash(models.Model):
    """One hash of a submission's sketch, by which copies of it are found."""

    site = models.SlugField(max_length=63)
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="sketch")
    value = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["site", "value"], name="moderation_sketch_values")]

    def __str__(self) -> str:
        return f"{self.submission_id}: {self.value}"


class LinkedHost(models.Model):
    """A host that a submission links to."""

    site = models.SlugField(max_length=63)
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="hosts")
    host = models.CharField(max_length=253)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["site", "host"], name="moderation_hosts")]

    def __str__(self) -> str:
        return self.host


class Report(models.Model):
    """Somebody says that a submission breaks the rules; each person once."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=40)
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["submission", "person"], name="moderation_report_once")
        ]

    def __str__(self) -> str:
        return f"{self.submission_id}: {self.reason}"


class MemberTrust(models.Model):
    """What is known of an author: what was decided of his posts, when he wrote last, whether he is silenced."""

    site = models.SlugField(max_length=63)
    person = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()
    given_level = models.PositiveSmallIntegerField(null=True)
    shown = models.PositiveIntegerField(default=0)
    hidden = models.PositiveIntegerField(default=0)
    first_day_threads = models.PositiveIntegerField(default=0)
    first_day_replies = models.PositiveIntegerField(default=0)
    last_post_at = models.DateTimeField()
    last_thread_at = models.DateTimeField()
    silenced_at = models.DateTimeField(null=True)
    silenced_for = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["site", "person"], name="moderation_trust_once"),
            models.CheckConstraint(condition=Q(given_level=None) | Q(given_level__lte=4),
                                   name="moderation_level_to_four"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.person_id} at {self.site}"


class RateCount(models.Model):
    """How often something was done in a window of time; windows that are over are deleted."""

    key = models.CharField(max_length=64)
    window = models.DateTimeField()
    count = models.IntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["key", "window"], name="moderation_rate_once")]
        indexes: ClassVar = [models.Index(fields=["window"], name="moderation_rate_windows")]

    def __str__(self) -> str:
        return f"{self.window}: {self.count}"


class KindRule(models.Model):
    """How one kind of writing is moderated: before it is shown, or after."""

    site = models.SlugField(max_length=63)
    kind = models.CharField(max_length=20)
    mode = models.CharField(max_length=10)
    hold_from = models.FloatField(default=0.5)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["site", "kind"], name="moderation_rule_once"),
            models.CheckConstraint(condition=Q(mode__in=MODES), name="moderation_known_mode"),
            models.CheckConstraint(condition=Q(hold_from__gte=0, hold_from__lte=1), name="moderation_hold_share"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.mode}"


class WordList(models.Model):
    """The words of one list of a site, one a line, as the operator wrote them."""

    site = models.SlugField(max_length=63)
    kind = models.CharField(max_length=20)
    words = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["site", "kind"], name="moderation_list_once"),
            models.CheckConstraint(condition=Q(kind__in=LIST_KINDS), name="moderation_known_list"),
        ]

    def __str__(self) -> str:
        return f"{self.site}: {self.kind}"


class LearnedModel(models.Model):
    """A classifier that was learned from a site's decisions; the newest one counts."""

    site = models.SlugField(max_length=63)
    content = models.BinaryField()
    decisions = models.PositiveIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["site", "-id"], name="moderation_newest_model")]

    def __str__(self) -> str:
        return f"{self.site}: {self.decisions} decisions"
