"""Programs that read pages are kept apart: counted by day and name, and never among the facts of visitors."""

import re
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.http import HttpRequest

from yunying.portal.shop.facts.rows import day_of
from yunying.portal.shop.models import BotCount, Shop

_NAMES = re.compile(
    r"bot\b|bot[/;_-]|crawl|spider|slurp|scrap|fetch|monitor|preview|lighthouse|headless|phantom|selenium|archiver|"
    r"curl/|wget/|python|java/|go-http|okhttp|axios|node|ruby|perl|php|libwww|httpclient|feed|facebookexternalhit",
    re.IGNORECASE,
)
MOST_NAME_CHARS = 120


def bot_name(request: HttpRequest) -> str:
    """What to call the program behind a request; empty for what may be a person.

    A person's browser names itself, says which languages it reads and asks for pages as HTML; what does not behave so
    is a program, whatever it calls itself.
    """
    agent = request.META.get("HTTP_USER_AGENT", "")
    if _NAMES.search(agent):
        return agent[:MOST_NAME_CHARS]
    is_browser = agent.startswith("Mozilla/") and request.META.get("HTTP_ACCEPT_LANGUAGE")
    return "" if is_browser else f"unlike a browser: {agent}"[:MOST_NAME_CHARS]


def bot_count(shop: Shop, name: str, now: datetime) -> None:
    """Count one request of a program."""
    mine = BotCount.objects.filter(shop=shop, date=day_of(shop, now), name=name.replace("\x00", ""))
    if mine.update(count=F("count") + 1):
        return
    try:
        with transaction.atomic():
            BotCount.objects.create(shop=shop, date=day_of(shop, now), name=name.replace("\x00", ""), count=1)
    except IntegrityError:
        mine.update(count=F("count") + 1)
