"""What stands on a home or a column: the parts of its layout, each with what it shows now."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from wagtail.models import Page

from yunying.kernel.ids import digest
from yunying.portal.news.articles import KINDS, address_of
from yunying.portal.news.models import ArticlePage
from yunying.portal.news.models.blocks import USUAL_LAYOUT
from yunying.portal.news.shared import Shared
from yunying.portal.shop.catalogue import products_listed
from yunying.portal.shop.models import Shop
from yunying.portal.shop.views.cards import cards, placed

USUAL_COUNT = 6


@dataclass
class Part:
    """One part of a layout and what it shows."""

    kind: str
    heading: str = ""
    address: str = ""
    words: str = ""
    key: str = ""
    articles: list[ArticlePage] = field(default_factory=list)
    cards: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Reader:
    """For whom and when a layout is filled."""

    now: datetime
    language: str
    is_chinese: bool
    shared: Shared
    shop: Shop | None
    closed: str = ""


def layout_filled(page: Any, reader: Reader) -> list[Part]:
    """The parts of a page's layout in its order; those that show nothing are left out."""
    blocks = [(each.block_type, each.value) for each in page.layout] or [(kind, {}) for kind in USUAL_LAYOUT]
    parts = [_part(kind, value, page.pk or 0, reader) for kind, value in blocks]
    shown = [part for part in parts if part is not None]
    # Pictures of all parts at once, so that another part costs one query and not two.
    reader.shared.ready([each for part in shown for each in part.articles])
    return shown


def _part(kind: str, value: Mapping[str, Any], place: int, reader: Reader) -> Part | None:
    if kind == "notice":
        return _notice(value, reader)
    count = value.get("count") or USUAL_COUNT
    part = Part(kind, _heading(kind, value, reader))
    if kind == "products":
        part.cards = _products(reader, count)
        return part if part.cards else None
    if kind == "column":
        return _column(part, value, count, reader)
    part.articles = _articles(kind, place, count, reader)
    return part if part.articles else None


def _articles(kind: str, place: int, count: int, reader: Reader) -> list[ArticlePage]:
    if kind == "most_read":
        return reader.shared.most_read(reader.now, place, reader.language)[:count]
    return reader.shared.newest(reader.now, place, reader.language, kind if kind in KINDS else "newest", count)


def _column(part: Part, value: Mapping[str, Any], count: int, reader: Reader) -> Part | None:
    chosen = value.get("column")
    column = next((each for each in reader.shared.columns if chosen is not None and each.pk == chosen.pk), None)
    if column is None:
        return None
    part.heading = part.heading or told_title(column, is_chinese=reader.is_chinese)
    part.address = address_of(column)
    part.articles = reader.shared.newest(reader.now, column.pk, reader.language, "newest", count)
    return part if part.articles else None


def _notice(value: Mapping[str, Any], reader: Reader) -> Part | None:
    words = (value.get("words_zh") if reader.is_chinese else "") or value["words"]
    key = digest(f"{value['words']}\n{value.get('words_zh', '')}", 16)
    return None if key == reader.closed else Part("notice", words=words, key=key)


def _products(reader: Reader, count: int) -> list[dict[str, Any]]:
    if reader.shop is None:
        return []
    rows = products_listed(reader.shop, category=None, found=None, order="newest").prefetch_related("pictures")
    return placed(cards(list(rows[:count]), reader.now), "home", 1)


def _heading(kind: str, value: Mapping[str, Any], reader: Reader) -> str:
    own = (value.get("heading_zh") if reader.is_chinese else "") or value.get("heading", "")
    usual = {
        "headlines": _("Head lines"), "pictures": _("Picture stories"), "newest": _("Newest"),
        "most_read": _("Most read in 30 days"), "recommended": _("Recommended"),
        "products": _("From our shop"),
    }  # fmt: skip
    return own or usual.get(kind, "")


def told_title(page: Page, *, is_chinese: bool) -> str:
    """A page's title in the reader's language."""
    return (is_chinese and getattr(page, "title_zh", "")) or page.title
