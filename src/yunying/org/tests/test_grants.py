"""Roles, their scopes, and the ways in which somebody might give himself more: each is refused and changes nothing."""

from datetime import date, timedelta

import pytest

from yunying.accounts.people import Person, person_make
from yunying.audit.log import audit_problems
from yunying.kernel.errors import OperatorError
from yunying.org.grants import grant_delegate, grant_end, grant_give, grants_of, people_of, scope_of
from yunying.org.models import Grant
from yunying.org.roles import ROLES, roles_page
from yunying.org.scope import Piece
from yunying.org.structure import brand_make, company_make, shop_place, shop_rules, shops_ready

TODAY = date(2026, 11, 25)


def person(name: str) -> Person:
    return person_make(name, "a long enough password")


@pytest.fixture
def company(ledger_database: None) -> None:
    """One company with two brands: sun has two stores, moon one."""
    company_make("acme", "Acme", None)
    for brand, stores in (("sun", ("sun-1", "sun-2")), ("moon", ("moon-1",))):
        brand_make("acme", brand, brand.title(), None)
        for store in stores:
            shop_place(store, brand, None)


def test_a_scope_reaches_what_its_place_holds(company: None) -> None:
    coo, manager, operator = person("coo"), person("manager"), person("operator")
    grant_give(coo, "coo", None, company="acme")
    grant_give(manager, "brand_manager", None, brand="sun")
    grant_give(operator, "operator", None, store="sun-1", categories=["cups"])
    assert scope_of(coo, TODAY).stores == {"sun-1", "sun-2", "moon-1"}
    assert scope_of(manager, TODAY).stores == {"sun-1", "sun-2"}
    scope = scope_of(operator, TODAY)
    assert scope.may("decide", "sun-1", Piece("purchasing", "cups"))
    assert not scope.may("decide", "sun-1", Piece("purchasing", "pots"))
    assert not scope.may("decide", "sun-1"), "a limited area never covers what names no category"
    assert not scope.may("decide", "sun-2", Piece("purchasing", "cups"))


def test_several_grants_add_up_and_functions_narrow_a_role(company: None) -> None:
    both = person("both")
    grant_give(both, "buyer", None, store="sun-1")
    grant_give(both, "viewer", None, brand="moon")
    grant_give(both, "operator", None, store="sun-2", functions=["promotion"])
    scope = scope_of(both, TODAY)
    assert scope.stores == {"sun-1", "sun-2", "moon-1"}
    assert scope.may("decide", "sun-1", Piece("purchasing"))
    assert not scope.may("decide", "sun-1", Piece("promotion"))
    assert not scope.may("decide", "moon-1", Piece("purchasing"))
    assert scope.may("decide", "sun-2", Piece("marketing"))
    assert not scope.may("decide", "sun-2", Piece("purchasing"))
    grant_give(both, "buyer", None, store="sun-2", functions=["promotion"])
    assert not scope_of(both, TODAY).may("decide", "sun-2", Piece("purchasing")), "what shares nothing leaves nothing"


def test_amounts_are_the_roles_own_or_the_stores(company: None) -> None:
    operator = person("operator")
    grant_give(operator, "operator", None, store="sun-1")
    assert scope_of(operator, TODAY).may_spend("sun-1", Piece("purchasing"), 500_000, 2)
    assert not scope_of(operator, TODAY).may_spend("sun-1", Piece("purchasing"), 500_001, 2)
    shop_rules("sun-1", None, limits={"operator": 700_000}, four_eyes_minor=100)
    scope = scope_of(operator, TODAY)
    assert scope.may_spend("sun-1", Piece("purchasing"), 700_000, 2)
    assert (scope.needs_second("sun-1", 101, 2), scope.needs_second("sun-1", 100, 2)) == (True, False)
    assert audit_problems("sun-1") == []


def test_a_holiday_is_delegated_for_its_days_only(company: None) -> None:
    manager, friend = person("manager"), person("friend")
    own = grant_give(manager, "store_manager", None, store="sun-1")
    grant_delegate(own.pk, friend, manager, start_date=TODAY, end_date=TODAY + timedelta(days=7))
    assert scope_of(friend, TODAY).may("decide", "sun-1")
    assert not scope_of(friend, TODAY + timedelta(days=7)).stores
    assert not scope_of(friend, TODAY - timedelta(days=1)).stores
    lent = grants_of(friend)[0]
    with pytest.raises(OperatorError, match="one's own"):
        grant_delegate(lent.pk, person("third"), friend, start_date=TODAY, end_date=TODAY + timedelta(days=7))


