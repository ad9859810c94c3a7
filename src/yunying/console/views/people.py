"""People 人员: who holds which role here; give one, end one, hand one's own over for some days, act in one only."""

from datetime import date
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yunying.accounts.people import Person, person_find
from yunying.console.access import Desk, DeskRequest, desk_deed, desk_page, is_chinese
from yunying.interventions.runs import run_request
from yunying.interventions.selectors.figures import names_shown
from yunying.interventions.selectors.stores import Missing
from yunying.kernel.errors import OperatorError
from yunying.org.grants import grant_delegate, grant_end, grant_give, grant_is_endable, grants_in, grants_of
from yunying.org.leading import structure_seen
from yunying.org.roles import DEEDS, FOUR_EYES_MAJOR, FUNCTIONS, ROLES

LIMITS = ("categories", "channels", "styles")


@desk_page
def people(request: DeskRequest) -> HttpResponse:
    """Who is in this store, and the roles of whoever looks."""
    desk = request.desk
    rows = grants_in(desk.slug)
    may = desk.may("people")
    places, top = _places(desk)
    context = {
        "grants": [{"row": row, "can_end": may and grant_is_endable(row, desk.person)} for row in rows],
        "own": grants_of(desk.person), "acting": request.session.get("acting"), "places": places,
        "roles": [role for role in ROLES.values() if role.rank < top], "functions": FUNCTIONS,
        "known": sorted({row.person.username for row in rows}), "names": names_shown(desk.slug) if may else {},
    }  # fmt: skip
    return render(request, "console/people.html", context)


@desk_page
def roles(request: DeskRequest) -> HttpResponse:
    """The table of roles, as the manual prints it."""
    deeds = [(slug, words[1 if is_chinese() else 0]) for slug, words in DEEDS.items()]
    table = [(role, [(words, slug in role.deeds) for slug, words in deeds]) for role in ROLES.values()]
    return render(request, "console/roles.html", {"deeds": deeds, "table": table, "four_eyes": FOUR_EYES_MAJOR})


@desk_deed("people")
def give(request: DeskRequest) -> HttpResponse:
    """Give somebody a role in a place that the signed-in person leads."""
    desk, post = request.desk, request.POST
    kind, _colon, slug = post.get("place", "").partition(":")
    if post.get("place") not in {each["value"] for each in _places(desk)[0]}:
        raise OperatorError("bad-place", _("No place of yours was chosen."), _("Choose one from the list."))
    limits = {name: _listed(post.get(name, "")) for name in LIMITS}
    grant_give(
        _person(post.get("username", "")), post.get("role", ""), desk.person, **{kind: slug},
        functions=[name for name in post.getlist("functions") if name in FUNCTIONS], **limits,
        **_days(post, is_needed=False),
    )  # fmt: skip
    if any(limits.values()) and desk.may("run"):
        # The figures of his part are worked out with the next reports; they need not wait until tomorrow.
        run_request(desk.slug, "report", key=f"report-{desk.slug}-{uuid4().hex}", actor=desk.person)
    messages.success(request, _("The role is given; it holds from the next page on."))
    return redirect("desk:people")


@desk_deed("people")
def end(request: DeskRequest, id: int) -> HttpResponse:
    """End a role of this store."""
    if id not in {row.pk for row in grants_in(request.desk.slug)}:
        raise Missing("role")
    grant_end(id, request.desk.person)
    messages.success(request, _("Ended; whoever held it sees nothing by it any more."))
    return redirect("desk:people")


@desk_deed("see")
def delegate(request: DeskRequest, id: int) -> HttpResponse:
    """Hand one's own role over for some days."""
    _own(request.desk, id)
    days = _days(request.POST, is_needed=True)
    grant_delegate(id, _person(request.POST.get("username", "")), request.desk.person, **days)
    messages.success(request, _("Handed over; it ends by itself."))
    return redirect("desk:people")


@desk_deed("see")
def recall(request: DeskRequest, id: int) -> HttpResponse:
    """Take back what one handed over."""
    given = {row.pk for row in grants_in(request.desk.slug) if row.delegated_by_id == request.desk.person.pk}
    if id not in given:
        raise Missing("role")
    grant_end(id, request.desk.person)
    messages.success(request, _("Taken back."))
    return redirect("desk:people")


@desk_deed("see")
def acting(request: DeskRequest) -> HttpResponse:
    """Act in one of one's own roles only, or in all of them again."""
    wanted = request.POST.get("grant", "")
    if wanted:
        request.session["acting"] = _own(request.desk, int(wanted) if wanted.isdecimal() and len(wanted) < 19 else 0)
    else:
        request.session.pop("acting", None)
    return redirect("desk:today")


def _own(desk: Desk, id: int) -> int:
    if id not in {row.pk for row in grants_of(desk.person)}:
        raise Missing("role")
    return id


def _places(desk: Desk) -> tuple[list[dict[str, str]], int]:
    """The places in which the signed-in person may give roles, and his highest rank in any of them."""
    titles = {each.slug: each.title for each in desk.stores}
    found, top = [], 0
    for company in structure_seen(desk.person, desk.scope):
        found += [{"value": f"company:{company.slug}", "title": company.title}] if company.rank else []
        for brand in company.brands:
            found += (
                [{"value": f"brand:{brand.slug}", "title": f"{company.title} · {brand.title}"}] if brand.rank else []
            )
            found += [{"value": f"store:{shop.store}", "title": titles.get(shop.store, shop.store)}
                      for shop in brand.shops if shop.rank]  # fmt: skip
            top = max([top, company.rank, brand.rank, *(shop.rank for shop in brand.shops)])
    return found, top


def _person(username: str) -> Person:
    found = person_find(username.strip())
    if found is None:
        what = _("Nobody signs in under the name %(name)s.") % {"name": username.strip()[:150] or "—"}
        raise OperatorError("nobody", what, _("Look at the spelling, or have an account made first."))
    return found


def _listed(text: str) -> list[str]:
    parts = (each.strip() for each in text.replace("，", ",").replace("、", ",").split(","))
    return list(dict.fromkeys(each[:100] for each in parts if each))


def _days(post: Any, *, is_needed: bool) -> dict[str, Any]:
    """The half-open days of a role; an empty one is no bound."""
    try:
        start, end = (date.fromisoformat(post[name]) if post.get(name) else None for name in ("start", "end"))
    except ValueError as error:
        raise OperatorError("bad-day", _("That is no day."), _("Give a day such as 2026-06-18.")) from error
    if is_needed and (start is None or end is None):
        raise OperatorError("bad-day", _("No day was given."), _("Give the first day and the day of return."))
    if start is not None and end is not None and end <= start:
        raise OperatorError("bad-day", _("The days are empty."), _("Give a later end."))
    return {"start_date": start, "end_date": end}
