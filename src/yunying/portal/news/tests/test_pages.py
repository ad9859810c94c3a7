"""The portal as a reader uses it, without scripts."""

import json
import re
from datetime import timedelta
from time import sleep
from xml.etree import ElementTree as ET

import pytest
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone
from wagtail.models import Page, Revision

from yunying.accounts.people import Person
from yunying.inbox.models import InboxRow
from yunying.portal.news.hits import hits_write
from yunying.portal.news.models import (
    ArticleDay,
    ArticleFavourite,
    ArticlePage,
    HomePage,
    PortalSettings,
    Report,
    Share,
    ShareVisit,
)
from yunying.portal.news.opening import column_make
from yunying.portal.news.sample import picture_drawn
from yunying.portal.news.tests.conftest import NOW
from yunying.portal.news.tests.written import article_written, articles_copied, column_found, pictures_given
from yunying.portal.shop.models import Message

ZERO = "/news/industry/ecommerce/article-0/"
ONE = "/news/industry/ecommerce/article-1/"
MAIL = {"EMAIL_HOST": "mail.example"}


def text(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, (address, answer.status_code)
    return answer.content.decode()


def events() -> list[dict]:
    return [row.content for row in InboxRow.objects.filter(table="event").order_by("pk")]


def member(name: str = "mei") -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="en", HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")
    client.force_login(Person.objects.create_user(name, password="a-long-password-1"))
    return client


def test_a_reader_goes_from_the_home_by_the_column_to_the_article_and_on(reader: Client, portal: HomePage) -> None:
    assert "Buy by what it earns" in text(reader, "/")
    assert reader.get("/news/").url == "/"
    column = text(reader, "/news/industry/")
    assert "/news/industry/ecommerce/" in column
    assert "Buy by what it earns" in column, "a column shows what stands below it"
    page = text(reader, ONE)
    trail = re.search(r'<nav class="trail".*?</nav>', page, re.DOTALL)[0]
    assert [re.sub("<[^>]+>", "", each) for each in re.findall("<li>.*?</li>", trail)] == [
        "Home", "Industry news", "E-commerce", "Buy by what it earns",
    ]  # fmt: skip
    assert "In short: Buy by what it earns" in page
    assert 'rel="prev" href="/news/industry/ecommerce/article-2/"' in page
    assert 'rel="next"' not in page, "the newer one is in another language"
    for words in ("Add to favourites", "Tell a friend", "Print", "Report a violation", "Close", "Search this column"):
        assert words in page


def test_readers_see_their_own_language_and_all_where_theirs_has_nothing(portal: HomePage) -> None:
    chinese = Client(HTTP_ACCEPT_LANGUAGE="zh-hans")
    page = text(chinese, "/news/industry/")
    assert "什么是电商运营" in page
    assert "Buy by what it earns" not in page
    assert "当前位置" in page
    ArticlePage.objects.filter(language="zh-hans").update(language="en")
    for name in ("pages", "parts"):
        caches[name].clear()
    assert "Buy by what it earns" in text(chinese, "/news/industry/")


def test_what_is_not_there_is_a_404_and_a_draft_is_not_there(reader: Client, portal: HomePage) -> None:
    text(reader, "/news/industry/nothing/", 404)
    text(reader, "/news/industry/nothing%00/", 404)
    draft = ArticlePage(title="Draft", slug="draft", live=False, published_at=NOW)
    column_found("ecommerce").add_child(instance=draft)
    for address in ("/news/industry/ecommerce/draft/", f"/site/article/{draft.pk}/print/"):
        text(reader, address, 404)
    assert "Draft" not in text(reader, "/news/industry/")


def test_an_article_comes_and_goes_by_its_dates(reader: Client, portal: HomePage) -> None:
    now = timezone.now()
    page = ArticlePage(title="Later", slug="later", live=False, published_at=NOW, go_live_at=now + timedelta(seconds=4))
    column_found("ecommerce").add_child(instance=page)
    page.save_revision().publish()
    text(reader, "/news/industry/ecommerce/later/", 404)
    call_command("news_turn")
    text(reader, "/news/industry/ecommerce/later/", 404)
    sleep(max(4.1 - (timezone.now() - now).total_seconds(), 0))
    call_command("news_turn")
    assert "Later" in text(reader, "/news/industry/ecommerce/later/")
    ArticlePage.objects.filter(slug="later").update(expire_at=now)
    call_command("news_turn")
    text(reader, "/news/industry/ecommerce/later/", 404)


def test_an_article_that_cannot_be_saved_keeps_no_other_waiting(reader: Client, portal: HomePage) -> None:
    due = timezone.now() - timedelta(minutes=1)
    for slug, fields in {"odd": {"is_picture_story": True}, "fine": {}}.items():
        page = ArticlePage(title=slug, slug=slug, live=False, published_at=NOW)
        column_found("ecommerce").add_child(instance=page)
        for name, value in fields.items():
            setattr(page, name, value)
        revision = page.save_revision(clean=False)
        Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=due)
    call_command("news_turn")
    assert "fine" in text(reader, "/news/industry/ecommerce/fine/")
    text(reader, "/news/industry/ecommerce/odd/", 404)


