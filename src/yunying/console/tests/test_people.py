"""Roles given, ended and handed over at the desk: only below one's own rank, and what is refused changes nothing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from yunying.accounts.people import Person
from yunying.interventions.tests.two_stores import FOREIGN, OWN, World, world_make
from yunying.org.grants import grants_of, scope_of
from yunying.org.scope import Piece

Post = Callable[..., Any]


@pytest.fixture
def world(ledger_database: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(settings, "HOME", tmp_path)
    return world_make(tmp_path)


@pytest.fixture
def post(world: World) -> Post:
    def send(who: str, address: str, **body: str) -> Any:
        client = Client(headers={"accept-language": "en"})
        client.force_login(world.people[who])
        return client.post(f"/desk/{address}", body)

    return send


def held(person: Person) -> list[tuple[str, list[str]]]:
    return [(row.role, row.categories) for row in grants_of(person)]


def test_a_manager_gives_a_category_and_ends_it(post: Post, world: World) -> None:
    ended = world.people["ended"]
    body = {"username": "ended", "role": "operator", "place": f"store:{OWN}", "categories": "plain-cups， 茶具"}
    assert post("store_manager", "people/give/", **body).status_code == 302
    assert held(ended) == [("operator", ["plain-cups", "茶具"])]
    (grant,) = grants_of(ended)
    assert post("operator", f"people/{grant.pk}/end/").status_code == 403
    assert post("outsider", f"people/{grant.pk}/end/").status_code == 404
    assert post("store_manager", f"people/{grant.pk}/end/").status_code == 302
    assert held(ended) == []


@pytest.mark.parametrize(
    ("who", "body", "status"),
    [
        ("store_manager", {"role": "store_manager"}, 403),
        ("store_manager", {"role": "coo", "place": "company:acme"}, 400),
        ("store_manager", {"place": f"store:{FOREIGN}"}, 400),
        ("store_manager", {"username": "store_manager"}, 403),
        ("store_manager", {"username": "nobody-of-that-name"}, 400),
        ("store_manager", {"start": "2026-12-01", "end": "2026-12-01"}, 400),
        ("store_manager", {"start": "tomorrow"}, 400),
        ("store_manager", {"role": "emperor"}, 400),
        ("operator", {}, 403),
        ("viewer", {}, 403),
    ],
)
def test_what_is_not_ones_own_to_give_is_refused(
    post: Post, world: World, who: str, body: dict[str, str], status: int
) -> None:
    asked = {"username": "ended", "role": "viewer", "place": f"store:{OWN}", **body}
    response = post(who, "people/give/", **asked)
    assert response.status_code == status
    assert held(world.people["ended"]) == []
    assert len(held(world.people["store_manager"])) == 1
    assert "Known are" not in response.content.decode()


def test_a_role_is_handed_over_for_a_holiday_and_taken_back(post: Post, world: World) -> None:
    (own,) = grants_of(world.people["buyer"])
    days = {"username": "viewer", "start": "2026-01-01", "end": "2030-01-01"}
    assert post("marketer", f"people/{own.pk}/delegate/", **days).status_code == 404
    assert post("buyer", f"people/{own.pk}/delegate/", **{**days, "end": ""}).status_code == 400
    assert post("buyer", f"people/{own.pk}/delegate/", **days).status_code == 302
    assert [role for role, _limits in held(world.people["viewer"])] == ["viewer", "buyer"]
    lent = grants_of(world.people["viewer"])[1]
    assert post("marketer", f"people/{lent.pk}/recall/").status_code == 404
    assert post("buyer", f"people/{lent.pk}/recall/").status_code == 302
    assert len(held(world.people["viewer"])) == 1


def test_acting_in_one_role_narrows_what_is_seen(world: World, post: Post) -> None:
    body = {"username": "viewer", "role": "operator", "place": f"store:{OWN}", "categories": "plain-other"}
    post("store_manager", "people/give/", **body)
    viewer = world.people["viewer"]
    client = Client(headers={"accept-language": "en"})
    client.force_login(viewer)
    cups = world.ids[OWN]["proposal"]
    assert client.get(f"/desk/proposals/{cups}/").status_code == 200
    narrow = grants_of(viewer)[1]
    assert client.post("/desk/people/acting/", {"grant": str(narrow.pk)}).status_code == 302
    assert client.get(f"/desk/proposals/{cups}/").status_code == 404
    assert "acting in one role" in client.get("/desk/").content.decode()
    foreign = world.ids[FOREIGN]["grant"]
    assert client.post("/desk/people/acting/", {"grant": str(foreign)}).status_code == 404
    client.post("/desk/people/acting/", {})
    assert client.get(f"/desk/proposals/{cups}/").status_code == 200


def test_nobody_raises_his_own_limit(post: Post, world: World) -> None:
    for who, field, status in (
        ("store_manager", "limit-store_manager", 403), ("store_manager", "four_eyes", 403),
        ("store_manager", "limit-operator", 302), ("brand_manager", "limit-store_manager", 302),
        ("brand_manager", "limit-brand_manager", 403), ("brand_manager", "four_eyes", 302),
    ):  # fmt: skip
        assert post(who, "structure/rules/", **{field: "999"}).status_code == status, (who, field)
    from django.utils import timezone

    scope = scope_of(world.people["operator"], timezone.now().date())
    assert scope.may_spend(OWN, Piece("purchasing"), 99_900, 2)
    assert not scope.may_spend(OWN, Piece("purchasing"), 100_000, 2)


def test_only_whoever_leads_a_company_makes_its_brands(post: Post, world: World) -> None:
    body = {"company": "acme", "slug": "moon", "title": "Moon"}
    assert post("brand_manager", "structure/brand/", **body).status_code == 403
    assert post("coo", "structure/brand/", **body).status_code == 302
    assert post("coo", "structure/brand/", **{**body, "slug": "brand-other"}).status_code == 400
    assert post("brand_manager", "structure/place/", store=OWN, brand="moon").status_code in (403, 404)
    assert post("coo", "structure/place/", store=OWN, brand="moon").status_code == 302
