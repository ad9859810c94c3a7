"""Pictures, search, facets, and the catalogue as a file."""

import io
import re
import struct
import zlib
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from yunying.audit.models import AuditEntry
from yunying.inbox.models import InboxRow
from yunying.kernel.errors import FactError, OperatorError
from yunying.portal.shop import list_counts
from yunying.portal.shop.catalogue import Goods, product_put, products_listed
from yunying.portal.shop.catalogue_edit import (
    attribute_new,
    attributes_write,
    category_new,
    lowest_sweep,
    price_drop,
    price_plan,
    product_edit,
    variant_new,
)
from yunying.portal.shop.catalogue_sheet import sheet_read, sheet_write
from yunying.portal.shop.facets import facets_of
from yunying.portal.shop.list_counts import list_known, lists_count
from yunying.portal.shop.models import ListPrice, Picture, Product, Shop, Variant
from yunying.portal.shop.pictures import WIDTHS, picture_add, picture_path
from yunying.portal.shop.prices import prices_at
from yunying.portal.shop.search import products_found
from yunying.portal.shop.stock import stock_available
from yunying.portal.shop.tests.furnished import LONG_AGO, NOW, variant


def photograph(size: tuple[int, int] = (800, 600)) -> bytes:
    """A JPEG that tells where it was taken, and by which camera, and lies on its side."""
    image, into = Image.new("RGB", size, "teal"), io.BytesIO()
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Camera of Wang", 6
    exif.get_ifd(0x8825)[2] = (IFDRational(30), IFDRational(15), IFDRational(7))
    image.save(into, "JPEG", exif=exif)
    return into.getvalue() + b"PK\x03\x04 hidden behind"


