"""A portal to try out: columns, made-up articles of a made-up town in two languages, and pictures drawn here."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from django.core.files.images import ImageFile
from django.db import transaction
from PIL import Image as Drawing
from PIL import ImageDraw
from wagtail.images.models import Image

from yunying.portal.news.hits import hits_add
from yunying.portal.news.models import ArticlePage, ColumnPage, HomePage, PortalSettings
from yunying.portal.news.opening import column_make, portal_open

HERE = Path(__file__).parent
COLUMNS: Sequence[tuple[str, str, str, str]] = (
    ("", "town", "Town", "镇上"), ("town", "council", "Town hall", "镇务"), ("town", "people", "People", "人物"),
    ("", "industry", "Industry news", "行业新闻"), ("industry", "ecommerce", "E-commerce", "电商运营"),
    ("industry", "tea", "Tea", "茶业"), ("", "life", "Life", "生活"), ("life", "food", "Food", "美食"),
    ("life", "outings", "Outings", "出游"), ("", "pictures", "Picture news", "图片新闻"),
)  # fmt: skip
SKIES = ((214, 226, 230), (238, 220, 196), (198, 208, 222), (226, 214, 224), (210, 224, 206), (232, 226, 204))
LANDS = ((72, 110, 98), (146, 108, 78), (80, 96, 130), (128, 92, 118), (96, 122, 76), (150, 130, 84))
BODIES: Mapping[str, Sequence[str]] = {
    "en": (
        "Those who were asked remember it differently. What they agree on is written in the town's own records.",
        "It did not happen quickly. There were three meetings, and a winter in which nothing could be done at all.",
        "The figures below come from the people who did the work. They were counted twice.",
        "What comes next is open. Whoever wants to have a say can write to the editors or come by on a Thursday.",
    ),
    "zh": (
        "问到的人记得各不相同。大家都认可的部分写在镇里的记录上，每天九点到四点，任何人都可以到二楼查阅。",
        "事情并不快。开过三次会，画过两张没人喜欢的图，还有一个什么也做不了的冬天。",
        "下面的数字来自做这件事的人，由两位互不说话的人各数了一遍。",
        "接下来怎样还没有定。想发表意见的人可以写信给编辑部，或者在星期四过来坐坐。",
    ),
}
TABLES = {
    "en": [["", "Spring", "Autumn"], ["People", "12", "31"], ["Hours", "140", "415"], ["Cups of tea", "90", "260"]],
    "zh": [["", "春季", "秋季"], ["人数", "12", "31"], ["工时", "140", "415"], ["喝茶（杯）", "90", "260"]],
}


def portal_sample(actor: str, now: datetime) -> HomePage:
    """The portal with its columns and articles; one that has columns already is left as it is."""
    with transaction.atomic():
        home = portal_open("Shiqiao Town", "石桥镇", actor, now)
        if ColumnPage.objects.exists():
            return home
        columns: dict[str, ColumnPage | HomePage] = {"": home}
        for above, slug, title, title_zh in COLUMNS:
            columns[above].refresh_from_db()
            columns[slug] = column_make(columns[above], title, title_zh, slug)
        rows = list(csv.DictReader(io.StringIO((HERE / "sample_articles.csv").read_text(encoding="utf-8"))))
        articles = [
            _article(columns[row["column"]], row, language, at, now)
            for at, row in enumerate(rows)
            for language in ("zh", "en")
        ]
        _furnish(home, columns["industry"])
        rng = np.random.default_rng(20)
        hits_add(
            {
                (article.pk, (now - timedelta(days=day)).date()): int(rng.poisson(40 / (1 + place)))
                for place, article in enumerate(rng.permutation(np.array(articles, dtype=object)))
                for day in range(3)
            }
        )
    return home


def picture_drawn(seed: int, title: str) -> Image:
    """A quiet landscape of hills, water and a sun; the same seed draws the same one."""
    rng = np.random.default_rng(seed)
    width, height = 1200, 800
    sheet = Drawing.new("RGB", (width, height), SKIES[seed % len(SKIES)])
    pen = ImageDraw.Draw(sheet)
    x, y, size = (int(each) for each in rng.integers((160, 90, 60), (1040, 260, 120)))
    pen.ellipse((x, y, x + size, y + size), fill=(250, 244, 226))
    land = np.array(LANDS[seed % len(LANDS)])
    for layer in range(4):
        steps = np.linspace(0, 2 * np.pi, 60)
        line = (
            330
            + 105 * layer
            + sum(40 / wave * np.sin(wave * steps + rng.uniform(0, 6)) * rng.uniform(0.6, 1.4) for wave in (1, 2, 5))
        )
        shade = tuple(int(each) for each in land + (3 - layer) * (np.array(SKIES[seed % len(SKIES)]) - land) / 4)
        points = [(int(at), int(level)) for at, level in zip(np.linspace(0, width, 60), line, strict=True)]
        pen.polygon([*points, (width, height), (0, height)], fill=shade)
    into = io.BytesIO()
    sheet.save(into, "WEBP", quality=82)
    into.seek(0)
    return Image.objects.create(title=title, file=ImageFile(into, name=f"town-{seed}.webp"))


def _article(column: ColumnPage, row: Mapping[str, str], language: str, at: int, now: datetime) -> ArticlePage:
    ending = "_zh" if language == "zh" else ""
    title = row[f"title{ending}"]
    needs_picture = "p" in row["flags"] or at % 2 == 0
    picture = picture_drawn(at, title) if needs_picture else None
    paragraphs = BODIES[language]
    body: list[tuple[str, object]] = [("text", f"<p>{row[f'summary{ending}']}</p><p>{paragraphs[at % 2]}</p>")]
    if at % 5 == 3:
        rows = TABLES[language]
        body += [("text", f"<p>{paragraphs[2]}</p>"),
                 ("table", {"data": rows, "first_row_is_table_header": True, "first_col_is_header": True})]  # fmt: skip
    if "p" in row["flags"]:
        body.append(("picture", {"image": picture_drawn(at + 100, title), "caption": title}))
    body.append(("text", f"<p>{paragraphs[3]}</p>"))
    page = ArticlePage(
        title=title, slug=f"{_slug(row['title'])}{'-zh' if language == 'zh' else ''}",
        language="zh-hans" if language == "zh" else "en", summary=row[f"summary{ending}"],
        keywords=row[f"keywords{ending}"], published_at=now - timedelta(hours=7 * at + 1), body=body,
        source="Shiqiao Post" if language == "en" else "石桥报", author="Lin Wan" if language == "en" else "林晚",
        licence=("reserved", "cc-by-4.0", "permitted")[at % 3], lead_picture=picture,
        is_headline="h" in row["flags"], is_recommended="r" in row["flags"], is_picture_story="p" in row["flags"],
    )  # fmt: skip
    column.refresh_from_db()
    column.add_child(instance=page)
    page.save_revision().publish()
    return page


def _furnish(home: HomePage, industry: ColumnPage) -> None:
    home.refresh_from_db()
    home.layout = [
        (
            "notice",
            {"words": "The town hall is closed on Monday for cleaning.", "words_zh": "镇政府周一打扫，暂停办公。"},
        ),
        *((kind, {"count": count}) for kind, count in (("headlines", 6), ("newest", 8), ("pictures", 8))),
        ("column", {"column": industry, "count": 6}),
        *((kind, {"count": count}) for kind, count in (("most_read", 6), ("recommended", 6), ("products", 4))),
    ]
    home.save_revision().publish()
    for page in home.get_children().specific():
        if hasattr(page, "body_zh"):
            page.body = [("text", f"<p>{page.title}: this is a town that was made up, to try the portal out.</p>")]
            page.body_zh = [("text", f"<p>{page.title_zh}：这是为试用门户而虚构的小镇。</p>")]
            page.save_revision().publish()
    told = {
        "record_number": "示例备000000号",
        "licence": "Sample licence 0000 · 示例许可证 0000",
        "copyright": "The copyright of these articles lies with Shiqiao Post.",
        "copyright_zh": "本文版权归石桥报所有。",
        "disclaimer": "Everything here is made up to try the portal out; no view is anybody's.",
        "disclaimer_zh": "本站内容均为试用而虚构，不代表任何人的观点。",
    }
    for settings in PortalSettings.objects.all():
        for name, words in told.items():
            setattr(settings, name, words)
        # Saved one by one, so that what follows each change of the settings follows this one too.
        settings.save()


def _slug(title: str) -> str:
    return "-".join("".join(letter if letter.isalnum() else " " for letter in title.lower()).split())[:60]
