"""Where a post is read."""

from django.urls import reverse

from yunying.portal.community.models import Post


def post_address(site: str, post: Post) -> str:
    """The page on which a post stands."""
    if post.kind == "guestbook":
        return f"{reverse('talk:guestbook', args=[site])}#post-{post.pk}"
    if post.kind == "thread":
        is_shown = post.submission.state == "shown"
        page = reverse("talk:thread", args=[site, post.pk]) if is_shown else reverse("talk:forum", args=[site])
    elif post.kind == "reply":
        page = reverse("talk:thread", args=[site, int(post.place[7:])])
    else:
        page = f"{reverse('talk:comments', args=[site])}?place={post.place}"
    return f"{page}#post-{post.pk}"
