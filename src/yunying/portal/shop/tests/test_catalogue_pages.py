"""Kept pages: whatever they show is never older than its change, and no draw, event or token is kept with them."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.db.models import Sum
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from yunying.inbox.models import InboxRow
from yunying.portal.shop.catalogue import Goods, product_put
from yunying.portal.shop.catalogue_version import KEPT, CatalogueMoved, catalogue_version, changes_forget
from yunying.portal.shop.models import (
    Attribute,
    BotCount,
    BundlePart,
    Category,
    Feature,
    ListPrice,
    Picture,
    Product,
    ProductAttribute,
    Shop,
    SlotPlan,
    Stock,
    Variant,
)
from yunying.portal.shop.prices import price_schedule
from yunying.portal.shop.tests.furnished import LONG_AGO, basket_with, variant
from yunying.portal.shop.tracking.events import _Page, _pages_write
from yunying.portal.shop.views.kept_parts import Parts

PRODUCT = "/shop/teahouse/product/longjing/"


@pytest.fixture
def visitor() -> Client:
    return Client(HTTP_ACCEPT_LANGUAGE="en", HTTP_USER_AGENT="Mozilla/5.0")


@pytest.fixture
def stocked(shop: Shop) -> Iterator[Shop]:
    for number in range(8):
        product_put(shop, f"p{number}", f"P {number}", [Goods(f"P{number}", 100, 50, 50)], LONG_AGO)
    yield shop
    for name in ("pages", "parts"):
        caches[name].clear()


def told() -> list[dict]:
    return [row.content for row in InboxRow.objects.filter(table="event").order_by("id")]


def test_a_kept_page_costs_one_query_and_draws_and_tells_anew(stocked: Shop, visitor: Client) -> None:
    visitor.get("/shop/teahouse/")
    with CaptureQueriesContext(connection) as second:
        visitor.get("/shop/teahouse/")
    assert len(second) <= 10, "the cards that the first page did not draw are made all at once"
    pages, draws = set(), set()
    for _ in range(20):
        before = len(told())
        with CaptureQueriesContext(connection) as queries:
            page = visitor.get("/shop/teahouse/").content.decode()
        asked = [each["sql"] for each in queries if not re.match("(RELEASE )?SAVEPOINT", each["sql"])]
        assert len(asked) == 1, "one insert of the events, which asks whether the version is still the same"
        events = told()[before:]
        drawn = [each for each in events if each.get("slot") == "front"]
        cards = re.findall(r'data-slot="front" data-position="(\d)" data-product="(\w+)"', page)
        assert cards == [(str(each["position"]), each["product"]) for each in drawn], "what is shown is what is told"
        assert all(0 < each["propensity"] < 1 for each in drawn)
        assert sum(each["type"] == "view" for each in events) == 1
        draws.add(tuple(cards))
        pages.add(re.sub(r'name="csrfmiddlewaretoken" value="\w+"|<section.*?</section>', "", page, flags=re.DOTALL))
    assert len(draws) > 5
    assert len(pages) == 1


def test_what_changed_since_this_process_looked_is_shown_and_counted_once(stocked: Shop, visitor: Client) -> None:
    program = Client(HTTP_ACCEPT_LANGUAGE="en", HTTP_USER_AGENT="curl/8.0")
    nameless = Client(HTTP_ACCEPT_LANGUAGE="en", HTTP_USER_AGENT="Mozilla/5.0", HTTP_DNT="1")
    for number, client in enumerate((visitor, program, nameless)):
        client.get(PRODUCT)
        before, counted = len(told()), BotCount.objects.aggregate(n=Sum("count"))["n"] or 0
        client.get(PRODUCT)
        each, bots = len(told()) - before, BotCount.objects.aggregate(n=Sum("count"))["n"] or 0
        # As another process does it: this one knows nothing of it.
        Product.objects.filter(slug="longjing").update(title=f"Another {number}")
        assert f"Another {number}" in client.get(PRODUCT).content.decode()
        assert len(told()) == before + 2 * each
        assert (BotCount.objects.aggregate(n=Sum("count"))["n"] or 0) - bots == bots - counted


def test_pages_of_two_versions_written_together_are_each_judged_alone(stocked: Shop) -> None:
    now, version = timezone.now(), catalogue_version()
    moved, fresh = (_Page("teahouse", [{"event": each}], now, each) for each in ("0-0-0", version))
    for pages in ([moved, fresh], [moved]):
        with pytest.raises(CatalogueMoved):
            _pages_write(pages)
    assert not told(), "whoever wrote them tries each alone"
    _pages_write([fresh])
    assert [each["event"] for each in told()] == [version]


def test_a_kept_pages_form_works_for_each_visitor(stocked: Shop) -> None:
    for _ in range(2):
        client = Client(enforce_csrf_checks=True, HTTP_ACCEPT_LANGUAGE="en", HTTP_USER_AGENT="Mozilla/5.0")
        token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', client.get(PRODUCT).content.decode())[1]
        sent = {"variant": variant(stocked, "TEA").pk, "quantity": 1, "csrfmiddlewaretoken": token}
        assert client.post("/shop/teahouse/basket/add/", sent).status_code == 302
        assert re.search(r"Basket <b>1</b>", client.get(PRODUCT).content.decode()), "who has a basket sees his own"
    assert "Basket <b>" not in Client().get(PRODUCT).content.decode()


def test_languages_themes_and_consent_have_pages_of_their_own(stocked: Shop, visitor: Client) -> None:
    visitor.get(PRODUCT)
    assert "龙井茶" in Client(HTTP_ACCEPT_LANGUAGE="zh-CN", HTTP_USER_AGENT="Mozilla/5.0").get(PRODUCT).content.decode()
    for name, value, word in (("theme", "dark", 'data-theme="dark"'), ("shop_consent", "yes", "events.js")):
        other = Client(HTTP_ACCEPT_LANGUAGE="en", HTTP_USER_AGENT="Mozilla/5.0")
        other.cookies[name] = value
        assert word in other.get(PRODUCT).content.decode()
    page = visitor.get(PRODUCT).content.decode()
    assert 'data-theme="auto"' in page
    assert "events.js" not in page


def _bundle(shop: Shop) -> object:
    return BundlePart.objects.filter(bundle__sku="SET", part__sku="POT").update(quantity=2)


CHANGES: dict[str, Callable[[Shop], object]] = {
    "title": lambda shop: Product.objects.filter(slug="pot").update(title="Jar"),
    "price": lambda shop: price_schedule(variant(shop, "TEA"), 1, timezone.now()),
    "no price any more": lambda shop: ListPrice.objects.filter(variant__sku="POT").delete(),
    "variant": lambda shop: Variant.objects.filter(sku="TEA").update(is_listed=False),
    "shop": lambda shop: Shop.objects.update(title="Another"),
    "category": lambda shop: Category.objects.create(shop=shop, slug="new", title="New"),
    "bundle": _bundle,
    "feature": lambda shop: Feature.objects.create(
        shop=shop, slot="front", product=Product.objects.get(slug="pot"), position=1
    ),
    "plan": lambda shop: SlotPlan.objects.create(shop=shop, slot="front", name="n", set_at=timezone.now()),
    "picture": lambda shop: Picture.objects.create(
        product=Product.objects.get(slug="pot"), position=1, digest="0" * 64, width=1, height=1, added_at=timezone.now()
    ),
    "attribute": lambda shop: ProductAttribute.objects.create(
        product=Product.objects.get(slug="pot"), value="x",
        attribute=Attribute.objects.create(shop=shop, slug="origin", title="Origin"),
    ),
    "sold out": lambda shop: Stock.objects.filter(variant__sku="TEA").update(reserved=100),
    "few are left": lambda shop: Stock.objects.filter(variant__sku="TEA").update(on_hand=5),
    "few for the set": lambda shop: Stock.objects.filter(variant__sku="TEA").update(on_hand=11),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_each_change_that_a_page_shows_is_another_version(shop: Shop, change: str) -> None:
    before = catalogue_version()
    CHANGES[change](shop)
    assert catalogue_version() != before


def test_an_order_of_what_is_there_in_plenty_leaves_pages_as_they_are(stocked: Shop, visitor: Client) -> None:
    before = catalogue_version()
    Stock.objects.filter(variant__sku="TEA").update(reserved=50)
    basket_with(stocked, TEA=1)
    assert catalogue_version() == before, "no page tells how many there are of what is there in plenty"
    assert "In stock" in visitor.get(PRODUCT).content.decode()
    Stock.objects.filter(variant__sku="TEA").update(reserved=97)
    assert "Only 3 left" in visitor.get(PRODUCT).content.decode()


def test_a_price_that_begins_by_itself_is_shown_from_that_moment(
    stocked: Shop, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    price_schedule(variant(stocked, "TEA"), 7_700, now + timedelta(seconds=20))
    for after, price in ((0, "¥99.00"), (19, "¥99.00"), (21, "¥77.00")):
        moment = now + timedelta(seconds=after)
        monkeypatch.setattr("django.utils.timezone.now", lambda moment=moment: moment)
        monkeypatch.setattr("time.time", moment.timestamp)
        assert price in visitor.get(PRODUCT).content.decode(), after


def test_changes_that_no_page_depends_on_are_forgotten(shop: Shop) -> None:
    seen = {catalogue_version()}
    for _ in range(2):
        assert changes_forget(timezone.now() + timedelta(hours=1)) or connection.vendor == "sqlite"
        Product.objects.filter(slug="pot").update(title="Jar")
        seen.add(catalogue_version())
    assert len(seen) == 3, "a version never comes again"


@override_settings(SHOP_PAGES=0)
def test_a_shop_that_keeps_no_pages_makes_each_anew(stocked: Shop, visitor: Client) -> None:
    visitor.get(PRODUCT)
    with CaptureQueriesContext(connection) as queries:
        assert "data-slot" in visitor.get(PRODUCT).content.decode()
    assert sum("shop_listprice" in each["sql"] for each in queries) >= 2
    assert not caches["pages"]._cache
    assert not caches["parts"]._cache


def test_a_page_ends_by_the_clock_of_the_shop_though_the_caches_own_goes_slower(
    stocked: Shop, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    price_schedule(variant(stocked, "TEA"), 7_777, now + timedelta(hours=2))
    shown = []
    # Two hours pass in less than a second, as where a demo's past is made.
    for moment in (now, now + timedelta(hours=2, seconds=1)):
        monkeypatch.setattr("django.utils.timezone.now", lambda moment=moment: moment)
        shown.append("77.77" in visitor.get(PRODUCT).content.decode())
    assert shown == [False, True]


def test_a_product_that_cannot_be_bought_gets_no_card_and_is_not_asked_for_again(
    stocked: Shop, visitor: Client
) -> None:
    ListPrice.objects.filter(variant__product__slug__startswith="p").exclude(variant__sku="P0").delete()
    for _ in range(3):
        visitor.get("/shop/teahouse/")
    for _ in range(10):
        with CaptureQueriesContext(connection) as queries:
            page = visitor.get("/shop/teahouse/").content.decode()
        assert len(queries) <= 4, "the version, and one insert of the events"
        assert set(re.findall(r'data-slot="front" data-position="\d" data-product="(\w+)"', page)) <= {
            "P0",
            "TEA",
            "SET",
        }


def test_a_shop_without_anything_to_buy_still_answers(stocked: Shop, visitor: Client) -> None:
    Variant.objects.update(is_listed=False)
    assert "Sold out" not in visitor.get("/shop/teahouse/").content.decode()
    page = visitor.get(PRODUCT)
    assert page.status_code == 200
    assert "Put into the basket" not in page.content.decode()


def test_a_kept_page_is_answered_with_the_headers_of_one_that_is_made(stocked: Shop, visitor: Client) -> None:
    made, kept = visitor.get(PRODUCT), visitor.get(PRODUCT)
    assert hasattr(made.wsgi_request, "session")
    assert not hasattr(kept.wsgi_request, "session"), "nobody looked for a session"
    assert {*made.headers} == {*kept.headers}
    lengths = {each.headers["Content-Length"] for each in (made, kept)}
    assert len(lengths) <= 2, "the slot is another one"
    for name in {*made.headers} - {"Content-Length", "Vary"}:
        assert made.headers[name] == kept.headers[name]
    alike = [sorted(each.headers["Vary"].lower().replace(" ", "").split(",")) for each in (made, kept)]
    assert alike[0] == alike[1] == ["accept-language", "cookie"]
    wanted = {"Content-Security-Policy", "Permissions-Policy", "X-Frame-Options", "X-Content-Type-Options",
              "Referrer-Policy", "Cross-Origin-Opener-Policy", "Content-Language", "Cache-Control"}  # fmt: skip
    assert wanted <= {*kept.headers}
    assert {*made.cookies} == {*kept.cookies} == {"csrftoken"}
    shape = [{**each.cookies["csrftoken"], "expires": ""} for each in (made, kept)]
    assert shape[0] == shape[1]


def test_what_asks_for_more_than_a_kept_page_is_never_answered_with_one(stocked: Shop, visitor: Client) -> None:
    visitor.get(PRODUCT)
    assert visitor.post(PRODUCT).status_code == 405
    assert visitor.get(PRODUCT, HTTP_HOST="elsewhere.example").status_code == 400
    before = len(told())
    head = visitor.head(PRODUCT)
    assert (head.status_code, head.content, len(told())) == (200, b"", before)
    for name in ("shop_basket", "sessionid"):
        other = Client(HTTP_ACCEPT_LANGUAGE="en", HTTP_USER_AGENT="Mozilla/5.0")
        other.cookies[name] = "x" * 32
        assert hasattr(other.get(PRODUCT).wsgi_request, "session")


def test_addresses_that_differ_by_a_word_have_pages_of_their_own(stocked: Shop, visitor: Client) -> None:
    for address in ("", "?q=POT", "?q=TEA", "?sort=cheapest", "?sort=dearest", "?q=TEA&sort=dearest", "?q=%54EA"):
        pages = [visitor.get(f"/shop/teahouse/{address}") for _ in range(2)]
        shown = [re.findall(r'data-slot="list" data-position="\d+" data-product="(\w+)"', page.content.decode())
                 for page in pages]  # fmt: skip
        visitor_of_its_own = Client(HTTP_ACCEPT_LANGUAGE="en", HTTP_USER_AGENT="Mozilla/5.0")
        with override_settings(SHOP_PAGES=0):
            fresh = visitor_of_its_own.get(f"/shop/teahouse/{address}").content.decode()
        wanted = re.findall(r'data-slot="list" data-position="\d+" data-product="(\w+)"', fresh)
        assert shown == [wanted, wanted]


def test_without_its_place_before_the_session_a_page_is_kept_all_the_same(stocked: Shop, visitor: Client) -> None:
    others = [each for each in settings.MIDDLEWARE if not each.endswith("KeptPagesMiddleware")]
    with override_settings(MIDDLEWARE=others):
        # The second look makes the cards that the first one did not draw.
        for _ in range(3):
            before = len(told())
            with CaptureQueriesContext(connection) as queries:
                assert Client(HTTP_ACCEPT_LANGUAGE="en", HTTP_USER_AGENT="Mozilla/5.0").get(PRODUCT).status_code == 200
            assert len(told()) > before
    asked = [each["sql"] for each in queries if not re.match("(RELEASE )?SAVEPOINT", each["sql"])]
    assert len(asked) == 2, "the version, and the insert"


def test_what_was_kept_at_one_moment_is_not_made_anew_at_one(stocked: Shop) -> None:
    """A hundred pages that end together stop a busy server for as long as they take, once a minute."""
    now = timezone.now()
    parts = Parts(catalogue_version(), now)
    for number in range(200):
        parts.keep("parts", f"page-{number}", "made")

    def there(seconds: float) -> int:
        later = Parts(parts.version, now + timedelta(seconds=seconds))
        return sum(later.find("parts", f"page-{number}") == "made" for number in range(200))

    assert [there(0), there(29), there(60)] == [200, 200, 0]
    assert 60 < there(45) < 140
    # What is known of the time ahead reaches as far whenever it is asked.
    assert all(
        Parts(parts.version, now + timedelta(seconds=ago)).until >= now + timedelta(seconds=ago) + KEPT
        for ago in range(0, 120, 10)
    )


def test_nothing_is_kept_beyond_a_price_that_begins(stocked: Shop) -> None:
    now = timezone.now()
    begins = now + timedelta(seconds=20)
    price_schedule(variant(stocked, "P1"), 90, begins)
    parts = Parts(catalogue_version(), now)
    for number in range(50):
        parts.keep("parts", f"page-{number}", "made")
    then = [Parts(parts.version, begins + timedelta(seconds=late)) for late in (-1, 0)]
    found = [[each.find("parts", f"page-{number}") for number in range(50)] for each in then]
    assert found == [["made"] * 50, [None] * 50]