def test_a_role_that_ends_or_an_account_that_closes_ends_at_once(company: None) -> None:
    manager = person("manager")
    grant = grant_give(manager, "store_manager", None, store="sun-1")
    assert grant_end(grant.pk, None)
    assert not grant_end(grant.pk, None)
    assert not scope_of(manager, TODAY).areas
    grant_give(manager, "store_manager", None, store="sun-1")
    manager.is_active = False
    manager.save()
    assert not scope_of(manager, TODAY).areas
    assert not scope_of(None, TODAY).areas


ESCALATIONS = {
    "a store manager makes himself chief": ("manager", "manager", "coo", {"company": "acme"}),
    "a store manager makes himself brand manager": ("manager", "manager", "brand_manager", {"brand": "sun"}),
    "a store manager gives himself another store": ("manager", "manager", "viewer", {"store": "moon-1"}),
    "a store manager gives himself his own role again": ("manager", "manager", "store_manager", {"store": "sun-1"}),
    "a store manager makes a friend his equal": ("manager", "friend", "store_manager", {"store": "sun-1"}),
    "a store manager makes a friend his superior": ("manager", "friend", "brand_manager", {"brand": "sun"}),
    "a store manager gives a role in another brand": ("manager", "friend", "viewer", {"store": "moon-1"}),
    "a store manager gives a role over the brand": ("manager", "friend", "viewer", {"brand": "sun"}),
    "a store manager lowers his superior": ("manager", "chief", "viewer", {"store": "sun-1"}),
    "an operator gives a role": ("operator", "friend", "viewer", {"store": "sun-1"}),
    "a viewer gives a role": ("viewer", "friend", "viewer", {"store": "sun-1"}),
    "a part of a store gives a role over the store": ("part", "friend", "viewer", {"store": "sun-1"}),
}


@pytest.fixture
def cast(company: None) -> dict[str, Person]:
    people = {name: person(name) for name in ("manager", "friend", "chief", "operator", "viewer", "part")}
    grant_give(people["chief"], "coo", None, company="acme")
    grant_give(people["manager"], "store_manager", None, store="sun-1")
    grant_give(people["operator"], "operator", None, store="sun-1")
    grant_give(people["viewer"], "viewer", None, store="sun-1")
    grant_give(people["part"], "store_manager", None, store="sun-1", categories=["cups"])
    return people


@pytest.mark.parametrize("attempt", ESCALATIONS)
def test_nobody_climbs(attempt: str, cast: dict[str, Person]) -> None:
    actor, target, role, place = ESCALATIONS[attempt]
    before = Grant.objects.count()
    with pytest.raises(OperatorError) as refused:
        grant_give(cast[target], role, cast[actor], **place)
    assert refused.value.code == "not-allowed"
    assert Grant.objects.count() == before


def test_a_manager_gives_and_takes_what_is_below_him(cast: dict[str, Person]) -> None:
    grant = grant_give(cast["friend"], "operator", cast["manager"], store="sun-1")
    assert ("friend", "operator") in [(each.username, role) for each, role in people_of("sun-1", TODAY)]
    with pytest.raises(OperatorError):
        grant_end(grant.pk, cast["operator"])
    assert grant_end(grant.pk, cast["manager"])
    chiefs = grants_of(cast["chief"])[0]
    with pytest.raises(OperatorError):
        grant_end(chiefs.pk, cast["manager"])


def test_a_closed_account_gives_nothing(cast: dict[str, Person]) -> None:
    cast["manager"].is_active = False
    cast["manager"].save()
    with pytest.raises(OperatorError):
        grant_give(cast["friend"], "operator", cast["manager"], store="sun-1")


def test_a_store_without_a_place_stands_in_the_house(ledger_database: None) -> None:
    shops_ready(["corner"])
    owner = person("owner")
    grant_give(owner, "coo", None, company="house")
    assert scope_of(owner, TODAY).stores == {"corner"}


@pytest.mark.parametrize(
    ("role", "place", "code"),
    [("king", {"store": "sun-1"}, "unknown-role"), ("viewer", {}, "bad-place"),
     ("viewer", {"store": "nowhere"}, "unknown-place"), ("viewer", {"store": "sun-1", "brand": "sun"}, "bad-place")],
)  # fmt: skip
def test_what_is_unknown_is_told(role: str, place: dict[str, str], code: str, company: None) -> None:
    with pytest.raises(OperatorError) as refused:
        grant_give(person("x1"), role, None, **place)
    assert refused.value.code == code


def test_the_page_of_roles_names_every_role() -> None:
    assert all(f"`{slug}`" in roles_page() for slug in ROLES)