def bomb() -> bytes:
    """A PNG of a few bytes that says it is 60,000 by 60,000 pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


def test_a_picture_is_written_anew_without_what_the_camera_added(shop: Shop, tmp_path) -> None:
    with override_settings(HOME=tmp_path):
        product = Product.objects.get(slug="pot")
        made = picture_add(product, photograph(), {"en": "A pot"}, "chen", NOW)
        assert picture_add(product, photograph(), {}, "chen", NOW).pk == made.pk
        assert (made.width, made.height) == (600, 800), "turned as it was held"
        for width in WIDTHS:
            data = picture_path(made.digest, width).read_bytes()
            image = Image.open(io.BytesIO(data))
            assert image.format == "WEBP"
            assert image.width <= width
            assert not image.getexif()
            assert b"Wang" not in data
            assert b"hidden" not in data
        client = Client()
        answer = client.get(f"/shop/pictures/{made.digest}-320.webp")
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/webp")
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.content == picture_path(made.digest, 320).read_bytes()
        assert f"{made.digest}-640.webp" in client.get("/shop/teahouse/product/pot/").content.decode()
        assert f"{made.digest}-320.webp" in client.get("/shop/teahouse/").content.decode()
        for odd in (f"{made.digest}-321", "0" * 64 + "-320", "nothing-320"):
            assert client.get(f"/shop/pictures/{odd}.webp").status_code == 404


@pytest.mark.parametrize(
    "data",
    [b"", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", b"GIF89a" + b"\0" * 50,
     b"\xff\xd8\xff\xe0 no jpeg", photograph()[:300], bomb(), b"<?php system($_GET['c']); ?>",
     b"\0" * (11 * 1024 * 1024)],
    ids=["empty", "svg", "gif", "broken jpeg", "half a jpeg", "bomb", "php", "too large"],
)  # fmt: skip
def test_what_is_no_picture_is_refused_and_leaves_nothing(shop: Shop, tmp_path, data: bytes) -> None:
    with override_settings(HOME=tmp_path), pytest.raises(OperatorError):
        picture_add(Product.objects.get(slug="pot"), data, {}, "chen", NOW)
    assert not Picture.objects.exists()
    assert not list(tmp_path.iterdir())


def found(shop: Shop, words: str) -> set[str]:
    return set(Product.objects.filter(pk__in=products_found(shop, words)[0]).values_list("slug", flat=True))


def test_search_finds_two_characters_and_parts_of_words(shop: Shop) -> None:
    product_put(shop, "book", "Operations handbook", [Goods("B", 100)], LONG_AGO, title_zh="电商运营手册", brand="Ōta")
    for words, slugs in (
        ("运营", {"book"}), ("营运", set()), ("茶", {"longjing"}), ("龙井", {"longjing"}), ("手册 运营", {"book"}),
        ("tea", {"longjing", "set"}), ("TEA set", {"set"}), ("hand", {"book"}), ("Ｔｅａ", {"longjing", "set"}),
        ("zzz", set()), ("%", set()), ("", set()), ("pot", {"pot"}), ("ōta", {"book"}), ("商运营手", {"book"}),
    ):  # fmt: skip
        assert found(shop, words) == slugs, words
    product_edit(Product.objects.get(slug="book"), {"title_zh": "花园手册"}, "chen", NOW)
    assert (found(shop, "运营"), found(shop, "花园")) == (set(), {"book"})


def test_facets_count_narrow_and_keep_the_number_of_queries(shop: Shop) -> None:
    attribute_new(shop, "origin", "Origin", "产地", "chen", NOW)
    firefox = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"
    counts, client = [], Client(HTTP_ACCEPT_LANGUAGE="en", HTTP_USER_AGENT=firefox)
    for more in (3, 20):
        for number in range(more):
            slug = f"p{more}-{number}"
            row = product_put(shop, slug, f"Cup {slug}", [Goods(slug, 100 + number, 50, 5)], LONG_AGO,
                              brand="Mist" if number % 2 else "Leaf")  # fmt: skip
            attributes_write(row, {"origin": ("Wuyi" if number % 3 else "Yunnan", "")}, "chen", NOW)
        # A page that is kept is tried first, which takes one statement where something changed.
        caches["pages"].clear()
        with CaptureQueriesContext(connection) as queries:
            client.get("/shop/teahouse/?q=cup&brand=Leaf")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 25
    page = client.get("/shop/teahouse/?q=cup&brand=Leaf&origin=Wuyi&sort=cheapest").content.decode()
    shown = re.findall(r'/product/([\w-]+)/"', page)
    lowest = dict(Product.objects.values_list("slug", "lowest_minor"))
    assert [lowest[slug] for slug in shown] == sorted(lowest[slug] for slug in shown)
    leaf = Product.objects.filter(brand="Leaf")
    counted = {value: leaf.filter(attributes__value=value).count() for value in ("Wuyi", "Yunnan")}
    assert len(shown) == counted["Wuyi"] > 1
    assert "Wuyi ✕" in page
    led_here = client.get(
        "/shop/teahouse/?q=cup&brand=Leaf&origin=Wuyi&sort=cheapest&utm_source=weibo"
    ).content.decode()
    assert re.findall(r'/product/([\w-]+)/"', led_here) == shown, "a campaign's own words narrow nothing down"
    wide = client.get("/shop/teahouse/?q=cup&brand=Leaf").content.decode()
    assert f">Wuyi</a> <small>{counted['Wuyi']}</small>" in wide
    assert f">Yunnan</a> <small>{counted['Yunnan']}</small>" in wide


def test_counts_of_the_turn_are_those_of_the_page_and_hold_for_minutes(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_counts, "LONG", 3)
    attribute_new(shop, "origin", "Origin", "产地", "chen", NOW)
    above = category_new(shop, "cups", "Cups", "杯", None, "chen", NOW)
    below = category_new(shop, "small", "Small", "小", above, "chen", NOW)
    for number in range(12):
        row = product_put(shop, f"p{number}", f"Cup {number}", [Goods(f"p{number}", 100, 50, 5)], LONG_AGO,
                          brand="Mist" if number % 2 else "Leaf", style="" if number % 5 else "plain",
                          category=below if number % 3 else above, is_listed=number != 7)  # fmt: skip
        attributes_write(row, {"origin": (f"O{number % 4}", f"产{number % 3}")}, "chen", NOW)
    assert lists_count(shop, NOW) == lists_count(shop, NOW) == 3
    for category in (None, above, below):
        known = list_known(shop, category, NOW + timedelta(minutes=2))
        assert known is not None
        rows = products_listed(shop, category=category)
        assert known.products == rows.count()
        fresh = facets_of(shop, rows, {}, "k", is_long=False)
        assert facets_of(shop, rows, {}, "k", is_long=False, known=known.facets) == fresh
        assert len(fresh) == 3
    assert list_known(shop, above, NOW + timedelta(minutes=4)) is None, "where no turn runs, pages count themselves"


def test_a_bundle_is_made_and_a_coming_price_withdrawn(shop: Shop) -> None:
    pot = Product.objects.get(slug="pot")
    made = variant_new(pot, Goods("DUO", 30_000, 0, parts={"POT": 1, "TEA": 3}), "chen", NOW)
    assert stock_available([made.pk]) == {made.pk: 33}
    with pytest.raises(OperatorError):
        variant_new(pot, Goods("TWICE", 1, 0, parts={"DUO": 1}), "chen", NOW)
    assert not Variant.objects.filter(sku="TWICE").exists()
    price_plan(variant(shop, "TEA"), 5_000, NOW + timedelta(hours=1), None, None, "chen", NOW)
    coming = ListPrice.objects.get(price_minor=5_000)
    with pytest.raises(OperatorError):
        price_drop(coming, "chen", NOW + timedelta(hours=2))
    price_drop(coming, "chen", NOW)
    tea = variant(shop, "TEA").pk
    assert prices_at([tea], NOW + timedelta(days=1))[tea].price_minor == 9_900
    told = InboxRow.objects.filter(store="teahouse", table="price").order_by("-number").first()
    assert told is not None
    assert float(told.content["list_price"]) == 99


def test_a_price_that_begins_by_itself_moves_its_product_in_the_list(shop: Shop) -> None:
    price_plan(variant(shop, "TEA"), 5_000, NOW + timedelta(hours=1), None, None, "chen", NOW)
    later = NOW + timedelta(hours=1, minutes=1)
    assert Product.objects.get(slug="longjing").lowest_minor == 9_900
    assert lowest_sweep(later, later - timedelta(minutes=5)) == 1
    assert Product.objects.get(slug="longjing").lowest_minor == 5_000


def sheet(text: str) -> bytes:
    return text.encode()


def test_the_catalogue_goes_out_and_comes_in_unchanged(shop: Shop) -> None:
    attribute_new(shop, "origin", "Origin", "产地", "chen", NOW)
    product = Product.objects.get(slug="longjing")
    attributes_write(product, {"origin": ("Hangzhou", "杭州")}, "chen", NOW)
    product_edit(product, {"description": '=SUM(A1) "tea",\nwith a line', "supplier": "-Li"}, "chen", NOW)
    out = "".join(sheet_write(shop, NOW))
    assert "'=SUM" in out, "no spreadsheet runs it"
    before = AuditEntry.objects.filter(action="shop-product-edit").count()
    assert sheet_read(shop, out.encode(), "chen", NOW) == (0, 0)
    assert AuditEntry.objects.filter(action="shop-product-edit").count() == before
    assert Product.objects.get(slug="longjing").description.startswith("=SUM")


def test_a_file_changes_and_makes_what_it_says(shop: Shop) -> None:
    text = "product,sku,title,title_zh,price,cost\nlonging-new,N1,New,新品,12.50,4\nlongjing,TEA,Longjing,龙井,88,30\n"
    assert sheet_read(shop, text.encode("gb18030"), "chen", NOW) == (1, 1)
    tea = variant(shop, "TEA")
    assert prices_at([tea.pk], NOW)[tea.pk].price_minor == 8_800
    assert (tea.product.title_zh, Variant.objects.get(sku="N1").cost_minor) == ("龙井", 400)
    assert found(shop, "新品") == {"longing-new"}


def test_a_file_with_a_bad_row_changes_nothing_and_every_problem_is_told(shop: Shop) -> None:
    rows = ["product,sku,title,price,listed,category", "good,G1,Good,10,yes,", "Bad Name,G2,,x,maybe,none",
            "longjing,POT,Tea,5,yes,", "good,G1,Good,10,yes,", "late,L1,Late,,yes,"]  # fmt: skip
    with pytest.raises(FactError) as caught:
        sheet_read(shop, "\n".join(rows).encode(), "chen", NOW)
    told = {(problem.row, problem.column) for problem in caught.value.problems}
    assert told == {(2, "product"), (2, "title"), (2, "price"), (2, "listed"), (2, "category"), (3, "sku"), (4, "sku"),
                    (5, "price")}  # fmt: skip
    assert not Product.objects.filter(slug="good").exists()
    for odd in (b"", b"a,b\n1,2\n", b"product,sku\n1\n", b"product,sku,sku\n1,2,3\n", b'product,sku\n"1,2\n'):
        with pytest.raises((FactError, OperatorError)):
            sheet_read(shop, odd, "chen", NOW)
