"""What the tests read: a home, two columns, and articles in two languages."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from wagtail.models import Page

from yunying.portal.news.listings import listings_mend
from yunying.portal.news.models import ArticlePage, ColumnPage, HomePage
from yunying.portal.news.opening import column_make, portal_open
from yunying.portal.news.sample import picture_drawn


def portal_written(now: datetime) -> HomePage:
    home = portal_open("Shiqiao Town", "石桥镇", "test", now)
    industry = column_make(home, "Industry news", "行业新闻", "industry")
    ecommerce = column_make(industry, "E-commerce", "电商运营", "ecommerce")
    for at, (title, language, keywords) in enumerate((
        ("什么是电商运营", "zh-hans", "运营，电商"), ("Buy by what it earns", "en", "stock, purchasing"),
        ("When a discount pays", "en", "discount"), ("营养与运动", "zh-hans", "健康"),
    )):  # fmt: skip
        article_written(ecommerce, title, now - timedelta(days=at), language=language, keywords=keywords,
                        slug=f"article-{at}")  # fmt: skip
    return home


def article_written(column: Page, title: str, at: datetime, **fields: Any) -> ArticlePage:
    column.refresh_from_db()
    fields = {"language": "en", "summary": f"In short: {title}", "body": [("text", f"<p>{title}, at length.</p>")],
              **fields}  # fmt: skip
    page = column.add_child(instance=ArticlePage(title=title, published_at=at, **fields))
    page.save_revision().publish()
    return page


def column_found(slug: str) -> ColumnPage:
    return ColumnPage.objects.get(slug=slug)


def articles_copied(article: ArticlePage, count: int, after: int = 0) -> None:
    """So many more articles like one, by copying its rows, each with words to be found and a picture of its own."""
    pages = {field.column for field in Page._meta.local_concrete_fields} - {"id"}
    own = {field.column for field in ArticlePage._meta.local_concrete_fields} - {"page_ptr_id"}
    first = Page.objects.order_by("-pk").values_list("pk", flat=True)[0] + 1
    numbers = f"WITH RECURSIVE n(i) AS (SELECT {after} + 1 UNION ALL SELECT i + 1 FROM n WHERE i < {after + count}) "
    column = article.path[: -article.steplen]
    digits = "substr(CAST(11000 + n.i AS text), 2)"
    is_postgres = connection.vendor == "postgresql"
    key, as_uuid = ("CAST(p.translation_key AS text)", "::uuid") if is_postgres else ("p.translation_key", "")
    above = "substr(p.url_path, 1, length(p.url_path) - length(p.slug) - 1)"
    changed = {
        "path": f"'{column}' || {digits}", "slug": "'copy-' || n.i", "url_path": above + " || 'copy-' || n.i || '/'",
        "translation_key": f"replace({key}, substr({key}, 1, 8), '0000' || {digits}){as_uuid}",
    }  # fmt: skip
    with connection.cursor() as cursor:
        names = sorted(pages)
        values = ", ".join(changed.get(name, f"p.{name}") for name in names)
        cursor.execute(
            f"INSERT INTO wagtailcore_page (id, {', '.join(names)}) {numbers}"
            f"SELECT {first} + n.i, {values} FROM wagtailcore_page p, n WHERE p.id = {article.pk}"
        )
        names = sorted(own)
        cursor.execute(
            f"INSERT INTO news_articlepage (page_ptr_id, {', '.join(names)}) {numbers}"
            f"SELECT {first} + n.i, {', '.join(f'a.{name}' for name in names)} "
            f"FROM news_articlepage a, n WHERE a.page_ptr_id = {article.pk}"
        )
        for table, fields in (("news_articletext", "words"), ("news_articlegram", "gram")):
            cursor.execute(
                f"INSERT INTO {table} (article_id, {fields}) {numbers}"
                f"SELECT {first} + n.i, t.{fields} FROM {table} t, n WHERE t.article_id = {article.pk}"
            )
        cursor.execute(
            f"INSERT INTO news_articleday (article_id, date, hits) {numbers}"
            f"SELECT {first} + n.i, '2026-11-20', n.i FROM n"
        )
    listings_mend()


def pictures_given(count: int) -> None:
    """A picture of its own for each of the newest articles, so that a list has many."""
    for at, article in enumerate(ArticlePage.objects.order_by("-published_at", "-pk")[:count]):
        ArticlePage.objects.filter(pk=article.pk).update(lead_picture=picture_drawn(at, f"Picture {at}"))
