"""Where articles stand in lists: the tables, and the rows of the articles that are there already."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

NEWEST = ["place", "language", "-published_at", "-article"]
FILL = """
    INSERT INTO news_listing (article_id, place_id, language, published_at, expire_at, is_own, is_headline,
                              is_recommended, is_picture_story, is_pictured)
    SELECT a.page_ptr_id, place.id, a.language, a.published_at, p.expire_at, place.depth = p.depth - 1, a.is_headline,
           a.is_recommended, a.is_picture_story, a.lead_picture_id IS NOT NULL
    FROM news_articlepage a
    JOIN wagtailcore_page p ON p.id = a.page_ptr_id
    JOIN (SELECT DISTINCT depth FROM wagtailcore_page) level ON level.depth < p.depth
    JOIN wagtailcore_page place ON place.depth = level.depth AND place.path = substr(p.path, 1, level.depth * 4)
    WHERE p.live AND place.id IN (
        SELECT page_ptr_id FROM news_columnpage UNION ALL SELECT page_ptr_id FROM news_homepage)
"""


def newest(name: str, condition: Q | None = None, include: tuple[str, ...] = ()) -> models.Index:
    return models.Index(fields=NEWEST, name=name, condition=condition, include=include or None)


def to(model: str, **fields: object) -> models.ForeignKey:
    return models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=model, **fields)


class Migration(migrations.Migration):
    dependencies = [("news", "0001_initial"), migrations.swappable_dependency(settings.WAGTAIL_PAGE_MODEL)]
    operations = [
        migrations.CreateModel(
            name="TurnDone",
            fields=[
                ("name", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Listing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", models.CharField(max_length=10)),
                ("published_at", models.DateTimeField()),
                ("expire_at", models.DateTimeField(null=True)),
                ("is_own", models.BooleanField()),
                ("is_headline", models.BooleanField()),
                ("is_recommended", models.BooleanField()),
                ("is_picture_story", models.BooleanField()),
                ("is_pictured", models.BooleanField()),
                ("article", to("news.articlepage", related_name="listings", db_index=False)),
                ("place", to(settings.WAGTAIL_PAGE_MODEL, related_name="+", db_index=False)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=["article", "place"], name="news_listed_once")],
                "indexes": [
                    newest("news_listed", include=("expire_at",)),
                    newest("news_listed_own", Q(is_own=True)),
                    newest("news_listed_headlines", Q(is_headline=True)),
                    newest("news_listed_recommended", Q(is_recommended=True)),
                    newest("news_listed_pictures", Q(is_picture_story=True)),
                    newest("news_listed_picked", Q(is_recommended=True) & Q(is_pictured=True)),
                ],
            },
        ),
        migrations.CreateModel(
            name="MostRead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", models.CharField(max_length=10)),
                ("rank", models.PositiveSmallIntegerField()),
                ("article", to("news.articlepage", related_name="+")),
                ("place", to(settings.WAGTAIL_PAGE_MODEL, related_name="+", db_index=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["place", "language", "rank"], name="news_most_read_once")
                ],
            },
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
