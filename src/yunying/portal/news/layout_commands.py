"""What the facade's command does with the layout of the home or a column: which parts stand there, in which order."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from wagtail.models import Page

from yunying.kernel.errors import OperatorError
from yunying.kernel.ids import digest
from yunying.portal.news.articles import home_page
from yunying.portal.news.models import ColumnPage, HomePage
from yunying.portal.news.models.blocks import MOST_SHOWN, LayoutBlock
from yunying.portal.news.text_checks import text_refused
from yunying.portal.shop.command_params import Params, bad_command, text_named, whole_given
from yunying.portal.shop.models import Shop

MOST_PARTS = 24
_PLAIN = tuple(name for name in LayoutBlock().child_blocks if name not in ("notice", "column"))
_FIELDS = {"heading": 60, "heading_zh": 60}
_NOTICE = {"words": 300, "words_zh": 300}


def layout_check(shop: Shop, params: Params, now: datetime) -> str:
    """``page``, the path of a column or ``home``; ``parts``, each with ``kind`` and what this kind takes."""
    page = _page(params)
    raw = _raw(params)
    if page.has_unpublished_changes:
        raise OperatorError("layout-draft", "Somebody is editing this page.", "Publish or drop the draft first.")
    _readable(page, raw)
    if raw == _shape(page):
        raise OperatorError("layout-same", "The page has this layout already.", "Choose another order.")
    return f"{params['page']} shows {', '.join(part['type'] for part in raw)}."


def _readable(page: Any, raw: list[dict[str, Any]]) -> None:
    """As the editors' own door: no broken characters, unless an editor let them pass at this page."""
    words = "\n".join(text for part in raw for text in part["value"].values() if isinstance(text, str))
    if not page.takes_odd_text and (told := text_refused(words)):
        raise OperatorError(
            "odd-text", f"These words are broken: {told}.", "Write them anew, or let odd text pass at the page itself."
        )


def layout_apply(shop: Shop, params: Params, key: str, now: datetime) -> Params:
    page = _page(params)
    before = page.layout.get_prep_value()
    raw = _raw(params)
    _readable(page, raw)
    after = _set(page, raw)
    return {"page": page.pk, "before": before, "after": after}


def layout_undo(shop: Shop, result: Params, key: str, now: datetime) -> None:
    """The layout before stands again, unless somebody changed it since."""
    page = Page.objects.select_for_update(of=("self",)).filter(pk=result["page"]).first()
    if page is None:
        raise OperatorError("no-page", "The page is gone.", "Nothing is left to undo.")
    page = page.specific
    if page.has_unpublished_changes or _digest_of(page) != result["after"]:
        raise OperatorError("layout-changed", "Somebody changed this layout since.", "Set the layout that is wanted.")
    _set(page, result["before"])


def _page(params: Params) -> Any:
    """The page of a command, locked until its transaction ends."""
    path, home = text_named(params, "page", 500), home_page()
    if home is None:
        raise OperatorError("no-portal", "This site has no portal.", "Open one first.")
    if path == "home":
        return HomePage.objects.select_for_update(of=("self",)).get(pk=home.pk)
    found = ColumnPage.objects.live().filter(url_path=f"{home.url_path}{path.strip('/')}/")
    page = found.select_for_update(of=("self",)).first()
    if page is None:
        raise OperatorError("no-column", "There is no such column.", "Give its path, such as industry/tea.")
    return page


def _raw(params: Params) -> list[dict[str, Any]]:
    parts = params.get("parts")
    if not isinstance(parts, list | tuple) or not 1 <= len(parts) <= MOST_PARTS:
        raise bad_command(f"parts must be 1 to {MOST_PARTS} rows.")
    return [_part(part) for part in parts]


def _part(part: Any) -> dict[str, Any]:
    if not isinstance(part, dict):
        raise bad_command("Each part must be an object with a kind.")
    kind = part.get("kind")
    if kind == "notice":
        known: Sequence[str] = ("kind", *_NOTICE)
        value: dict[str, Any] = {"words": text_named(part, "words", 300), "words_zh": _optional(part, "words_zh", 300)}
    elif kind in (*_PLAIN, "column"):
        known = ("kind", "count", "column", *_FIELDS) if kind == "column" else ("kind", "count", *_FIELDS)
        value = {name: _optional(part, name, most) for name, most in _FIELDS.items()}
        value["count"] = whole_given(part, "count", MOST_SHOWN) if "count" in part else 6
        if kind == "column":
            value["column"] = _page({"page": text_named(part, "column", 500)}).pk
    else:
        raise bad_command(f"kind must be one of {', '.join([*_PLAIN, 'column', 'notice'])}.")
    if unknown := set(part) - set(known):
        raise bad_command(f"A part of kind {kind} has no {min(unknown)}.")
    return {"type": kind, "value": value}


def _optional(part: Params, name: str, most: int) -> str:
    return text_named(part, name, most) if part.get(name) else ""


def _set(page: Any, raw: list[dict[str, Any]]) -> str:
    page.layout = json.dumps(raw)
    page.save_revision(log_action=True).publish()
    page.refresh_from_db()
    return _digest_of(page)


def _shape(page: Any) -> list[dict[str, Any]]:
    """The parts without the keys that the editor gives them."""
    return [{"type": part["type"], "value": part["value"]} for part in page.layout.get_prep_value()]


def _digest_of(page: Any) -> str:
    return digest(json.dumps(_shape(page), sort_keys=True, ensure_ascii=False), 32)
