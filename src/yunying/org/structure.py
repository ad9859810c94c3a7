"""The structure: companies, brands, stores and teams; every change is in the audit log."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from yunying.accounts.people import Person
from yunying.audit.log import Change, audit_record
from yunying.kernel.errors import OperatorError
from yunying.kernel.ids import store_check
from yunying.org.leading import brands_led, leader_check
from yunying.org.models import Brand, Company, Shop, Team
from yunying.org.roles import ROLES

HOUSE = "house"
"""The company and brand of an installation where nobody has drawn another structure."""


def company_make(slug: str, title: str, actor: Person | None) -> Company:
    """A company, made or renamed."""
    with transaction.atomic():
        company, _ = Company.objects.update_or_create(slug=store_check(slug), defaults={"title": title[:200]})
        _tell(f"org/{slug}", actor, Change("company", f"company/{slug}", after={"title": title}))
    return company


def brand_make(company: str, slug: str, title: str, actor: Person | None) -> Brand:
    """A brand of a company, made or renamed."""
    with transaction.atomic():
        owner = company_named(company)
        known = Brand.objects.filter(slug=slug).first()
        leader_check(actor, owner, ROLES["coo"].rank)
        if known is not None and known.company_id != owner.pk:
            raise OperatorError("brand-taken", f"The id {slug!r} is taken.", "Choose another id.")
        brand, _ = Brand.objects.update_or_create(
            slug=store_check(slug), defaults={"title": title[:200], "company": owner}
        )
        _tell(f"org/{company}", actor, Change("brand", f"brand/{slug}", after={"title": title, "company": company}))
    return brand


def shop_place(store: str, brand: str, actor: Person | None) -> Shop:
    """Put a store under a brand."""
    with transaction.atomic():
        owner = Brand.objects.filter(slug=brand).select_related("company").first()
        if owner is None:
            raise OperatorError("unknown-brand", f"There is no brand {brand!r}.", "Make it first.")
        leader_check(actor, owner, ROLES["brand_manager"].rank)
        known = Shop.objects.select_related("brand__company").filter(store=store).first()
        if known is not None and known.brand_id != owner.pk:
            leader_check(actor, known, ROLES["brand_manager"].rank)
        shop, _ = Shop.objects.update_or_create(store=store_check(store), defaults={"brand": owner})
        _tell(store, actor, Change("place", f"store/{store}", after={"brand": brand}))
    return shop


def shops_ready(stores: list[str]) -> None:
    """Give every store a place: those without one stand in the house's own company and brand."""
    known = set(Shop.objects.filter(store__in=stores).values_list("store", flat=True))
    missing = [store for store in stores if store not in known]
    if not missing:
        return
    with transaction.atomic():
        company, _ = Company.objects.get_or_create(slug=HOUSE, defaults={"title": "House"})
        brand, _ = Brand.objects.get_or_create(slug=HOUSE, defaults={"title": "House", "company": company})
        for store in missing:
            if Shop.objects.get_or_create(store=store, defaults={"brand": brand})[1]:
                _tell(store, None, Change("place", f"store/{store}", after={"brand": HOUSE}))


def shop_open(store: str, actor: Person) -> None:
    """Give a store that somebody begins a place in a brand that he leads; the house's own where he leads none."""
    led = brands_led(actor)
    if led:
        shop_place(store, led[0].slug, actor)
    else:
        shops_ready([store])


def shop_rules(
    store: str, actor: Person | None, *, four_eyes_minor: int | None = None, limits: dict[str, int] | None = None
) -> None:
    """Set from which amount a second person approves, and up to what amount each role approves.

    Nobody sets the amount of his own rank or above: that would be giving himself more.

    Raises:
        OperatorError: the actor does not lead the store, or not above a role that he changes.
    """
    with transaction.atomic():
        shop = shop_named(store)
        shop = Shop.objects.select_for_update(of=("self",)).select_related("brand__company").get(pk=shop.pk)
        if four_eyes_minor != shop.four_eyes_minor:
            leader_check(actor, shop, ROLES["brand_manager"].rank)
        for role in _changed(shop.limits, limits or shop.limits):
            leader_check(actor, shop, ROLES[role].rank + 1 if role != "coo" else ROLES["coo"].rank)
        before = {"four_eyes_minor": shop.four_eyes_minor, "limits": shop.limits}
        shop.four_eyes_minor = four_eyes_minor
        shop.limits = limits if limits is not None else shop.limits
        shop.save(update_fields=["four_eyes_minor", "limits"])
        after = {"four_eyes_minor": shop.four_eyes_minor, "limits": shop.limits}
        _tell(store, actor, Change("approval_rules", f"store/{store}", before=before, after=after))


def team_make(store: str, title: str, actor: Person | None) -> Team:
    """A team of a store."""
    with transaction.atomic():
        shop = shop_named(store)
        leader_check(actor, shop, ROLES["store_manager"].rank)
        if not title.strip():
            raise OperatorError("bad-team", "The team has no name.", "Give it one.")
        team, _ = Team.objects.get_or_create(shop=shop, title=title.strip()[:100])
        _tell(store, actor, Change("team", f"team/{team.pk}", after={"title": title}))
    return team


def company_named(slug: str) -> Company:
    """The company of that id.

    Raises:
        OperatorError: there is none.
    """
    found = Company.objects.filter(slug=slug).first()
    if found is None:
        raise OperatorError("unknown-company", f"There is no company {slug!r}.", "Make it first.")
    return found


def shop_named(store: str) -> Shop:
    """A store's place.

    Raises:
        OperatorError: nobody has placed it.
    """
    found = Shop.objects.select_related("brand__company").filter(store=store).first()
    if found is None:
        raise OperatorError("unknown-store", f"There is no store {store!r}.", "Choose one of yours.")
    return found


def _changed(before: dict[str, int], after: dict[str, int]) -> list[str]:
    return [role for role in ROLES if before.get(role) != after.get(role)]


def _tell(chain: str, actor: Person | None, change: Change, at: datetime | None = None) -> None:
    audit_record(chain, actor.get_username() if actor else "system", at or timezone.now(), [change])
