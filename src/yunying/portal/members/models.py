"""What the portal keeps of its members beside the shop's own rows."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from yunying.portal.shop.models import Order

PERSON = settings.AUTH_USER_MODEL


class Profile(models.Model):
    """What others see of a member. ``folded`` is the nickname by which two are the same; the picture is WebP."""

    person = models.OneToOneField(PERSON, on_delete=models.CASCADE, related_name="profile")
    nickname = models.CharField(max_length=30, blank=True)
    folded = models.CharField(max_length=60, null=True, unique=True)
    intro = models.CharField(max_length=300, blank=True)
    region = models.CharField(max_length=60, blank=True)
    picture = models.BinaryField(null=True)
    picture_digest = models.CharField(max_length=64, blank=True)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"profile of {self.person_id}"


class Standing(models.Model):
    """A member's level at a site, and what it was counted from; worked out anew by the turn."""

    site = models.SlugField(max_length=63)
    person = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="standings")
    level = models.PositiveSmallIntegerField(default=0)
    days = models.PositiveIntegerField(default=0)
    posts = models.PositiveIntegerField(default=0)
    orders = models.PositiveIntegerField(default=0)
    told = models.CharField(max_length=160, blank=True)
    counted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["site", "person"], name="members_standing_once")]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.site}: {self.level}"


class InviteLink(models.Model):
    """A member's own link by which others register."""

    person = models.OneToOneField(PERSON, on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=16, unique=True)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.person_id}: {self.code}"


class Invited(models.Model):
    """Who invited whom. Numbers of accounts rise, so that an inviter who came first makes every circle impossible."""

    inviter = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    person = models.OneToOneField(PERSON, on_delete=models.CASCADE, related_name="+")
    joined_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(inviter=None) | Q(inviter__lt=F("person")), name="members_inviter_came_first"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["inviter", "joined_at"], name="members_invited_by")]

    def __str__(self) -> str:
        return f"{self.inviter_id} invited {self.person_id}"


class Erasure(models.Model):
    """That somebody asked to be erased. Once it is done, the row tells when, and no longer who."""

    STATES = ("waiting", "undone", "done")

    person = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    site = models.SlugField(max_length=63)
    keeps_posts = models.BooleanField()
    asked_by = models.CharField(max_length=10)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(db_index=True)
    state = models.CharField(max_length=10, default="waiting")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=("waiting", "undone", "done")), name="members_erasure_state"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(state="waiting"), name="members_one_erasure_waits"
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(person=None), name="members_who_was_erased_is_not_named"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"erasure {self.pk}: {self.state}"


class OrderToStrip(models.Model):
    """An order of somebody who was erased that was still under way: its names go once it is through."""

    order = models.OneToOneField(Order, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"order {self.order_id}"