def test_a_story_whose_picture_was_deleted_is_an_article_like_others(reader: Client, portal: HomePage) -> None:
    picture = picture_drawn(3, "lost")
    page = article_written(column_found("ecommerce"), "Story", NOW, slug="story", lead_picture=picture,
                           is_picture_story=True)  # fmt: skip
    picture.delete()
    page.get_latest_revision().publish()
    assert "Story" in text(reader, "/news/industry/ecommerce/story/")
    assert not ArticlePage.objects.get(pk=page.pk).is_picture_story
    with pytest.raises(ValidationError, match="lead picture"):
        article_written(column_found("ecommerce"), "Story", NOW, slug="other", is_picture_story=True)


def test_a_site_without_a_portal_opens_with_what_else_it_is(portal: HomePage) -> None:
    HomePage.objects.update(live=False)
    assert Client().get("/").url == "/desk/"
    for address in ("/news/industry/", "/sitemap.xml", "/news/rss.xml", "/site/map/"):
        assert Client().get(address).status_code == 404, address


def test_a_page_is_made_once_for_readers_alike_and_anew_after_each_change(reader: Client, portal: HomePage) -> None:
    first = text(reader, ONE)
    with CaptureQueriesContext(connection) as again:
        assert text(Client(HTTP_ACCEPT_LANGUAGE="en"), ONE).split("csrf")[0] == first.split("csrf")[0]
    assert len([each for each in again if "news_articlepage" in each["sql"]]) == 0
    token = re.compile('name="csrfmiddlewaretoken" value="([^"]+)"')
    assert token.search(first)[1] != token.search(text(Client(HTTP_ACCEPT_LANGUAGE="en"), ONE))[1]
    article = ArticlePage.objects.get(slug="article-1")
    article.title = "Buy by what is needed"
    article.save_revision().publish()
    assert "Buy by what is needed" in text(reader, ONE)
    column = column_found("ecommerce")
    column.title = "Shops"
    column.save()
    assert "Shops" in text(reader, ONE)
    article.unpublish()
    text(reader, ONE, 404)


@pytest.mark.parametrize(
    "change",
    [
        lambda home: PortalSettings.objects.get().save(),
        lambda home: column_make(home, "New", "新", "new"),
        lambda home: Page.objects.get(slug="about").unpublish(),
        lambda home: ArticlePage.objects.get(slug="article-0").move(column_found("industry"), "last-child"),
        lambda home: ArticlePage.objects.get(slug="article-0").delete(),
    ],
    ids=["settings", "column", "unpublished", "moved", "deleted"],
)
def test_each_change_of_what_is_shown_moves_the_version(portal: HomePage, change: object) -> None:
    from yunying.portal.news.site_version import site_version

    before = site_version()
    assert site_version() == before
    change(HomePage.objects.get())
    assert site_version() != before


def test_lists_take_as_many_queries_for_two_thousand_articles_as_for_ten(reader: Client, portal: HomePage) -> None:
    model = ArticlePage.objects.get(slug="article-1")
    ArticlePage.objects.filter(pk=model.pk).update(is_headline=True, is_recommended=True, is_picture_story=True)
    articles_copied(model, 10)
    pictures_given(12)
    places = ("/", "/news/industry/", ONE, "/site/search/?q=what", "/site/map/", "/sitemap.xml", "/news/rss.xml")
    with override_settings(SHOP_PAGES=0):
        few = _queries(reader, places)
        articles_copied(model, 2_000, after=10)
        pictures_given(40)
        many = _queries(reader, places)
    assert ArticlePage.objects.count() >= 2_000
    assert many == few


def _queries(reader: Client, places: tuple[str, ...]) -> dict[str, int]:
    found = {}
    for place in places:
        text(reader, place)
        with CaptureQueriesContext(connection) as taken:
            text(reader, place)
        found[place] = len(taken)
    return found


