"""What is recorded: with consent, without, of those who want nothing recorded, of programs, and what is refused."""

import json
from collections import Counter
from unittest import mock

import pytest
from django.core.cache import cache, caches
from django.db import OperationalError
from django.test import Client

from yunying.inbox.models import InboxRow
from yunying.portal.shop.catalogue import Goods, product_put
from yunying.portal.shop.models import BasketVisit, BotCount, EventCount, Shop
from yunying.portal.shop.tests.furnished import LONG_AGO, variant
from yunying.portal.shop.tracking import batches

BROWSER = {"HTTP_ACCEPT_LANGUAGE": "en", "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
PLACE = "/shop/teahouse/"
EVENT = {"id": "abcdefgh-1", "type": "click", "page": "list", "slot": "front", "position": 2, "product": "TEA"}


def events() -> list[dict]:
    return [row.content for row in InboxRow.objects.filter(store="teahouse", table="event").order_by("pk")]


def kinds() -> Counter:
    return Counter(each["type"] for each in events())


@pytest.fixture
def visitor(shop: Shop) -> Client:
    """Somebody who agreed."""
    client = Client(**BROWSER)
    client.post("/shop/consent/", {"consent": "yes", "next": PLACE})
    return client


def sent(client: Client, *given: dict, **headers: str) -> object:
    return client.post(f"{PLACE}events/", json.dumps({"events": given}), content_type="text/plain", **headers)


def test_a_page_is_a_view_and_an_impression_of_each_card(visitor: Client) -> None:
    visitor.get(PLACE)
    assert kinds() == {"visit": 1, "view": 1, "impression": 3}
    listed = [each for each in events() if each["slot" if "slot" in each else "type"] == "list"]
    assert [(each["position"], each["product"]) for each in listed] == [(1, "SET"), (2, "POT"), (3, "TEA")]
    keys = {(each["visitor"], each["session"], each["channel"]) for each in events()}
    assert len(keys) == 1
    assert all(len(key) == 24 for key in next(iter(keys))[:2])
    visitor.get(f"{PLACE}product/longjing/")
    assert kinds() == {"visit": 1, "view": 2, "impression": 3}, "the same visit goes on"
    assert events()[-1]["product"] == "TEA"


def test_a_drawn_slot_tells_its_propensities(visitor: Client, shop: Shop) -> None:
    for number in range(6):
        product_put(shop, f"p{number}", f"P {number}", [Goods(f"P{number}", 100, 50, 5)], LONG_AGO)
    cache.clear()
    for name in ("pages", "parts"):
        caches[name].clear()
    page = visitor.get(PLACE).content.decode()
    drawn = [each for each in events() if each.get("slot") == "front"]
    assert [each["position"] for each in drawn] == [1, 2, 3, 4]
    assert all(each["propensity"] == pytest.approx(1 / 9) for each in drawn), "four of nine, in any of four places"
    for each in drawn:
        assert f'data-slot="front" data-position="{each["position"]}" data-product="{each["product"]}"' in page


def test_a_search_tells_its_words_and_how_much_was_found(visitor: Client) -> None:
    visitor.get(PLACE, {"q": "龙井"})
    visitor.get(PLACE, {"q": "nothing like it"})
    assert [each["page"] for each in events() if each["type"] == "search"] == [
        "search?q=龙井&results=1", "search?q=nothing like it&results=0",
    ]  # fmt: skip


def test_what_is_put_into_the_basket_belongs_to_the_visit(visitor: Client, shop: Shop) -> None:
    visitor.get(f"{PLACE}?utm_source=wechat&utm_campaign=spring")
    visitor.post(f"{PLACE}basket/add/", {"variant": variant(shop, "TEA").pk, "quantity": 1})
    told = events()[-1]
    assert (told["type"], told["product"], told["channel"], told["campaign"]) == ("cart", "TEA", "wechat", "spring")
    visit = BasketVisit.objects.get()
    assert (visit.session, visit.channel, visit.campaign) == (told["session"], "wechat", "spring")


def test_without_consent_nobody_is_known_again(shop: Shop) -> None:
    client = Client(**BROWSER)
    for answer in (client.get(PLACE), client.post("/shop/consent/", {"consent": "no"}), client.get(PLACE)):
        assert not {"shop_visitor", "shop_visit"} & set(answer.cookies)
    assert kinds() == {"view": 2, "impression": 6}
    assert {(each["visitor"], each["session"], each["member"]) for each in events()} == {("", None, None)}
    assert sent(client, EVENT).status_code == 403
    assert "events.js" not in client.get(PLACE).content.decode()


@pytest.mark.parametrize("wish", ["HTTP_DNT", "HTTP_SEC_GPC"])
def test_who_wants_not_to_be_tracked_leaves_nothing(visitor: Client, shop: Shop, wish: str) -> None:
    for address in ("", "product/longjing/", "basket/"):
        page = visitor.get(f"{PLACE}{address}", **{wish: "1"})
    visitor.post(f"{PLACE}basket/add/", {"variant": variant(shop, "TEA").pk, "quantity": 1}, **{wish: "1"})
    assert sent(visitor, EVENT, **{wish: "1"}).status_code == 403
    assert events() == []
    assert not BasketVisit.objects.exists()
    assert 'action="/shop/consent/"' not in page.content.decode(), "who has said so already is not asked"


def test_taking_consent_back_forgets_the_browser(visitor: Client) -> None:
    visitor.get(PLACE)
    assert visitor.cookies["shop_visitor"].value
    visitor.post("/shop/consent/", {"consent": "no", "next": PLACE})
    assert not visitor.cookies["shop_visitor"].value


@pytest.mark.parametrize(
    "agent", ["Googlebot/2.1", "curl/8.5", "python-requests/2.32", "Mozilla/5.0 (compatible; bingbot/2.0)", ""]
)
def test_programs_are_counted_apart(shop: Shop, agent: str) -> None:
    client = Client(HTTP_ACCEPT_LANGUAGE="en", HTTP_USER_AGENT=agent)
    assert [client.get(PLACE).status_code for _ in range(3)] == [200, 200, 200]
    assert events() == []
    assert [row.count for row in BotCount.objects.all()] == [3]


def test_a_browsers_name_without_a_browsers_behaviour_is_a_program(shop: Shop) -> None:
    Client(HTTP_USER_AGENT=BROWSER["HTTP_USER_AGENT"]).get(PLACE)
    assert events() == []
    assert BotCount.objects.get().name.startswith("unlike a browser")


def test_what_is_only_fetched_ahead_was_not_seen(visitor: Client) -> None:
    visitor.get(PLACE, HTTP_SEC_PURPOSE="prefetch")
    visitor.head(PLACE)
    assert events() == []


def test_a_batch_is_acknowledged_when_stored_and_stored_once(visitor: Client) -> None:
    visitor.get(PLACE)
    answers = [sent(visitor, EVENT, {**EVENT, "id": "abcdefgh-2"}) for _ in range(3)]
    assert [each.json() for each in answers] == [{"stored": 2, "known": 0}, *[{"stored": 0, "known": 2}] * 2]
    clicks = [each for each in events() if each["type"] == "click"]
    assert len(clicks) == len({each["event"] for each in clicks}) == 2
    assert clicks[0]["visitor"] == visitor.cookies["shop_visitor"].value
    with mock.patch("yunying.portal.shop.tracking.events.inbox_receive", side_effect=OperationalError("full")):
        assert sent(visitor, {**EVENT, "id": "abcdefgh-3"}).status_code == 503
    assert sent(visitor, {**EVENT, "id": "abcdefgh-3"}).json() == {"stored": 1, "known": 0}


def test_another_visitors_same_id_is_another_event(visitor: Client) -> None:
    other = Client(**BROWSER)
    other.post("/shop/consent/", {"consent": "yes"})
    for client in (visitor, other):
        client.get(PLACE)
        assert sent(client, EVENT).json() == {"stored": 1, "known": 0}


BAD = [
    {"id": "short"}, {"id": 7}, {"id": "abcdefgh\n"}, {"type": "purchase"}, {"type": None}, {"position": 0},
    {"position": "2"}, {"position": True}, {"position": 10**9}, {"page": "x" * 201}, {"product": "a\x00b"},
    {"visitor": "somebody else"}, {"propensity": 0.5}, {"slot": {}},
]  # fmt: skip


@pytest.mark.parametrize("change", BAD, ids=str)
def test_one_bad_event_refuses_the_batch_and_says_why(visitor: Client, change: dict) -> None:
    answer = sent(visitor, {**EVENT, "id": "abcdefgh-9"}, {**EVENT, **change})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-events")
    assert "Event 2" in answer.json()["what"]
    assert events() == []


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 400), (b"\xff\xfe", 400), (b"[]", 400), (b'{"events": []}', 400), (b"[" * 9_000, 400), (b" " * 40_000, 413),
     (json.dumps({"events": [EVENT] * 51}).encode(), 400)],
)  # fmt: skip
def test_a_body_that_is_no_batch_is_refused(visitor: Client, body: bytes, status: int) -> None:
    answer = visitor.post(f"{PLACE}events/", body, content_type="application/json")
    assert (answer.status_code, set(answer.json())) == (status, {"code", "what", "remedy"})


def test_another_site_cannot_send_events(visitor: Client) -> None:
    assert sent(visitor, EVENT, HTTP_SEC_FETCH_SITE="cross-site").status_code == 403
    assert visitor.get(f"{PLACE}events/").status_code == 405
    assert events() == []


def test_an_address_sends_so_many_in_a_minute(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MOST_A_MINUTE", 5)
    told = [
        sent(visitor, *({**EVENT, "id": f"abcdefgh-{turn}-{n}"} for n in range(2))).status_code for turn in range(4)
    ]
    assert told == [200, 200, 429, 429]
    assert len(events()) == 4
    assert "127.0.0.1" not in EventCount.objects.get().key


def test_a_page_is_shown_although_it_cannot_be_counted(visitor: Client) -> None:
    with mock.patch("yunying.portal.shop.tracking.events.inbox_receive", side_effect=OperationalError("full")):
        assert visitor.get(PLACE).status_code == 200
