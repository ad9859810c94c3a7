"""A member's profile: what he tells, and what others see."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from yunying.accounts.people import person_is_member, person_numbered
from yunying.kernel.errors import OperatorError
from yunying.portal.community.models import Post
from yunying.portal.members.levels import standing_count
from yunying.portal.members.models import Profile, Standing
from yunying.portal.members.names import shown_name
from yunying.portal.members.profiles import Told, profile_of, profile_set
from yunying.portal.members.views.frame import member_only, member_page
from yunying.portal.picture_files import MOST_BYTES
from yunying.portal.shop.members import member_of
from yunying.portal.shop.models import Shop
from yunying.portal.shop.views.frame import page as framed
from yunying.portal.shop.views.frame import shop_named, text_given

NEWEST = 10


@require_http_methods(["GET", "HEAD", "POST"])
@member_only
def profile(request: HttpRequest, shop: Shop) -> HttpResponse:
    """What a member tells of himself, with his level and how it is reckoned."""
    now, problem = timezone.now(), None
    if request.method == "POST":
        sent = request.FILES.get("picture")
        told = Told(
            text_given(request.POST, "nickname", 100), text_given(request.POST, "intro", 1_000),
            text_given(request.POST, "region", 200), sent.read(MOST_BYTES + 1) if sent else b"",
            "drop_picture" in request.POST,
        )  # fmt: skip
        try:
            profile_set(request.user, shop.slug, told, now)
            return redirect(f"{reverse('members:profile', args=[shop.slug])}?done=1")
        except OperatorError as error:
            problem = error
    found = profile_of(request.user)
    rule = [(at, *row) for at, row in enumerate(settings.MEMBER_LEVELS, start=1)]
    content = {
        "profile": found, "given": request.POST if problem else None, "name": shown_name(request.user, found),
        "standing": standing_count(request.user, shop, now), "rule": rule, "done": "done" in request.GET,
        "subject": request.user,
    }  # fmt: skip
    return member_page(request, shop, "profile", content, problem)


@require_safe
def who(request: HttpRequest, site: str, number: int) -> HttpResponse:
    """What everybody sees of a member."""
    shop, person = shop_named(site), person_numbered(min(number, 2**62))
    if person is None or not person.is_active:
        raise Http404
    posts = Post.objects.filter(site=shop.slug, person=person, submission__state="shown", is_by_staff=False)
    if not person_is_member(person) and not posts:
        raise Http404
    found, member = profile_of(person), member_of(person)
    content = {
        "subject": person, "profile": found, "name": shown_name(person, found), "joined": member and member.joined_at,
        "standing": Standing.objects.filter(site=shop.slug, person=person).first(),
        "posts": posts.select_related("submission").order_by("-pk")[:NEWEST], "count": posts.count(),
    }  # fmt: skip
    return framed(request, shop, "members/who", content)


@require_safe
def picture(request: HttpRequest, site: str, digest: str) -> HttpResponse:
    """A member's picture; browsers ask again after an hour, so that one that is gone goes."""
    found = Profile.objects.filter(picture_digest=digest).exclude(picture=None).first() if digest else None
    if found is None:
        raise Http404
    response = HttpResponse(bytes(found.picture), content_type="image/webp")
    response.headers["Cache-Control"] = "private, max-age=3600"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