def test_search_finds_two_characters_and_offers_and_tells_what_it_did_not_find(
    reader: Client, portal: HomePage
) -> None:
    assert "什么是电商运营" in text(reader, "/site/search/?q=运营")
    found = text(reader, "/news/industry/?q=运营")
    assert "营养与运动" not in found, "both characters, but not side by side"
    assert "1 article with" in found
    assert "Buy by what it earns" in text(reader, "/site/search/?q=PURCHAS")
    assert json.loads(text(reader, "/site/suggest/?q=运"))["words"][0] == "运营"
    assert "Nothing was found" in text(reader, "/site/search/?q=zzzz")
    told = [each["page"] for each in events() if each["type"] == "search"]
    assert told[-1] == "news-search?q=zzzz&results=0"
    ArticlePage.objects.get(slug="article-0").unpublish()
    assert "什么是电商运营" not in text(reader, "/site/search/?q=运营")


def test_hits_are_written_many_at_once_and_programs_do_not_count(reader: Client, portal: HomePage) -> None:
    article = ArticlePage.objects.get(slug="article-1")
    with override_settings(SHOP_FACTS=False):
        text(reader, ONE)
        with CaptureQueriesContext(connection) as taken:
            for _ in range(5):
                text(reader, ONE)
    assert [each["sql"] for each in taken if not each["sql"].startswith("SELECT")] == [], "reading writes nothing"
    Client(HTTP_USER_AGENT="Googlebot/2.1").get(ONE)
    assert hits_write(timezone.now()) == 6
    assert ArticleDay.objects.get(article=article).hits == 6
    assert hits_write(timezone.now()) == 0
    text(reader, ONE)
    hits_write(timezone.now())
    assert ArticleDay.objects.get(article=article).hits == 7


def test_a_hundred_hits_are_written_by_the_one_that_fills_the_hundred(reader: Client, portal: HomePage) -> None:
    for _ in range(100):
        text(reader, ONE)
    assert ArticleDay.objects.get().hits == 100


def test_the_announcement_stays_closed_until_its_words_change(reader: Client, portal: HomePage) -> None:
    def announce(words: str) -> None:
        portal.refresh_from_db()
        portal.layout = [("notice", {"words": words, "words_zh": ""}), ("newest", {"count": 3})]
        portal.save_revision().publish()

    announce("Closed on Monday")
    page = text(reader, "/")
    assert "Closed on Monday" in page
    key = re.search(r'name="notice" value="(\w+)"', page)[1]
    assert reader.post("/site/notice/close/", {"notice": key, "next": "/"}).url == "/"
    assert "Closed on Monday" not in text(reader, "/")
    assert "Closed on Monday" in text(Client(), "/"), "only for who closed it"
    announce("Closed on Tuesday")
    assert "Closed on Tuesday" in text(reader, "/")


