"""Who leads which place of the structure, and the structure as somebody may see it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from yunying.accounts.people import Person
from yunying.kernel.errors import OperatorError
from yunying.org.models import Brand, Company, Grant, Shop, Team
from yunying.org.roles import ROLES
from yunying.org.scope import Scope, holds_on

Place = Company | Brand | Shop


@dataclass(frozen=True)
class ShopSeen:
    """A store's place: its rules of approval, its teams, and the viewer's rank over it."""

    store: str
    rank: int
    four_eyes_minor: int | None
    limits: dict[str, int]
    teams: list[str]


@dataclass(frozen=True)
class BrandSeen:
    """A brand with the stores that are seen."""

    slug: str
    title: str
    rank: int
    shops: list[ShopSeen]


@dataclass(frozen=True)
class CompanySeen:
    """A company with the brands that are seen."""

    slug: str
    title: str
    rank: int
    brands: list[BrandSeen]


def rank_over(person: Person, place: Place) -> int:
    """The highest rank with which somebody leads all of a place, also one without stores yet; 0 for none."""
    grants = _leading(person)
    return _rank(grants, person, place)


def leader_check(person: Person | None, place: Place, least: int) -> None:
    """Refuse whoever does not lead a place with at least that rank; None is the program itself.

    Raises:
        OperatorError: he does not.
    """
    if person is not None and rank_over(person, place) < least:
        what = f"{person.get_username()} does not lead {place}."
        raise OperatorError("not-allowed", what, "Ask whoever leads it.")


def structure_seen(person: Person, scope: Scope) -> list[CompanySeen]:
    """The companies, brands and stores that somebody sees, by title; what he sees nothing of is left out."""
    grants, teams = _leading(person), list(Team.objects.order_by("title"))
    shops = list(Shop.objects.select_related("brand__company").order_by("store"))
    brands = list(Brand.objects.select_related("company").order_by("title"))
    found = []
    for company in Company.objects.order_by("title"):
        shown = []
        for brand in [each for each in brands if each.company_id == company.pk]:
            own = [_shop_seen(shop, _rank(grants, person, shop), teams) for shop in shops
                   if shop.brand_id == brand.pk and scope.sees(shop.store)]  # fmt: skip
            rank = _rank(grants, person, brand)
            if own or rank:
                shown.append(BrandSeen(brand.slug, brand.title, rank, own))
        rank = _rank(grants, person, company)
        if shown or rank:
            found.append(CompanySeen(company.slug, company.title, rank, shown))
    return found


def brands_led(person: Person) -> list[Brand]:
    """The brands that somebody leads, by title."""
    grants = _leading(person)
    rows = Brand.objects.select_related("company").order_by("title")
    return [each for each in rows if _rank(grants, person, each)]


def _leading(person: Person) -> list[Grant]:
    today: date = timezone.now().date()
    rows = Grant.objects.filter(person=person, ended_at=None)
    return [each for each in rows if each.role in ROLES and "people" in ROLES[each.role].deeds
            and holds_on(today, each.start_date, each.end_date)
            and not (each.functions or each.categories or each.channels or each.styles)]  # fmt: skip


def _rank(grants: list[Grant], person: Person, place: Place) -> int:
    if person.is_superuser or (person.is_staff and not grants and not Grant.objects.exists()):
        return ROLES["coo"].rank
    return max((ROLES[each.role].rank for each in grants if _holds(each, place)), default=0)


def _holds(grant: Grant, place: Place) -> bool:
    brand: Any = place.brand if isinstance(place, Shop) else place if isinstance(place, Brand) else None
    company = place if isinstance(place, Company) else brand.company
    return bool(
        grant.company_id == company.pk
        or (brand is not None and grant.brand_id == brand.pk)
        or (isinstance(place, Shop) and grant.shop_id == place.pk)
    )


def _shop_seen(shop: Shop, rank: int, teams: list[Team]) -> ShopSeen:
    own = [each.title for each in teams if each.shop_id == shop.pk]
    return ShopSeen(shop.store, rank, shop.four_eyes_minor, dict(shop.limits), own)
