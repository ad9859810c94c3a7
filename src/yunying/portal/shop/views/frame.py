"""What every page of the shop stands in: the shop, the basket of the visitor, his language and theme."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone

from yunying.kernel.errors import OperatorError
from yunying.portal.shop.baskets import basket_count, basket_open
from yunying.portal.shop.models import Basket, Category, Shop
from yunying.portal.shop.refusals import refusal_words
from yunying.portal.shop.tracking.visits import consent_of, wants_no_tracking

BASKET_COOKIE = "shop_basket"
THEMES = ("auto", "light", "dark")
MONTH_SECONDS = 30 * 24 * 3600


def text_given(given: QueryDict, name: str, most: int) -> str:
    """A text of a form or an address, cut to its length; PostgreSQL keeps no NUL."""
    return given.get(name, "").replace("\x00", "").strip()[:most]


def shop_named(slug: str) -> Shop:
    """The shop of an address."""
    found = Shop.objects.filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


def token_given(request: HttpRequest) -> str:
    """The basket's token that the visitor's browser keeps, if it is one."""
    token = request.COOKIES.get(BASKET_COOKIE, "")
    return token if token.isascii() and token.isprintable() else ""


def basket_of(request: HttpRequest, shop: Shop) -> Basket:
    """The visitor's open basket, or a new one, which ``keep_basket`` hands him."""
    person = request.user.pk if request.user.is_authenticated else None
    return basket_open(shop, token_given(request), timezone.now(), person)


def basket_seen_before(request: HttpRequest, shop: Shop) -> Basket | None:
    """The visitor's open basket, if he has one; looking makes none."""
    token = token_given(request)
    return Basket.objects.select_related("shop").filter(shop=shop, token=token, is_open=True).first()


def keep_basket(response: HttpResponse, request: HttpRequest, basket: Basket) -> HttpResponse:
    """Give the visitor's browser the basket's token."""
    response.set_cookie(
        BASKET_COOKIE, basket.token, max_age=MONTH_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure()
    )
    return response


def categories_of(shop: Shop) -> QuerySet[Category]:
    """What the head of every page leads to."""
    return Category.objects.filter(shop=shop, parent=None).order_by("pk")


def tracking_words(request: HttpRequest) -> Mapping[str, Any]:
    """What the frame says of being counted: whether the visitor is asked, what he chose, whether the script is sent."""
    choice = "" if wants_no_tracking(request) or not settings.SHOP_FACTS else consent_of(request)
    asks = not choice and not wants_no_tracking(request) and settings.SHOP_FACTS
    return {"asks": asks, "choice": choice}


def page(
    request: HttpRequest, shop: Shop, template: str, content: Mapping[str, Any],
    problem: OperatorError | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    """A page of the shop in its frame; a problem is told at its head, in the visitor's language."""
    theme = request.COOKIES.get("theme", "auto")
    frame = {
        "shop": shop,
        "theme": theme if theme in THEMES else "auto",
        # Pages that show the basket have counted it.
        "basket_count": None if "basket_count" in content else basket_count(shop, token_given(request)),
        "categories": categories_of(shop),
        "problem": refusal_words(problem) if problem else None,
        "tracking": tracking_words(request),
    }
    response = render(request, f"shop/{template}.html", {**frame, **content}, status=400 if problem else status)
    # What somebody bought must not be shown to the next one from a cache.
    response.headers["Cache-Control"] = "no-store, private"
    return response
