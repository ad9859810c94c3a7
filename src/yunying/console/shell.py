"""What every page's frame needs: where the person is, and how the desk looks to him."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from yunying.interventions.selectors.interventions import SOON_DAYS
from yunying.management.selectors import unread_count
from yunying.org.roles import DEEDS

NAVIGATION = (
    ("today", _("Today"), "sun"),
    ("inbox", _("Inbox"), "inbox"),
    ("company", _("Company"), "globe"),
    ("proposals", _("Proposals"), "list"),
    ("interventions", _("Interventions"), "pulse"),
    ("compose", _("Compose"), "pen"),
    ("measured", _("Measured"), "scale"),
    ("imports", _("Imports and facts"), "upload"),
    ("runs", _("Runs"), "clock"),
    ("budgets", _("Budgets"), "purse"),
    ("people", _("People and roles"), "people"),
    ("structure", _("Organisation"), "tree"),
    ("settings", _("Settings"), "dial"),
)
THEMES = ("auto", "light", "dark")


def _is_offered(page: str, desk: Any) -> bool:
    """Composing is for those who may, the company for those who have several stores."""
    return bool({"compose": desk.may("propose"), "company": len(desk.stores) > 1}.get(page, True))


def shell(request: HttpRequest) -> dict[str, Any]:
    """The frame's part of a page's context."""
    match = request.resolver_match
    theme = request.COOKIES.get("theme", "auto")
    desk = getattr(request, "desk", None)
    pages = [page for page in NAVIGATION if desk is None or _is_offered(page[0], desk)]
    return {
        "desk": desk,
        "navigation": pages,
        "phone_navigation": [page for page in pages if page[0] != "company"][:4],
        "unread": unread_count(desk.slug, desk.person) if desk is not None else 0,
        "here": (match.url_name or "").split("-")[0] if match else "",
        "theme": theme if theme in THEMES else "auto",
        "soon_date": desk.today + timedelta(days=SOON_DAYS) if desk is not None else None,
        "acting": request.session.get("acting") if desk is not None else None,
        "may_act": desk is not None and desk.may_act,
        "may": {deed: desk is not None and desk.may(deed) for deed in DEEDS},
    }
