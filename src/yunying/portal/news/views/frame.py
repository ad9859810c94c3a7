"""What every page of the portal stands in: its name, its columns, the reader's language and theme, the foot."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from yunying.portal.news.models import ColumnPage, PortalSettings
from yunying.portal.news.shared import shared_of
from yunying.portal.shop.models import Shop
from yunying.portal.shop.views.frame import THEMES, tracking_words

NOTICE_COOKIE = "news_notice"


@dataclass(frozen=True)
class Told:
    """What a page means when it is opened: for the facts, the hits and the answer's headers."""

    page: str
    shop: Shop | None = None
    article: int | None = None
    shown: list[dict[str, Any]] = field(default_factory=list)
    searched: int | None = None
    has_video: bool = False
    is_private: bool = False


def is_chinese() -> bool:
    """Whether the reader reads Chinese."""
    return (get_language() or "").startswith("zh")


def reader_language() -> str:
    """The reader's language as articles name theirs."""
    return "zh-hans" if is_chinese() else "en"


def address_outside(request: HttpRequest, path: str) -> str:
    """An address as others must write it; never made of a header where the site knows its own."""
    return f"{settings.SHOP_ADDRESS}{path}" if settings.SHOP_ADDRESS else request.build_absolute_uri(path)


class Frame:
    """The frame of one answer, read once."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.shared = shared_of(request)
        self.portal: PortalSettings = self.shared.portal(request)
        self.shop = self.shared.shop(self.portal)
        self.columns: list[ColumnPage] = self.shared.columns

    def shown(self, template: str, content: Mapping[str, Any], told: Told | None, status: int = 200) -> HttpResponse:
        """A page in its frame, with what it means."""
        theme = self.request.COOKIES.get("theme", "auto")
        chinese = is_chinese()
        name = (chinese and self.portal.name_zh) or self.portal.name or settings.WAGTAIL_SITE_NAME
        frame = {
            "portal": self.portal,
            "portal_name": name,
            "theme": theme if theme in THEMES else "auto",
            "shop": self.shop,
            "tops": [each for each in self.columns if each.depth == 3],
            "info_pages": self.shared.info_pages,
            "tracking": tracking_words(self.request),
            "chinese": chinese,
            "zone": ZoneInfo(self.portal.time_zone),
            "track_page": told.page if told else "",
            "is_home": told is not None and told.page == "home",
        }
        response = render(self.request, f"news/{template}.html", {**frame, **content}, status=status)
        response.headers["Cache-Control"] = "no-store, private"
        response.told = told  # type: ignore[attr-defined]
        return response
