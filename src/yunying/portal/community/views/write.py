"""What is sent: a post, a report, an appeal. Each is a plain form; the answer leads back to where it came from."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from yunying.accounts.addresses import address_of
from yunying.kernel.errors import OperatorError
from yunying.portal.community.addresses import post_address
from yunying.portal.community.keys import form_key_read
from yunying.portal.community.models import KINDS, Post
from yunying.portal.community.posts import Sent, post_make
from yunying.portal.community.views.frame import person_of
from yunying.portal.community.views.pages import mine_page, page_of, post_named
from yunying.portal.moderation.deciding import submission_appeal, submission_report
from yunying.portal.moderation.models import Submission
from yunying.portal.shop.models import Shop
from yunying.portal.shop.tracking.bots import bot_name
from yunying.portal.shop.tracking.visits import keep_visit, visit_of
from yunying.portal.shop.views.frame import shop_named, text_given

MOST_SENT_CHARS = 6_000


@require_POST
def write(request: HttpRequest, site: str) -> HttpResponse:
    """A form of any kind of post; the key in it makes that it counts once."""
    shop, now, person = shop_named(site), timezone.now(), person_of(request)
    kind, place = text_given(request.POST, "kind", 20), text_given(request.POST, "place", 90)
    if kind not in KINDS:
        raise Http404
    visit = None if bot_name(request) else visit_of(request)
    try:
        key, typed = form_key_read(request.POST.get("key", "")[:300], now)
        sent = Sent(
            kind, place, text_given(request.POST, "text", MOST_SENT_CHARS), key,
            text_given(request.POST, "title", 300), text_given(request.POST, "name", 40), typed,
        )  # fmt: skip
        post = post_make(shop, sent, person, address_of(request), visit, now)
    except OperatorError as error:
        return page_of(request, shop, kind, place, error)
    return keep_visit(redirect(_back(request, shop, post)), request, visit)


@require_POST
def report(request: HttpRequest, site: str, number: int) -> HttpResponse:
    """Somebody says that a post breaks the rules."""
    shop, person = shop_named(site), person_of(request)
    post = post_named(shop.slug, number)
    if person is None:
        return redirect("shop:sign-in", site)
    try:
        submission_report(post.submission, person, text_given(request.POST, "reason", 40), timezone.now())
    except OperatorError as error:
        return page_of(request, shop, post.kind, post.place, error)
    return redirect(post_address(shop.slug, post))


@require_POST
def appeal(request: HttpRequest, site: str, number: int) -> HttpResponse:
    """An author asks to look again at his hidden post."""
    shop, person = shop_named(site), person_of(request)
    if person is None:
        return redirect("shop:sign-in", site)
    found = Submission.objects.filter(site=shop.slug, person=person, pk=min(number, 2**62)).first()
    if found is None:
        raise Http404
    try:
        submission_appeal(found, person, text_given(request.POST, "text", 1_000), timezone.now())
    except OperatorError as error:
        return mine_page(request, shop, error)
    return redirect("talk:mine", site)


def _back(request: HttpRequest, shop: Shop, post: Post) -> str:
    """Where the form says it stood, if that is of this site; else the post's own page."""
    wanted = request.POST.get("next", "")[:500]
    if wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
        return f"{wanted.partition('#')[0]}#post-{post.pk}"
    if post.kind == "guestbook":
        return f"{reverse('talk:guestbook', args=[shop.slug])}?sent=1#post-{post.pk}"
    return post_address(shop.slug, post)
