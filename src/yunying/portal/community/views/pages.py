"""What is read: all comments of a place, the guestbook, threads, and one's own posts."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from yunying.kernel.errors import OperatorError
from yunying.portal.community.models import Post
from yunying.portal.community.posts import (
    FORUM,
    GUESTBOOK,
    PLACE,
    post_find,
    posts_seen,
    posts_shown,
    replies_counted,
    threads_seen,
)
from yunying.portal.community.views.frame import talk_page
from yunying.portal.moderation.deciding import REASONS
from yunying.portal.moderation.models import Submission
from yunying.portal.shop.models import Shop
from yunying.portal.shop.views.frame import shop_named, text_given
from yunying.portal.shop.views.tracked import page_seen

PER_PAGE = 50


@require_safe
def comments(request: HttpRequest, site: str) -> HttpResponse:
    """All comments of a place."""
    shop, place = shop_named(site), text_given(request.GET, "place", 90)
    if not PLACE.fullmatch(place):
        raise Http404
    return page_seen(request, comments_page(request, shop, place), shop, f"talk/{place}"[:200])


@require_safe
def guestbook(request: HttpRequest, site: str) -> HttpResponse:
    shop = shop_named(site)
    return page_seen(request, guestbook_page(request, shop), shop, "talk/guestbook")


@require_safe
def forum(request: HttpRequest, site: str) -> HttpResponse:
    shop = shop_named(site)
    return page_seen(request, forum_page(request, shop), shop, "talk/forum")


@require_safe
def thread(request: HttpRequest, site: str, number: int) -> HttpResponse:
    shop = shop_named(site)
    return page_seen(request, thread_page(request, shop, number), shop, f"talk/thread/{number}"[:200])


@require_safe
def mine(request: HttpRequest, site: str) -> HttpResponse:
    """One's own posts, what became of them and why, and the way to appeal."""
    shop = shop_named(site)
    if not request.user.is_authenticated:
        return redirect("shop:sign-in", site)
    return mine_page(request, shop)


def comments_page(
    request: HttpRequest, shop: Shop, place: str, problem: OperatorError | None = None
) -> HttpResponse:  # fmt: skip
    content = {"place": place, "kind": "comment", "rows": _paged(request, posts_seen(shop.slug, place, request.user)),
               "count": posts_shown(shop.slug, place).count(), "reasons": REASONS[1:]}  # fmt: skip
    return talk_page(request, shop, "comments", content, problem)


def guestbook_page(request: HttpRequest, shop: Shop, problem: OperatorError | None = None) -> HttpResponse:
    rows = posts_seen(shop.slug, GUESTBOOK, request.user).order_by("-pk")
    content = {"place": GUESTBOOK, "kind": "guestbook", "rows": _paged(request, rows), "reasons": REASONS[1:],
               "is_sent": request.GET.get("sent") == "1"}  # fmt: skip
    return talk_page(request, shop, "guestbook", content, problem)


def forum_page(request: HttpRequest, shop: Shop, problem: OperatorError | None = None) -> HttpResponse:
    rows = _paged(request, threads_seen(shop.slug, request.user))
    counts = replies_counted(shop.slug, [row.pk for row in rows])
    content = {
        "place": FORUM,
        "kind": "thread",
        "rows": rows,
        "threads": [(row, counts.get(row.pk, 0)) for row in rows],
    }
    return talk_page(request, shop, "forum", content, problem)


def thread_page(
    request: HttpRequest, shop: Shop, number: int, problem: OperatorError | None = None
) -> HttpResponse:  # fmt: skip
    found = post_find(shop.slug, number)
    if found is None or found.kind != "thread":
        raise Http404
    place = f"thread/{found.pk}"
    content = {"thread": found, "place": place, "kind": "reply", "reasons": REASONS[1:],
               "rows": _paged(request, posts_seen(shop.slug, place, request.user))}  # fmt: skip
    return talk_page(request, shop, "thread", content, problem)


def mine_page(request: HttpRequest, shop: Shop, problem: OperatorError | None = None) -> HttpResponse:
    rows = Submission.objects.filter(site=shop.slug, person=request.user).select_related("post").order_by("-pk")
    return talk_page(request, shop, "mine", {"rows": _paged(request, rows), "place": "talk:mine"}, problem)


def page_of(
    request: HttpRequest, shop: Shop, kind: str, place: str, problem: OperatorError
) -> HttpResponse:  # fmt: skip
    """The page that a refused form came from, with its text and what is wrong."""
    if kind == "guestbook":
        return guestbook_page(request, shop, problem)
    if kind == "thread":
        return forum_page(request, shop, problem)
    if kind == "reply" and place[7:].isdecimal() and len(place) < 20:
        return thread_page(request, shop, int(place[7:]), problem)
    if kind == "comment" and PLACE.fullmatch(place):
        return comments_page(request, shop, place, problem)
    raise Http404


def _paged(request: HttpRequest, rows: object) -> object:
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))


def post_named(site: str, number: int) -> Post:
    """The shown post of an address."""
    found = post_find(site, number)
    if found is None:
        raise Http404
    return found
