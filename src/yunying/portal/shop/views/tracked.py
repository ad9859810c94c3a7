"""Answers of pages that are counted."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from yunying.portal.shop.models import Basket, BasketVisit, Shop
from yunying.portal.shop.tracking.events import Happened, Shown, page_events, page_tell
from yunying.portal.shop.tracking.visits import keep_visit


def tracked(
    request: HttpRequest, response: HttpResponse, shop: Shop, events: Sequence[Happened], draw: str = "",
    version: str = "",
) -> HttpResponse:  # fmt: skip
    """The answer, after its page was told with one insert, which may check the catalogue's version."""
    return keep_visit(response, request, page_tell(request, shop, events, timezone.now(), draw, version))


def page_seen(request: HttpRequest, response: HttpResponse, shop: Shop, page: str) -> HttpResponse:
    """The answer of a page on which nothing is offered."""
    return tracked(request, response, shop, page_events(page)) if response.status_code == 200 else response


def cart_tell(
    request: HttpRequest, response: HttpResponse, shop: Shop, basket: Basket, sku: str, now: datetime
) -> HttpResponse:
    """Something was put into a basket; the order that it becomes belongs to the same visit."""
    visit = page_tell(request, shop, [Happened("cart", "basket", {"product": sku})], now)
    if visit is not None and visit.has_consent:
        fields = {"visitor": visit.visitor, "session": visit.session, "channel": visit.channel,
                  "campaign": visit.campaign}  # fmt: skip
        BasketVisit.objects.update_or_create(basket=basket, defaults=fields)
    return keep_visit(response, request, visit)


def shown_cards(cards: Sequence[Mapping[str, Any]]) -> list[Shown]:
    """What the cards of a page show, as they are told."""
    return [Shown(card["sku"], card["slot"], card["position"], card.get("propensity"), card.get("experiment", ""))
            for card in cards]  # fmt: skip
