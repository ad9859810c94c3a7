"""What members wrote, when its author is erased: it stays without a name, or it goes."""

from collections.abc import Callable
from datetime import datetime

from django.db.models import Q

from yunying.accounts.people import Person
from yunying.portal.community.models import Post
from yunying.portal.moderation.facts import submissions_tell
from yunying.portal.moderation.models import Submission

GONE = "…"
Without = Callable[[str], str]


def posts_forget(person: Person, without: Without, now: datetime, *, keeps_posts: bool) -> None:
    """Take a person's name and words about him off what he wrote, or delete it, in the caller's transaction.

    A thread that others answered stays as an empty head, for its answers are theirs.
    """
    mine = Post.objects.filter(person=person)
    if not keeps_posts:
        threads = list(mine.filter(kind="thread").values_list("pk", flat=True))
        places = [f"thread/{pk}" for pk in threads]
        answered = set(Post.objects.filter(place__in=places).exclude(person=person).values_list("place", flat=True))
        heads = [pk for pk in threads if f"thread/{pk}" in answered]
        submissions = list(mine.exclude(pk__in=heads).values_list("submission_id", flat=True))
        for site in set(mine.exclude(pk__in=heads).values_list("site", flat=True)):
            submissions_tell(site, submissions, now, is_gone=True)
        mine.exclude(pk__in=heads).delete()
        Submission.objects.filter(Q(pk__in=submissions)).delete()
    for post in mine:
        title, text = (without(post.title), without(post.text)) if keeps_posts else (GONE, GONE)
        Post.objects.filter(pk=post.pk).update(name="", title=title, text=text, person=None)
    for row in Submission.objects.filter(person=person):
        title, text = (without(row.title), without(row.text)) if keeps_posts else (GONE, GONE)
        flags = [{**each, "what": without(str(each.get("what", "")))} for each in row.flags]
        Submission.objects.filter(pk=row.pk).update(
            name="", title=title, text=text, flags=flags, note=without(row.note), appeal="", appealed_at=None,
            person=None,
        )  # fmt: skip
