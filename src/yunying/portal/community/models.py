"""What members wrote. Whether it is shown stands in its submission, which moderation decides."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from yunying.portal.moderation.models import Submission

KINDS = ("comment", "guestbook", "thread", "reply")


class Post(models.Model):
    """One post. A reply of a thread stands at ``thread/<id>``, a comment where its article is: ``article/12``."""

    site = models.SlugField(max_length=63)
    kind = models.CharField(max_length=20)
    place = models.CharField(max_length=100)
    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="post")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(max_length=150)
    is_by_staff = models.BooleanField(default=False)
    title = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    key = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(kind__in=KINDS), name="community_known_kind")]
        indexes: ClassVar = [models.Index(fields=["site", "place", "id"], name="community_posts_of_a_place")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} at {self.place}"
