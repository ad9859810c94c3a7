"""Lists are what the pages say, whatever an editor does; and become it again where something wrote past the program."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from tests.databases import own_environment
from wagtail.models import Page, PageViewRestriction

from yunying.accounts.people import Person
from yunying.portal.news.articles import KINDS, articles_shown, listing, private_paths
from yunying.portal.news.hits import hits_add
from yunying.portal.news.listings import listings_mend
from yunying.portal.news.models import ArticlePage, ColumnPage, HomePage, Listing, TurnDone
from yunying.portal.news.most_read import EVERY, most_read, most_read_count
from yunying.portal.news.opening import column_make
from yunying.portal.news.place_counts import places_count
from yunying.portal.news.sample import picture_drawn
from yunying.portal.news.tests.conftest import NOW
from yunying.portal.news.tests.written import article_written, column_found

MIGRATED = Path(__file__).parent / "migrated_home_child.py"
FLAGS = {
    "newest": {}, "own": {}, "headlines": {"is_headline": True}, "recommended": {"is_recommended": True},
    "pictures": {"is_picture_story": True}, "picked": {"is_recommended": True, "lead_picture__isnull": False},
}  # fmt: skip


def lists_are_right() -> None:
    """Each list of each place beside what a query over the pages themselves finds."""
    now, private = timezone.now(), private_paths()
    counts = places_count(now, private)
    for place in [*HomePage.objects.all(), *ColumnPage.objects.all()]:
        for language in ("en", "zh-hans"):
            for kind in KINDS:
                rows = articles_shown(now, language, place).filter(**FLAGS[kind])
                if kind == "own":
                    rows = rows.filter(depth=place.depth + 1)
                truth = list(rows.values_list("pk", flat=True))
                told = list(listing(now, place.pk, language, kind, private).values_list("article", flat=True))
                assert told == truth, (place.slug, language, kind)
        if isinstance(place, ColumnPage):
            assert counts[place.pk] == articles_shown(now, "", place).count()
    assert listings_mend() == 0


def article(slug: str) -> ArticlePage:
    return ArticlePage.objects.get(slug=slug)


def flagged(home: HomePage) -> None:
    page = article("article-1")
    page.is_headline = page.is_recommended = page.is_picture_story = True
    page.lead_picture = picture_drawn(1, "lead")
    page.save_revision().publish()


def picture_lost(home: HomePage) -> None:
    flagged(home)
    article("article-1").lead_picture.delete()


def changed_language(home: HomePage) -> None:
    page = article("article-0")
    page.language, page.published_at = "en", NOW - timedelta(days=9)
    page.save_revision().publish()


def of_no_kind(home: HomePage) -> None:
    Page.objects.get(slug="article-0").unpublish()


def column_moved(home: HomePage) -> None:
    column_found("ecommerce").move(column_make(home, "Trade", "贸易", "trade"), "last-child")


def column_put_first(home: HomePage) -> None:
    article_written(column_make(home, "Trade", "贸易", "trade"), "Tariffs", NOW)
    home.refresh_from_db()
    column_found("trade").move(column_found("industry"), "left")


def column_copied(home: HomePage) -> None:
    column_found("industry").copy(recursive=True, update_attrs={"slug": "again", "title": "Again"})


def restricted(home: HomePage) -> None:
    PageViewRestriction.objects.create(page=column_found("ecommerce"), restriction_type="login")
    article_written(column_found("industry"), "Open", NOW, slug="open")


def opened_again(home: HomePage) -> None:
    restricted(home)
    PageViewRestriction.objects.all().delete()


def one_restricted(home: HomePage) -> None:
    PageViewRestriction.objects.create(page=article("article-1"), restriction_type="password", password="x")


def expired(home: HomePage) -> None:
    article("article-1").save()
    ArticlePage.objects.filter(slug="article-1").update(expire_at=timezone.now() - timedelta(seconds=1))
    lists_are_right()
    call_command("news_turn")
    assert not article("article-1").live


def due_later(home: HomePage) -> None:
    page = ArticlePage(title="Due", slug="due", live=False, published_at=NOW, language="en")
    column_found("ecommerce").add_child(instance=page)
    page.go_live_at = timezone.now() + timedelta(seconds=1)
    page.save_revision().publish()
    page.get_latest_revision()
    lists_are_right()
    from yunying.portal.news.turn import news_turn

    news_turn(timezone.now() + timedelta(seconds=5))


def dated_ahead(home: HomePage) -> None:
    article_written(column_found("ecommerce"), "Tomorrow", timezone.now() + timedelta(days=1), slug="tomorrow")


def bulk(deed: str) -> Callable[[HomePage], None]:
    def change(home: HomePage) -> None:
        boss = Client()
        boss.force_login(Person.objects.create_superuser("boss"))
        numbers = "&".join(f"id={article(slug).pk}" for slug in ("article-0", "article-1"))
        fields = {"chooser": column_found("industry").pk} if deed == "move" else {"include_descendants": "on"}
        answer = boss.post(f"/cms/bulk/wagtailcore/page/{deed}/?{numbers}", fields)
        assert answer.status_code == 302, answer.content.decode()[-2000:]

    return change


@pytest.mark.parametrize(
    "change",
    [
        lambda home: None,
        lambda home: article_written(column_found("industry"), "New", NOW, slug="new"),
        lambda home: article("article-1").unpublish(),
        of_no_kind,
        lambda home: (article("article-1").unpublish(), article("article-1").get_latest_revision().publish()),
        lambda home: article("article-1").move(column_found("industry"), "first-child"),
        lambda home: article("article-1").delete(),
        lambda home: article("article-1").copy(update_attrs={"slug": "copy"}),
        lambda home: article("article-1").copy(update_attrs={"slug": "draft"}, keep_live=False),
        lambda home: article("article-1").create_alias(update_slug="alias"),
        column_moved,
        column_put_first,
        column_copied,
        lambda home: column_found("ecommerce").delete(),
        lambda home: column_found("industry").unpublish(),
        flagged,
        picture_lost,
        changed_language,
        restricted,
        opened_again,
        one_restricted,
        expired,
        due_later,
        dated_ahead,
        lambda home: ArticlePage.objects.filter(language="en").update(language="zh-hans", is_headline=True),
        bulk("unpublish"),
        bulk("move"),
        bulk("delete"),
        lambda home: (bulk("unpublish")(home), Person.objects.all().delete(), bulk("publish")(home)),
    ],
    ids=["nothing", "published", "unpublished", "unpublished-as-a-page", "published-again", "moved", "deleted",
         "copied", "copied-as-a-draft", "alias", "column-moved", "column-put-first", "column-copied", "column-deleted",
         "column-unpublished", "flagged", "picture-deleted", "language-and-date", "column-restricted", "opened-again",
         "one-restricted", "expired", "due-later", "dated-ahead", "many-at-once", "bulk-unpublish", "bulk-move",
         "bulk-delete", "bulk-publish"],
)  # fmt: skip
def test_lists_are_what_the_pages_say_after(portal: HomePage, change: Callable[[HomePage], object]) -> None:
    change(portal)
    lists_are_right()


def test_what_wrote_past_the_program_shows_nothing_hidden_and_is_mended_by_the_turn(
    reader: Client, portal: HomePage
) -> None:
    call_command("news_turn")
    Page.objects.filter(slug="article-1").update(live=False)
    Listing.objects.filter(article__slug="article-2").delete()
    page = reader.get("/news/industry/").content.decode()
    assert "Buy by what it earns" not in page, "it is not live, whatever the list says"
    assert "When a discount pays" not in page
    call_command("news_turn")
    assert "When a discount pays" not in reader.get("/news/industry/").content.decode(), "looked over once an hour"
    TurnDone.objects.filter(name="listings").update(at=timezone.now() - timedelta(hours=2))
    call_command("news_turn")
    lists_are_right()
    page = reader.get("/news/industry/").content.decode()
    assert "When a discount pays" in page
    assert "Buy by what it earns" not in page


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.needs("postgres"))])
def test_a_home_of_before_has_its_articles_in_lists_after_migrating(kind: str, tmp_path: Path) -> None:
    with own_environment(kind, tmp_path / "home") as environment:
        told = subprocess.run(
            [sys.executable, str(MIGRATED)], env=environment, cwd=os.getcwd(), capture_output=True, text=True
        )
    assert told.returncode == 0, told.stderr[-2000:]
    assert json.loads(told.stdout) == {"rows": 12, "same": True, "mended": 0}


def test_the_most_read_are_counted_by_the_turn_and_those_that_go_are_not_shown(
    reader: Client, portal: HomePage
) -> None:
    now = timezone.now()
    one, two = article("article-1"), article("article-2")
    hits_add({(one.pk, now.date()): 3, (two.pk, now.date()): 5, (one.pk, now.date() - timedelta(days=40)): 99})
    place = column_found("industry").pk
    uncounted = most_read(now, place, "en")
    assert most_read_count(now)
    assert most_read(now, place, "en") == uncounted == [two.pk, one.pk]
    hits_add({(one.pk, now.date()): 9})
    assert not most_read_count(now + EVERY / 2)
    assert most_read(now, place, "en") == [two.pk, one.pk]
    assert most_read_count(now + EVERY)
    assert most_read(now, place, "en") == [one.pk, two.pk]
    one.unpublish()
    ranking = reader.get("/news/industry/?page=1").content.decode().partition("Most read")[2]
    assert "When a discount pays" in ranking
    assert "Buy by what it earns" not in ranking


def test_what_many_pages_share_is_read_once_and_anew_after_each_change(reader: Client, portal: HomePage) -> None:
    from yunying.portal.news.shared import shared_at
    from yunying.portal.news.site_version import site_version

    first = shared_at(site_version())
    assert shared_at(site_version()) is first
    article("article-1").unpublish()
    assert shared_at(site_version()) is not first
    second = shared_at(site_version())
    caches["pages"].clear()
    assert shared_at(site_version()) is not second
