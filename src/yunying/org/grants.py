"""Roles given, delegated and ended; and a person's scope on a day, which every query and every deed goes through."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from yunying.accounts.people import Person, person_is_member
from yunying.audit.log import Change, audit_record
from yunying.kernel.errors import OperatorError
from yunying.org.models import Brand, Company, Grant, Shop
from yunying.org.roles import FUNCTIONS, ROLES, functions_of
from yunying.org.scope import NOBODY, Area, Piece, Scope, area_of, holds_on


def scope_of(person: Person | None, day: date, *, only: int | None = None) -> Scope:
    """What a person may see and do on a day; nothing if the account is closed.

    Args:
        only: of his roles the one that he acts in, by its number; one that no longer holds is as none.

    The owner of the installation (a superuser) holds the highest role over everything. While nobody was given a role
    at all, whoever may decide decides everything, as in a shop of one, and the others look.
    """
    if person is None or not person.is_active:
        return NOBODY
    if not Grant.objects.exists():
        may_decide = person.is_staff or person.is_superuser
        if not may_decide and person_is_member(person):
            return NOBODY
        return Scope(person.pk, (), everywhere=ROLES["coo" if may_decide else "viewer"], has_rules=False)
    shops = list(Shop.objects.select_related("brand"))
    four_eyes = {shop.store: shop.four_eyes_minor for shop in shops if shop.four_eyes_minor is not None}
    if person.is_superuser:
        return Scope(person.pk, (), four_eyes, everywhere=ROLES["coo"])
    rows = Grant.objects.filter(person=person, ended_at=None).order_by("pk")
    grants = [row for row in rows if holds_on(day, row.start_date, row.end_date) and row.role in ROLES]
    acted = [row for row in grants if row.pk == only]
    areas = tuple(_area(row, shops) for row in acted or grants)
    return Scope(person.pk, areas, four_eyes)


def grant_give(
    person: Person,
    role: str,
    actor: Person | None,
    *,
    company: str = "",
    brand: str = "",
    store: str = "",
    functions: Collection[str] = (),
    categories: Collection[str] = (),
    channels: Collection[str] = (),
    styles: Collection[str] = (),
    start_date: date | None = None,
    end_date: date | None = None,
) -> Grant:
    """Give a person a role in one company, brand or store.

    Args:
        actor: None for the program itself, such as the first account of an installation.

    Raises:
        OperatorError: the role or place is unknown, or the actor's own rank does not reach it.
    """
    _refuse_unknown(role, functions)
    place = _place(company, brand, store)
    with transaction.atomic():
        _owner_keeps(actor)
        _refuse_escalation(actor, person, role, place)
        grant = Grant.objects.create(
            person=person, role=role, functions=list(functions), categories=list(categories), channels=list(channels),
            styles=list(styles), start_date=start_date, end_date=end_date, given_by=actor, given_at=timezone.now(),
            **place,
        )  # fmt: skip
        _tell(actor, grant, "grant_give")
    return grant


def grant_offer_check(role: str, actor: Person | None, *, functions: Collection[str] = (), **place: str) -> None:
    """Refuse a role that the actor may not give to somebody who has none yet.

    Raises:
        OperatorError: the role or place is unknown, or the actor's own rank does not reach it.
    """
    _refuse_unknown(role, functions)
    _refuse_escalation(actor, None, role, _place(**{"company": "", "brand": "", "store": "", **place}))


def grant_delegate(grant_id: int, to: Person, actor: Person, *, start_date: date, end_date: date) -> Grant:
    """Hand one's own role to somebody for some days, such as a holiday; it ends by itself.

    Raises:
        OperatorError: the role is not the actor's own, or was delegated itself.
    """
    with transaction.atomic():
        own = Grant.objects.filter(pk=grant_id, person=actor, ended_at=None, delegated_by=None).first()
        if own is None or to.pk == actor.pk:
            raise OperatorError("not-yours", "Only a role of one's own can be handed over.", "Choose one of yours.")
        grant = Grant.objects.create(
            person=to, role=own.role, company=own.company, brand=own.brand, shop=own.shop, functions=own.functions,
            categories=own.categories, channels=own.channels, styles=own.styles, start_date=start_date,
            end_date=end_date, delegated_by=actor, given_by=actor, given_at=timezone.now(),
        )  # fmt: skip
        _tell(actor, grant, "grant_delegate")
    return grant


def grant_end(grant_id: int, actor: Person | None) -> bool:
    """End a role at once; says whether it still held.

    Raises:
        OperatorError: the actor's rank does not reach it.
    """
    with transaction.atomic():
        grant = Grant.objects.select_for_update().filter(pk=grant_id, ended_at=None).first()
        if grant is None:
            return False
        place = {"company": grant.company, "brand": grant.brand, "shop": grant.shop}
        if actor is None or grant.delegated_by_id != actor.pk:
            _refuse_escalation(actor, grant.person, grant.role, place)
        grant.ended_at = timezone.now()
        grant.save(update_fields=["ended_at"])
        _tell(actor, grant, "grant_end")
    return True


def grants_of(person: Person) -> list[Grant]:
    """The roles that a person holds now or will hold."""
    rows = Grant.objects.filter(person=person, ended_at=None).select_related(
        "company", "brand__company", "shop__brand__company", "delegated_by"
    )
    return list(rows.order_by("pk"))


def grants_in(store: str) -> list[Grant]:
    """Every role that reaches a store and is not ended, also of days to come, highest rank first."""
    shop = Shop.objects.select_related("brand").filter(store=store).first()
    if shop is None:
        return []
    related = ("person", "company", "brand", "shop", "given_by", "delegated_by")
    rows = Grant.objects.filter(_reach(shop), ended_at=None, role__in=ROLES, person__is_active=True).select_related(
        *related
    )
    return sorted(rows, key=lambda row: (-ROLES[row.role].rank, row.person.username, row.pk))


def grant_is_endable(grant: Grant, actor: Person) -> bool:
    """Whether somebody may end a role: his own to others, or one below his rank."""
    place = {"company": grant.company, "brand": grant.brand, "shop": grant.shop}
    try:
        if grant.delegated_by_id != actor.pk:
            _refuse_escalation(actor, grant.person, grant.role, place)
    except OperatorError:
        return False
    return True


def people_of(store: str, day: date) -> list[tuple[Person, str]]:
    """Who holds which role over a store on a day, highest rank first."""
    shop = Shop.objects.select_related("brand").filter(store=store).first()
    if shop is None:
        return []
    rows = Grant.objects.filter(_reach(shop), ended_at=None, person__is_active=True).select_related("person")
    found = [(row.person, row.role) for row in rows if holds_on(day, row.start_date, row.end_date)]
    return sorted(found, key=lambda each: (-ROLES[each[1]].rank, each[0].username))


def splits_held(store: str, day: date) -> list[tuple[str, ...]]:
    """The ways in which a store's figures must be split so that everybody with a part of it sees that part's."""
    return sorted({tuple(area.limits_by) for area in _areas_held(store, day)} - {()})


def functions_held(store: str, day: date) -> tuple[str, ...]:
    """The functions that somebody holds in a store without holding all of it."""
    return functions_of({practice for area in _areas_held(store, day) for practice in area.practices})


def _areas_held(store: str, day: date) -> list[Area]:
    shop = Shop.objects.select_related("brand").filter(store=store).first()
    if shop is None:
        return []
    rows = Grant.objects.filter(_reach(shop), ended_at=None)
    held = [row for row in rows if holds_on(day, row.start_date, row.end_date) and row.role in ROLES]
    return [_area(row, [shop]) for row in held]


def _reach(shop: Shop) -> Q:
    return Q(shop=shop) | Q(brand=shop.brand) | Q(company=shop.brand.company_id)


def people_covering(store: str, day: date, piece: Piece | None) -> list[Person]:
    """Everybody whose scope covers a piece of a store on a day, or, without a piece, any part of it; by name."""
    everybody = Person.objects.filter(is_active=True).order_by("username")
    if not Grant.objects.exists():
        return list(everybody)
    shop = Shop.objects.select_related("brand").filter(store=store).first()
    if shop is None:
        return list(everybody.filter(is_superuser=True))
    covered = set()
    for grant in Grant.objects.filter(_reach(shop), ended_at=None):
        if grant.role not in ROLES or not holds_on(day, grant.start_date, grant.end_date):
            continue
        area = _area(grant, [shop])
        if "see" in area.role.deeds and (piece is None or area.covers(store, piece)):
            covered.add(grant.person_id)
    return list(everybody.filter(Q(is_superuser=True) | Q(pk__in=covered)))


def _area(grant: Grant, shops: list[Shop]) -> Area:
    mine = [shop for shop in shops if _reaches(grant, shop)]
    limits = {shop.store: int(shop.limits[grant.role]) for shop in mine if grant.role in shop.limits}
    return area_of(
        grant.role, [shop.store for shop in mine], functions=grant.functions, categories=grant.categories,
        channels=grant.channels, styles=grant.styles, limits=limits,
    )  # fmt: skip


def _reaches(grant: Grant, shop: Shop) -> bool:
    if grant.shop_id is not None:
        return bool(grant.shop_id == shop.pk)
    if grant.brand_id is not None:
        return bool(grant.brand_id == shop.brand_id)
    return bool(grant.company_id == shop.brand.company_id)


def _place(company: str, brand: str, store: str) -> dict[str, Any]:
    if sum(map(bool, (company, brand, store))) != 1:
        raise OperatorError("bad-place", "A role is held in one place.", "Name a company, a brand or a store.")
    found = {
        "company": Company.objects.filter(slug=company).first() if company else None,
        "brand": Brand.objects.filter(slug=brand).first() if brand else None,
        "shop": Shop.objects.filter(store=store).first() if store else None,
    }
    if not any(found.values()):
        raise OperatorError("unknown-place", f"There is no {company or brand or store!r}.", "Make it first.")
    return found


def _owner_keeps(actor: Person | None) -> None:
    """Before the first role is given, whoever decided everything gets the highest one, lest he shut himself out."""
    if actor is None or actor.is_superuser or not actor.is_staff or Grant.objects.exists():
        return
    for company in Company.objects.order_by("pk"):
        grant = Grant.objects.create(person=actor, role="coo", company=company, given_at=timezone.now())
        _tell(None, grant, "grant_give")


def _refuse_unknown(role: str, functions: Collection[str]) -> None:
    if role not in ROLES:
        raise OperatorError("unknown-role", f"There is no role {role!r}.", f"Use one of: {', '.join(ROLES)}.")
    for name in functions:
        if name not in FUNCTIONS:
            raise OperatorError("unknown-function", f"There is no function {name!r}.", f"Use: {', '.join(FUNCTIONS)}.")


def _refuse_escalation(actor: Person | None, person: Person | None, role: str, place: dict[str, Any]) -> None:
    """Nobody gives or takes a role of his own rank or above, outside of his scope, or to himself."""
    if actor is None or actor.is_superuser:
        return
    scope = scope_of(actor, timezone.now().date())
    stores = _stores_of(place)
    reach = bool(stores) and all(scope.rank(store) > ROLES[role].rank for store in stores)
    above = max((ROLES[name].rank for store in stores for each, name in people_of(store, timezone.now().date())
                 if person is not None and each.pk == person.pk), default=0)  # fmt: skip
    own = min((scope.rank(store) for store in stores), default=0)
    if not reach or (person is not None and person.pk == actor.pk) or above >= own:
        raise OperatorError(
            "not-allowed", f"{actor.get_username()} cannot give or take the role {role} there.",
            "Ask somebody whose role is above it.",
        )  # fmt: skip


def _stores_of(place: dict[str, Any]) -> list[str]:
    if place.get("shop") is not None:
        return [place["shop"].store]
    if place.get("brand") is not None:
        return list(Shop.objects.filter(brand=place["brand"]).values_list("store", flat=True))
    return list(Shop.objects.filter(brand__company=place["company"]).values_list("store", flat=True))


def _tell(actor: Person | None, grant: Grant, action: str) -> None:
    shop, brand, company = grant.shop, grant.brand, grant.company
    chain = shop.store if shop else f"org/{brand.company.slug if brand else company.slug}"
    after = {
        "person": grant.person_id, "role": grant.role, "functions": grant.functions, "categories": grant.categories,
        "channels": grant.channels, "styles": grant.styles, "start": str(grant.start_date), "end": str(grant.end_date),
    }  # fmt: skip
    change = Change(action, f"grant/{grant.pk}", after=after)
    audit_record(chain, actor.get_username() if actor else "system", timezone.now(), [change])
