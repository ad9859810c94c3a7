"""Each article is a fact as it stands: shown, gone, in which column, how long."""

from datetime import timedelta

from django.utils import timezone

from yunying.inbox.models import InboxRow
from yunying.portal.news.models import ArticlePage, HomePage, PortalSettings
from yunying.portal.news.tests.conftest import NOW
from yunying.portal.news.tests.written import article_written, column_found
from yunying.portal.shop.models import Shop


def told(number: int) -> list[dict]:
    rows = InboxRow.objects.filter(table="content_item", content__item=f"article/{number}").order_by("pk")
    return [row.content for row in rows]


def test_an_article_is_told_when_it_is_published_and_when_it_goes(portal: HomePage) -> None:
    page = article_written(column_found("ecommerce"), "One", NOW, slug="one", language="zh-hans")
    [row] = told(page.pk)
    assert (row["kind"], row["state"], row["place"], row["language"]) == ("article", "shown", "column/ecommerce",
                                                                          "zh-hans")  # fmt: skip
    assert (row["author_kind"], row["published_at"]) == ("editor", NOW.isoformat())
    assert row["characters"] > 10
    page.unpublish()
    assert [each["state"] for each in told(page.pk)] == ["shown", "gone"]
    page.delete()
    assert len(told(page.pk)) == 2, "what was gone is not told again"


def test_a_draft_is_no_fact_and_a_deleted_article_is_gone(portal: HomePage) -> None:
    draft = ArticlePage(title="Draft", slug="draft", live=False, published_at=NOW)
    column_found("ecommerce").add_child(instance=draft)
    draft.save_revision()
    assert told(draft.pk) == []
    page = article_written(column_found("ecommerce"), "One", NOW, slug="one")
    number = page.pk
    page.delete()
    assert [each["state"] for each in told(number)] == ["shown", "gone"]


def test_a_portal_that_belongs_to_no_store_tells_nothing(portal: HomePage) -> None:
    PortalSettings.objects.update_or_create(site=portal.get_site(), defaults={"shop": "elsewhere"})
    page = article_written(column_found("ecommerce"), "One", timezone.now() - timedelta(days=1), slug="one")
    assert told(page.pk) == []
    assert Shop.objects.exists()