def test_what_search_engines_and_feeds_read(reader: Client, portal: HomePage) -> None:
    with override_settings(SHOP_ADDRESS="https://town.example"):
        page = text(reader, ONE)
        assert f'<link rel="canonical" href="https://town.example{ONE}">' in page
        assert f'<meta property="og:url" content="https://town.example{ONE}">' in page
        told = [json.loads(each) for each in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)]
        assert [each["@type"] for each in told] == ["NewsArticle", "BreadcrumbList"]
        assert told[0]["headline"] == "Buy by what it earns"
        assert [each["name"] for each in told[1]["itemListElement"]][:2] == ["Industry news", "E-commerce"]
        tree = ET.fromstring(text(reader, "/sitemap.xml"))
        addresses = {each.text for each in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")}
        assert {"https://town.example/", f"https://town.example{ONE}", "https://town.example/news/about/"} <= addresses
        assert "Sitemap: https://town.example/sitemap.xml" in text(reader, "/robots.txt")
        assert "Disallow: /cms/" in text(reader, "/robots.txt")
        rss = ET.fromstring(text(reader, "/news/industry/rss.xml?language=en"))
        assert [each.text for each in rss.iter("title")][1:] == ["Buy by what it earns", "When a discount pays"]
        assert [each.text for each in rss.iter("link")][1] == f"https://town.example{ONE}"
        atom = ET.fromstring(text(reader, "/news/industry/ecommerce/atom.xml"))
        assert len(atom.findall("{http://www.w3.org/2005/Atom}entry")) == 4
    assert "E-commerce" in text(reader, "/site/map/")
    text(reader, "/news/nothing/rss.xml", 404)


def test_record_number_licence_and_rights_stand_where_the_law_wants_them(reader: Client, portal: HomePage) -> None:
    row = PortalSettings.objects.get()
    row.record_number, row.licence, row.disclaimer = "京ICP备00000000号", "Licence 7", "No view is ours."
    row.save()
    page = text(reader, ONE)
    for words in ("京ICP备00000000号", "Licence 7", "No view is ours."):
        assert words in page
    assert "No view is ours." in text(reader, f"/site/article/{ArticlePage.objects.get(slug='article-1').pk}/print/")


def test_same_kind_and_recommended_pictures_stand_under_an_article(reader: Client, portal: HomePage) -> None:
    pictures_given(4)
    ArticlePage.objects.filter(slug="article-2").update(is_picture_story=True, is_recommended=True)
    for name in ("pages", "parts"):
        caches[name].clear()
    page = text(reader, ONE)
    assert "Picture news of the same kind" in page
    assert "Recommended picture stories" in page
    picture = re.search(r'src="(/media/images/[^"]+)"', page)[1]
    answer = reader.get(picture)
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert b"".join(answer.streaming_content).startswith(b"RIFF")
    answer.close()
    text(reader, "/media/original_images/town-0.webp", 404)
    text(reader, "/media/images/..%2f..%2fsecret.key", 404)


def test_a_report_reaches_the_editors_and_is_limited(reader: Client, portal: HomePage) -> None:
    article = ArticlePage.objects.get(slug="article-1")
    address = f"/site/article/{article.pk}/report/"
    assert reader.post(address, {"reason": "nonsense"}).status_code == 400
    for _ in range(10):
        answer = reader.post(address, {"reason": "untrue", "words": "It was Tuesday.", "contact": ""})
        assert answer.status_code == 200
    assert Report.objects.filter(article=article, reason="untrue", is_open=True).count() == 10
    assert reader.post(address, {"reason": "untrue"}).status_code == 400
    assert Report.objects.count() == 10


def test_a_draft_of_a_restricted_page_is_kept_for_nobody(reader: Client, portal: HomePage) -> None:
    from wagtail.models import PageViewRestriction

    text(reader, ONE)
    PageViewRestriction.objects.create(page=column_found("ecommerce"), restriction_type="login")
    answer = reader.get(ONE)
    assert answer.status_code == 302, "asked to sign in"
    assert "Buy by what it earns" not in text(reader, "/news/industry/")
    assert "Buy by what it earns" not in text(reader, "/site/search/?q=earns")


def test_a_member_keeps_articles_and_tells_friends(reader: Client, portal: HomePage) -> None:
    article = ArticlePage.objects.get(slug="article-1")
    keep, tell = f"/site/article/{article.pk}/favourite/", f"/site/article/{article.pk}/tell/"
    assert "/sign-in/" in reader.post(keep).url
    mei = member()
    assert mei.post(keep).url == ONE
    assert mei.post(keep).url == ONE
    assert ArticleFavourite.objects.count() == 1
    assert "Buy by what it earns" in text(mei, "/site/favourites/")
    assert "favourite" in {each["type"] for each in events()}
    assert mei.post(keep, {"drop": "1"}).url == ONE
    assert ArticleFavourite.objects.count() == 0
    link = re.search(r'value="http://testserver(/[^"]+via=\w+)"', text(mei, tell))[1]
    assert Share.objects.count() == 1
    for _ in range(3):
        text(reader, link)
    text(mei, link)
    text(Client(HTTP_USER_AGENT="Mozilla/5.0 Firefox/140.0", HTTP_DNT="1"), link)
    assert ShareVisit.objects.count() == 1, "one for each reader, none for the sender, none of who wants none"
    with override_settings(**MAIL):
        assert mei.post(tell, {"to": "not an address"}).status_code == 400
        for at in range(10):
            assert mei.post(tell, {"to": f"friend{at}@example.org"}).status_code == 200
        assert mei.post(tell, {"to": "friend11@example.org"}).status_code == 400
    assert Message.objects.filter(about__startswith="article-").count() == 10
    assert link in Message.objects.filter(about__startswith="article-").first().body


def test_nobody_gets_more_than_three_mails_of_friends_a_day(portal: HomePage) -> None:
    tell = f"/site/article/{ArticlePage.objects.get(slug='article-1').pk}/tell/"
    with override_settings(**MAIL):
        answers = [member(f"friend{at}").post(tell, {"to": "Lee@example.org"}).status_code for at in range(4)]
    assert answers == [200, 200, 200, 400]


def test_editors_choose_which_parts_stand_in_a_column_too(reader: Client, portal: HomePage) -> None:
    column = column_found("industry")
    column.layout = [("newest", {"heading": "Fresh", "count": 1}), ("products", {"count": 2})]
    column.save_revision().publish()
    page = text(reader, "/news/industry/")
    assert "Fresh" in page
    assert "When a discount pays" not in page
    assert 'data-slot="home"' in page
    assert "When a discount pays" in text(reader, "/news/industry/?page=1")


def test_one_article_more_leaves_the_neighbours_right(reader: Client, portal: HomePage) -> None:
    article_written(column_found("ecommerce"), "Between", NOW - timedelta(days=1, hours=12), slug="between")
    page = text(reader, "/news/industry/ecommerce/between/")
    assert f'rel="next" href="{ONE}"' in page
    assert 'rel="prev" href="/news/industry/ecommerce/article-2/"' in page
