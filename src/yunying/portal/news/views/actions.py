"""What a reader can do beside reading: search everywhere, keep, tell a friend, print, report, close a notice."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunying.accounts.addresses import address_of as visitor_address
from yunying.accounts.sessions import KEY, session_holds
from yunying.kernel.errors import OperatorError
from yunying.portal.news.articles import address_of, articles_ready, articles_shown, lead_of, listed
from yunying.portal.news.models import ArticleFavourite, ArticlePage, Report
from yunying.portal.news.reading import article_keep, article_mail, article_report
from yunying.portal.news.search import words_offered
from yunying.portal.news.shares import share_make
from yunying.portal.news.views import pages
from yunying.portal.news.views.frame import NOTICE_COOKIE, Frame, Told, address_outside
from yunying.portal.news.views.kept import kept_page
from yunying.portal.shop.refusals import refusal_words
from yunying.portal.shop.tracking.events import Happened
from yunying.portal.shop.views.frame import text_given
from yunying.portal.shop.views.preferences import YEAR_SECONDS, back
from yunying.portal.shop.views.tracked import tracked


@require_safe
def search(request: HttpRequest) -> HttpResponseBase:
    """Articles of the whole portal."""
    return kept_page(request, lambda given: pages.article_list(Frame(given), None, text_given(given.GET, "q", 100)))


@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """What a search may go on as."""
    return JsonResponse({"words": words_offered(articles_shown(timezone.now()), text_given(request.GET, "q", 40))})


@require_POST
def notice_close(request: HttpRequest) -> HttpResponse:
    """The announcement stays closed in this browser until its words change."""
    response = back(request)
    key = request.POST.get("notice", "")
    if key.isascii() and key.isalnum() and len(key) <= 32:
        response.set_cookie(
            NOTICE_COOKIE, key, max_age=YEAR_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure()
        )
    return response


@require_POST
def favourite(request: HttpRequest, id: int) -> HttpResponse:
    article = _article(id)
    if not _is_signed_in(request):
        return _sign_in(request, address_of(article))
    kept = "drop" not in request.POST
    article_keep(request.user, article, timezone.now(), kept=kept)
    response = redirect(address_of(article))
    return _told(request, response, "favourite", article) if kept else response


@require_safe
def favourites(request: HttpRequest) -> HttpResponse:
    """The articles that the reader keeps."""
    if not _is_signed_in(request):
        return _sign_in(request, reverse("news:favourites"))
    frame = Frame(request)
    kept = ArticleFavourite.objects.filter(person=request.user).values("article")
    rows = articles_ready(listed(articles_shown(timezone.now()).filter(pk__in=kept))[:200], frame.columns)
    return frame.shown("favourites", {"articles": rows, "not_indexed": True}, None)


@require_http_methods(["GET", "HEAD", "POST"])
def tell(request: HttpRequest, id: int) -> HttpResponse:
    """The link that credits who tells, and a mail with it."""
    article, frame, now = _article(id), Frame(request), timezone.now()
    path, problem, is_sent = address_of(article), None, False
    if request.method == "POST" and not _is_signed_in(request):
        return _sign_in(request, reverse("news:tell", args=[id]))
    if _is_signed_in(request):
        path = f"{path}?{urlencode({'via': share_make(request.user, article, now).code})}"
    link = address_outside(request, path)
    if request.method == "POST":
        try:
            if frame.shop is None:
                raise OperatorError(
                    "no-mail", gettext_noop("This site sends no mail."), gettext_noop("Send the link yourself.")
                )
            article_mail(request.user, article, text_given(request.POST, "to", 254), link, frame.shop, now)
            is_sent = True
        except OperatorError as error:
            problem = refusal_words(error)
    content = {
        "article": article, "address": address_of(article), "link": link, "is_sent": is_sent, "problem": problem,
        "may_mail": bool(settings.EMAIL_HOST) and frame.shop is not None, "not_indexed": True,
    }  # fmt: skip
    response = frame.shown("tell", content, None, status=400 if problem else 200)
    return _told(request, response, "share", article) if is_sent else response


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, id: int) -> HttpResponse:
    """A report that the article breaks a rule."""
    article, frame = _article(id), Frame(request)
    problem, is_sent = None, False
    if request.method == "POST":
        try:
            article_report(
                article, request.POST.get("reason", ""), text_given(request.POST, "words", 2000),
                text_given(request.POST, "contact", 200), timezone.now(), address=visitor_address(request),
                person=request.user if _is_signed_in(request) else None,
            )  # fmt: skip
            is_sent = True
        except OperatorError as error:
            problem = refusal_words(error)
    content = {"article": article, "address": address_of(article), "reasons": Report.REASONS, "is_sent": is_sent,
               "problem": problem, "not_indexed": True}  # fmt: skip
    return frame.shown("report", content, None, status=400 if problem else 200)


@require_safe
def print_view(request: HttpRequest, id: int) -> HttpResponseBase:
    """An article alone, for paper."""
    return kept_page(request, lambda given: _print(given, id))


def _print(request: HttpRequest, id: int) -> HttpResponse:
    article, frame = _article(id), Frame(request)
    lead = lead_of(article)
    outside = address_outside(request, address_of(article))
    content = {"article": article, "lead": lead, "canonical": outside, "address": address_of(article),
               "not_indexed": True}  # fmt: skip
    return frame.shown("print", content, Told(f"print/{article.pk}", frame.shop))


def _article(number: int) -> ArticlePage:
    found = articles_shown(timezone.now()).filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def _is_signed_in(request: HttpRequest) -> bool:
    return request.user.is_authenticated and session_holds(request.session.get(KEY), request.user, timezone.now())


def _sign_in(request: HttpRequest, wanted: str) -> HttpResponse:
    """The shop's door, where members come in; without a shop the desk's."""
    shop = Frame(request).shop
    door = reverse("shop:sign-in", args=[shop.slug]) if shop else settings.LOGIN_URL
    return redirect(f"{door}?{urlencode({'next': wanted})}")


def _told(request: HttpRequest, response: HttpResponse, kind: str, article: ArticlePage) -> HttpResponse:
    shop = Frame(request).shop
    return tracked(request, response, shop, [Happened(kind, f"article/{article.pk}")]) if shop else response
