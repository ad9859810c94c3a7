"""Who looks: a visitor who agreed, one who did not and stays nameless, or one who wants nothing recorded at all."""

import re
import secrets
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.http.response import HttpResponseBase

CONSENT_COOKIE, VISITOR_COOKIE, VISIT_COOKIE = "shop_consent", "shop_visitor", "shop_visit"
YEAR_SECONDS, VISIT_SECONDS = 365 * 24 * 3600, 30 * 60
_KEY = re.compile(r"[0-9a-f]{24}")
_WORD = re.compile(r"[^\w.-]+")
MOST_WORD_CHARS = 60
Response = TypeVar("Response", bound=HttpResponseBase)


@dataclass(frozen=True)
class Visit:
    """One look at the shop.

    Args:
        visitor: a random key of the browser; empty without consent, and then all else is empty too.
        session: a random key of the visit, which ends after half an hour of rest.
        channel, campaign: what brought the visit, as its first address or the page before it said.
    """

    visitor: str = ""
    session: str = ""
    channel: str = ""
    campaign: str = ""
    is_new: bool = False

    @property
    def has_consent(self) -> bool:
        """Whether the visitor agreed to be known again."""
        return bool(self.visitor)


def wants_no_tracking(request: HttpRequest) -> bool:
    """Whether the browser asks not to be followed: then nothing is recorded."""
    # Asked several times for each page: the mapping ``headers`` is made anew for each request, which takes longer.
    return request.META.get("HTTP_DNT") == "1" or request.META.get("HTTP_SEC_GPC") == "1"


def consent_of(request: HttpRequest) -> str:
    """What the visitor chose: ``yes``, ``no``, or empty where he was not asked yet."""
    chosen = request.COOKIES.get(CONSENT_COOKIE, "")
    return chosen if chosen in ("yes", "no") else ""


def visit_of(request: HttpRequest) -> Visit | None:
    """The visit that a request belongs to; None where nothing may be recorded."""
    if wants_no_tracking(request):
        return None
    if consent_of(request) != "yes":
        return Visit()
    visitor = request.COOKIES.get(VISITOR_COOKIE, "")
    session, channel, campaign = (*request.COOKIES.get(VISIT_COOKIE, "").split("|"), "", "", "")[:3]
    is_known = bool(_KEY.fullmatch(visitor))
    if is_known and _KEY.fullmatch(session):
        return Visit(visitor, session, _word(channel), _word(campaign))
    return Visit(
        visitor if is_known else secrets.token_hex(12), secrets.token_hex(12), _channel(request),
        _word(request.GET.get("utm_campaign", "")), is_new=True,
    )  # fmt: skip


def keep_visit(response: Response, request: HttpRequest, visit: Visit | None) -> Response:
    """Give the browser its keys, if the visitor agreed; the visit lasts for another half an hour."""
    if visit is not None and visit.has_consent:
        shared = {"httponly": True, "samesite": "Lax", "secure": request.is_secure()}
        response.set_cookie(VISITOR_COOKIE, visit.visitor, max_age=YEAR_SECONDS, **shared)
        words = f"{visit.session}|{visit.channel}|{visit.campaign}"
        response.set_cookie(VISIT_COOKIE, words, max_age=VISIT_SECONDS, **shared)
    return response


def _channel(request: HttpRequest) -> str:
    named = _word(request.GET.get("utm_source", ""))
    try:
        host = urlsplit(request.headers.get("Referer", "")).hostname or ""
    except ValueError:
        host = ""
    is_ours = host == request.get_host().partition(":")[0]
    return named or ("" if is_ours else _word(host)) or "direct"


def _word(text: str) -> str:
    # A cookie takes ASCII only, and whatever else an address says is not needed.
    return _WORD.sub("-", text).encode("ascii", "ignore").decode()[:MOST_WORD_CHARS]
