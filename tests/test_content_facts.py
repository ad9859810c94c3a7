"""Articles and posts become rows of ``content_item``: one a day each, as it stands at the end of it."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.test_shop_facts import published, rows_of
from yunying.loop.home import Home
from yunying.portal.moderation.deciding import submissions_decide
from yunying.portal.moderation.submitting import Written, submission_make
from yunying.portal.news.tests.written import article_written, column_found, portal_written
from yunying.portal.shop.models import Shop
from yunying.portal.shop.tests.furnished import NOW, shop_furnished


@pytest.fixture
def shop(ledger_database: None) -> Shop:
    return shop_furnished()


def test_what_is_written_is_published_as_facts_and_corrected_within_the_day(shop: Shop, tmp_path: Path) -> None:
    home = Home(tmp_path)
    portal_written(NOW)
    article = article_written(column_found("ecommerce"), "One", NOW, slug="one")
    entry = submission_make(Written(shop.slug, "guestbook", "guestbook", "Greetings", name="Wanderer"), NOW)
    published(home, shop)
    told = {row["item"]: row for row in rows_of(home, "content_item")}
    assert told[f"article/{article.pk}"]["state"] == "shown"
    assert told[f"guestbook/{entry.pk}"]["author_kind"] == "guest"
    assert told[f"guestbook/{entry.pk}"]["characters"] == len("Greetings")
    submissions_decide(shop.slug, [entry.pk], is_shown=False, reason="spam", actor="boss", now=NOW)
    article.unpublish()
    published(home, shop)
    corrected = [row for row in rows_of(home, "content_item") if row["item"] == f"guestbook/{entry.pk}"]
    assert [(row["state"], row["author_kind"]) for row in corrected] == [("hidden", "guest")]
    submissions_decide(
        shop.slug, [entry.pk], is_shown=True, reason="fine", actor="boss", now=NOW + timedelta(days=1)
    )  # fmt: skip
    published(home, shop)
    later = [row for row in rows_of(home, "content_item") if row["item"] == f"guestbook/{entry.pk}"]
    assert sorted(row["state"] for row in later) == ["hidden", "shown"]
    gone = [row["state"] for row in rows_of(home, "content_item") if row["item"] == f"article/{article.pk}"]
    assert gone[-1] == "gone"
