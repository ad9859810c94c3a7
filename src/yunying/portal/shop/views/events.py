"""The door for events that a browser sends, and the visitor's choice whether he is remembered."""

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from yunying.kernel.errors import OperatorError
from yunying.portal.shop.tracking.batches import MOST_BYTES, batch_read, rate_take
from yunying.portal.shop.tracking.bots import bot_count, bot_name
from yunying.portal.shop.tracking.events import batch_tell
from yunying.portal.shop.tracking.visits import (
    CONSENT_COOKIE,
    VISIT_COOKIE,
    VISITOR_COOKIE,
    YEAR_SECONDS,
    consent_of,
    keep_visit,
    visit_of,
)
from yunying.portal.shop.views.frame import shop_named
from yunying.portal.shop.views.preferences import back

STATUS = {"too-large": 413, "too-many": 429, "no-consent": 403, "other-site": 403, "bot": 403}


@csrf_exempt
@require_POST
def receive(request: HttpRequest, shop: str) -> HttpResponse:
    """A batch of events as JSON; 200 says that all of it is stored, every other answer that none of it is."""
    the_shop, now = shop_named(shop), timezone.now()
    try:
        if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            raise OperatorError("other-site", "This page is of another site.", "Send events from the shop's own pages.")
        if name := bot_name(request):
            bot_count(the_shop, name, now)
            raise OperatorError("bot", "Events of programs are not taken.", "Use the API for programs.")
        visit = visit_of(request)
        if not settings.SHOP_FACTS or visit is None or not visit.has_consent:
            raise OperatorError("no-consent", "The visitor did not agree to be counted.", "Do not send any.")
        if int(request.headers.get("Content-Length") or 0) > MOST_BYTES or len(request.body) > MOST_BYTES:
            raise OperatorError("too-large", f"A batch has {MOST_BYTES} bytes at most.", "Send fewer events at once.")
        events = batch_read(request.body)
        rate_take(the_shop, request.META.get("REMOTE_ADDR", ""), len(events), now)
        stored, known = batch_tell(request, the_shop, visit, events, now)
    except OperatorError as error:
        told = {"code": error.code, "what": error.what, "remedy": error.remedy}
        return JsonResponse(told, status=STATUS.get(error.code, 400))
    except DatabaseError:
        told = {"code": "not-stored", "what": "The events could not be stored.", "remedy": "Send them again later."}
        return JsonResponse(told, status=503)
    return keep_visit(JsonResponse({"stored": stored, "known": known}), request, visit)


@require_POST
def consent(request: HttpRequest) -> HttpResponseRedirect:
    """Keep what the visitor chose; who says no is forgotten by his own browser at once."""
    response = back(request)
    chosen = request.POST.get("consent", "")
    if chosen in ("yes", "no"):
        response.set_cookie(
            CONSENT_COOKIE, chosen, max_age=YEAR_SECONDS, samesite="Lax", httponly=True, secure=request.is_secure()
        )
        if chosen == "no" and consent_of(request):
            response.delete_cookie(VISITOR_COOKIE, samesite="Lax")
            response.delete_cookie(VISIT_COOKIE, samesite="Lax")
    return response
