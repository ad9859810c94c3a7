"""Structure 组织: brands, stores and teams of a company, and a store's own rules of approval."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yunying.console.access import Desk, DeskRequest, desk_deed, desk_page
from yunying.console.typed import amount_typed
from yunying.interventions.selectors.stores import Missing
from yunying.kernel.money import minor_digits
from yunying.org.leading import ShopSeen, structure_seen
from yunying.org.roles import FOUR_EYES_MAJOR, ROLES
from yunying.org.structure import brand_make, shop_place, shop_rules, team_make


@desk_page
def structure(request: DeskRequest) -> HttpResponse:
    """The companies, brands and stores that the person sees."""
    desk = request.desk
    seen = structure_seen(desk.person, desk.scope)
    mine = next((shop for company in seen for brand in company.brands for shop in brand.shops
                 if shop.store == desk.slug), None)  # fmt: skip
    limits = mine.limits if mine is not None else {}
    digits = minor_digits(desk.currency)
    context = {
        "companies": seen, "mine": mine, "titles": {each.slug: each.title for each in desk.stores},
        "led": [brand for company in seen for brand in company.brands if brand.rank >= ROLES["brand_manager"].rank],
        "four_eyes_minor": mine.four_eyes_minor if mine is not None and mine.four_eyes_minor is not None
        else FOUR_EYES_MAJOR * 10**digits,
        "limits": [(role, limits.get(role.slug, None if role.most_major is None else role.most_major * 10**digits),
                    mine is not None and mine.rank > role.rank) for role in ROLES.values() if "decide" in role.deeds],
        "may_four_eyes": mine is not None and mine.rank >= ROLES["brand_manager"].rank,
        "may_team": mine is not None and mine.rank >= ROLES["store_manager"].rank,
    }  # fmt: skip
    return render(request, "console/structure.html", context)


@desk_deed("people")
def brand(request: DeskRequest) -> HttpResponse:
    """Make a brand of a company, or rename it."""
    desk, post = request.desk, request.POST
    if post.get("company") not in {each.slug for each in structure_seen(desk.person, desk.scope)}:
        raise Missing("company")
    title = post.get("title", "").strip()
    brand_make(post["company"], post.get("slug", "").strip(), title or post.get("slug", ""), desk.person)
    messages.success(request, _("The brand is there."))
    return redirect("desk:structure")


@desk_deed("people")
def place(request: DeskRequest) -> HttpResponse:
    """Put a store under a brand."""
    desk, post = request.desk, request.POST
    seen = structure_seen(desk.person, desk.scope)
    brands = {each.slug for company in seen for each in company.brands}
    if post.get("brand") not in brands or post.get("store") not in {each.slug for each in desk.stores}:
        raise Missing("brand")
    shop_place(post["store"], post["brand"], desk.person)
    messages.success(request, _("The store stands there now."))
    return redirect("desk:structure")


@desk_deed("people")
def team(request: DeskRequest) -> HttpResponse:
    """A team of this store."""
    team_make(request.desk.slug, request.POST.get("title", ""), request.desk.person)
    messages.success(request, _("The team is there."))
    return redirect("desk:structure")


@desk_deed("people")
def rules(request: DeskRequest) -> HttpResponse:
    """From which amount two people approve in this store, and up to what amount each role does."""
    desk, post = request.desk, request.POST
    mine = _mine(desk)
    four_eyes = mine.four_eyes_minor
    if post.get("four_eyes", "").strip():
        four_eyes = amount_typed(post["four_eyes"], desk.currency)
    limits = dict(mine.limits)
    for role in ROLES:
        if post.get(f"limit-{role}", "").strip():
            limits[role] = amount_typed(post[f"limit-{role}"], desk.currency)
    shop_rules(desk.slug, desk.person, four_eyes_minor=four_eyes, limits=limits)
    messages.success(request, _("The rules hold from the next decision on."))
    return redirect("desk:structure")


def _mine(desk: Desk) -> ShopSeen:
    for company in structure_seen(desk.person, desk.scope):
        for each in company.brands:
            for shop in each.shops:
                if shop.store == desk.slug:
                    return shop
    raise Missing("store")
