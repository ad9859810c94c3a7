"""What honest people do at a portal in a month, by the forms and services that they use."""

import io
from datetime import timedelta
from typing import Any

import numpy as np
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client, TestCase
from PIL import Image as Drawing
from wagtail.images.models import Image
from wagtail.models import PageViewRestriction
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from yunying.accounts.people import Person, person_make
from yunying.portal.community.posts import Sent, post_make
from yunying.portal.moderation.models import MemberTrust
from yunying.portal.moderation.trust import trust_of
from yunying.portal.news.hits import hits_add, hits_write
from yunying.portal.news.layout_commands import layout_apply, layout_check
from yunying.portal.news.models import ArticlePage, ColumnPage, HomePage, InfoPage, PortalSettings
from yunying.portal.news.opening import column_make, editor_set
from yunying.portal.shop.catalogue_edit import product_edit
from yunying.portal.shop.members import member_join
from yunying.portal.shop.models import Product, Shop
from yunying.portal.watch.tests.watched import Clock

BROWSER = {"HTTP_ACCEPT_LANGUAGE": "zh-CN", "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
WORDS = {
    "zh-hans": ("茶农", "今年", "春茶", "比去年", "早了", "十天", "镇上", "开会", "讨论", "新桥", "孩子们"),
    "en": ("The town", "council", "met", "on Monday", "about", "the new bridge", "and", "tea", "rose", "again"),
}  # fmt: skip
LESSON = "“鎮(zhèn)”的意思是市镇，“橋(qiáo)”是过河的路，“說(shuō)”是讲话，“這(zhè)”指近处，“沒(méi)”是无。"
"""A lesson that has readings behind its characters, and an editor who says that it is meant."""


class Newsroom:
    """Two people who edit, one who reads and writes comments, and chance."""

    def __init__(self, seed: int, clock: Clock) -> None:
        self.rng, self.clock, self.made = np.random.default_rng(seed), clock, 0
        now = clock()
        self.chief = person_make("qin", "editor-password-1", may_act=False)
        self.writer = person_make("wen", "editor-password-1", may_act=False)
        editor_set(self.chief, "moderator", "test", now, holds=True)
        editor_set(self.writer, "editor", "test", now, holds=True)
        self.shop = Shop.objects.get()
        self.member = member_join("reader", "a long enough password", now)
        trust_of(self.shop.slug, self.member, now)
        MemberTrust.objects.filter(person=self.member).update(given_level=4)

    def day(self, count: int) -> list[str]:
        """So many deeds of a day; what they were."""
        deeds = [name for name in dir(self) if name.startswith("do_")]
        weights = np.array([WEIGHTS.get(name, 1.0) for name in deeds])
        done = []
        for name in self.rng.choice(np.array(deeds), count, p=weights / weights.sum()):
            # Files go when their rows are gone for good, which inside of a test's transaction nothing ever is.
            with TestCase.captureOnCommitCallbacks(execute=True):
                getattr(self, name)()
            done.append(str(name))
            self.clock.wait(timedelta(minutes=int(self.rng.integers(5, 60))))
        return done

    # Articles.

    def do_write_by_form(self) -> None:
        column = self._column()
        answer = self._browser(self.chief).post(
            f"/cms/pages/add/news/articlepage/{column.pk}/", {**self._form(self._slug()), "action-publish": "1"}
        )
        assert answer.status_code == 302, answer.content.decode()[:3000]

    def do_write_by_service(self) -> None:
        self._write()

    def do_hand_in_and_approve(self) -> None:
        column, slug = self._column(), self._slug()
        made = self._browser(self.writer).post(
            f"/cms/pages/add/news/articlepage/{column.pk}/", {**self._form(slug), "action-submit": "1"}
        )
        assert made.status_code == 302
        page = ArticlePage.objects.get(slug=slug)
        task = page.current_workflow_state.current_task_state
        done = self._browser(self.chief).post(
            f"/cms/pages/workflow/action/{page.pk}/approve/{task.pk}/", {"comment": "good"}
        )
        assert done.status_code in (200, 302)

    def do_edit(self) -> None:
        page = self.an_article()
        page.title, page.summary = self._words(page.language, 5), self._words(page.language, 9)
        page.body = self._body(page.language)
        page.save_revision(user=self.chief, log_action=True).publish(user=self.chief)

    def do_edit_by_form(self) -> None:
        page = self.an_article()
        form = self._form(page.slug, language=page.language, published_at=f"{page.published_at:%Y-%m-%d %H:%M}")
        answer = self._browser(self.chief).post(f"/cms/pages/{page.pk}/edit/", {**form, "action-publish": "1"})
        assert answer.status_code == 302, answer.content.decode()[:3000]

    def do_keep_a_draft(self) -> None:
        page = self.an_article()
        page.title = "草稿：还没有写完"
        page.save_revision(user=self.writer, log_action=True)

    def do_go_back(self) -> None:
        page = self.an_article()
        page.revisions.order_by("created_at").first().publish(user=self.chief)

    def do_schedule(self) -> None:
        page = self.an_article() if self.rng.random() < 0.5 else self._write(publish=False)
        page.go_live_at = self.clock() + timedelta(hours=int(self.rng.integers(1, 72)))
        page.title = self._words(page.language, 6)
        page.save_revision(user=self.chief).publish(user=self.chief)

    def do_let_expire(self) -> None:
        page = self.an_article()
        page.expire_at = self.clock() + timedelta(hours=int(self.rng.integers(1, 72)))
        page.save_revision(user=self.chief).publish(user=self.chief)

    def do_date_ahead(self) -> None:
        page = self.an_article()
        page.published_at = self.clock() + timedelta(hours=int(self.rng.integers(1, 30)))
        page.save_revision(user=self.chief).publish(user=self.chief)

    def do_take_off(self) -> None:
        page = self.an_article()
        if page.get_lock() is not None:
            # What is scheduled is locked until it is published.
            return
        page.unpublish(user=self.chief)
        if self.rng.random() < 0.7:
            page.get_latest_revision().publish(user=self.chief)

    def do_delete(self) -> None:
        page = self.an_article()
        answer = self._browser(self.chief).post(f"/cms/pages/{page.pk}/delete/", {})
        assert answer.status_code == 302

    def do_move(self) -> None:
        page, column = self.an_article(), self._column()
        if page.get_parent().pk != column.pk and not column.get_children().filter(slug=page.slug).exists():
            page.move(column, pos="last-child", user=self.chief)

    def do_copy(self) -> None:
        page = self.an_article()
        named = {"slug": self._slug(), "title": f"{page.title}（二）"}
        page.copy(update_attrs=named, user=self.chief, copy_revisions=False, keep_live=True)

    def do_teach_characters(self) -> None:
        page = self.an_article()
        page.body, page.takes_odd_text = [("text", f"<p>{LESSON}</p>")], True
        page.full_clean()
        page.save_revision(user=self.chief).publish(user=self.chief)

    # Columns, layouts, pages about the site, settings.

    def do_rename_column(self) -> None:
        column = self._column()
        column.title_zh, column.slug = f"栏目{self._number()}", f"column-{self._number()}"
        column.save_revision(user=self.chief).publish(user=self.chief)

    def do_make_column(self) -> None:
        if ColumnPage.objects.count() < 6:
            above = HomePage.objects.get() if self.rng.random() < 0.5 else self._column()
            column_make(above, f"Column {self._number()}", "新栏目", f"column-{self._number()}", summary_zh="关于什么")

    def do_lay_out(self) -> None:
        kinds = [
            str(each) for each in self.rng.permutation(["headlines", "newest", "pictures", "most_read", "products"])
        ]
        parts = [{"kind": "notice", "words": f"Closed on day {self._number()}.", "words_zh": "今天休息。"},
                 *({"kind": kind, "count": int(self.rng.integers(2, 7))} for kind in kinds)]  # fmt: skip
        params = {"page": "home", "parts": parts}
        layout_check(self.shop, params, self.clock())
        layout_apply(self.shop, params, f"layout-{self._number()}", self.clock())

    def do_tell_about(self) -> None:
        page = InfoPage.objects.get(slug="about")
        page.body_zh = self._body("zh-hans")
        page.save_revision(user=self.chief).publish(user=self.chief)

    def do_set(self) -> None:
        settings = PortalSettings.objects.get()
        answer = self._browser(self.chief).post(f"/cms/settings/news/portalsettings/{settings.pk}/", {
            "name": f"Town {self._number()}", "name_zh": "石桥镇", "time_zone": "Asia/Shanghai", "shop": "",
            "copyright": "Ours.", "copyright_zh": f"版权 {self._number()}",
        })  # fmt: skip
        assert answer.status_code == 302, answer.content.decode()[:3000]

    def do_close_and_open(self) -> None:
        found = PageViewRestriction.objects.first()
        if found is not None:
            found.delete()
        else:
            PageViewRestriction.objects.create(page=self.an_article(), restriction_type="password", password="tea")

    # Pictures.

    def do_send_picture(self) -> None:
        answer = self._browser(self.chief).post(
            "/cms/images/add/", {"title": f"P{self._number()}", "file": self._file()}
        )
        assert answer.status_code == 302, answer.content.decode()[:3000]
        self._lead(Image.objects.order_by("-pk")[0])

    def do_replace_picture(self) -> None:
        picture = Image.objects.order_by("-pk")[0]
        answer = self._browser(self.chief).post(
            f"/cms/images/{picture.pk}/", {"title": "Another", "file": self._file()}
        )
        assert answer.status_code == 302, answer.content.decode()[:3000]

    def do_drop_picture(self) -> None:
        if Image.objects.count() > 1:
            picture = Image.objects.order_by("-pk")[0]
            assert self._browser(self.chief).post(f"/cms/images/{picture.pk}/delete/").status_code == 302

    # Readers, and the shop.

    def do_read(self) -> None:
        for _ in range(3):
            page = self.an_article()
            answer = Client(**BROWSER).get(page.get_url().replace("http://testserver", "") if page.get_url() else "/")
            assert answer.status_code in (200, 302)

    def do_many_read(self) -> None:
        pages = ArticlePage.objects.live()
        hits_add({(page.pk, self.clock().date()): int(self.rng.integers(1, 200)) for page in pages})

    def do_comment(self) -> None:
        page, now = self.an_article(), self.clock()
        key = f"form-{self._number()}"
        sent = Sent("comment", f"article/{page.pk}", self._words("zh-hans", 8), key)
        post_make(self.shop, sent, self.member, "127.0.0.1", None, now)

    def do_sell(self) -> None:
        product = Product.objects.order_by("pk")[int(self.rng.integers(Product.objects.count()))]
        product_edit(
            product, {"title": f"Tea {self._number()}", "title_zh": f"茶{self._number()}"}, "test", self.clock()
        )

    def do_turn(self) -> None:
        call_command("news_turn", verbosity=0)
        hits_write(self.clock())

    # How all of it is made.

    def _write(self, *, publish: bool = True) -> ArticlePage:
        column, language = self._column(), str(self.rng.choice(["zh-hans", "en"]))
        page = column.add_child(instance=ArticlePage(
            title=self._words(language, 5), slug=self._slug(), language=language, published_at=self.clock(),
            live=publish, summary=self._words(language, 8), keywords="茶,桥", author="林晚", body=self._body(language),
            source_address="https://source.example/a", is_headline=bool(self.rng.random() < 0.3),
        ))  # fmt: skip
        if publish:
            page.save_revision(user=self.chief).publish(user=self.chief)
        return page

    def _lead(self, picture: Image) -> None:
        page = self.an_article()
        page.lead_picture = picture
        page.save_revision(user=self.chief).publish(user=self.chief)

    def _body(self, language: str) -> list[tuple[str, Any]]:
        text = self._words(language, 20)
        link = "<a href='https://reader.example/?q=1&amp;r=2'>&quot;more&quot;</a>" if self.rng.random() < 0.3 else ""
        return [("text", f"<p>{text} <b>&lt;{self._number()}&gt;</b> {link}</p><ul><li>{text[:9]}</li></ul>")]

    def _form(self, slug: str, **other: Any) -> dict[str, Any]:
        language = other.get("language", "zh-hans")
        text = self._words(language, 12)
        fields = {
            "title": self._words(language, 5), "slug": slug, "language": language,
            "published_at": f"{self.clock():%Y-%m-%d %H:%M}", "summary": text,
            "body": streamfield([("text", rich_text(f"<p>{text}</p>", features=["bold"]))]), "source": "石桥报",
            "source_address": "https://source.example/1", "author": "文", "licence": "reserved", "keywords": "茶",
            "lead_picture": "", "seo_title": "", "search_description": "", "go_live_at": "", "expire_at": "",
            "comments": inline_formset([]), **other,
        }  # fmt: skip
        return nested_form_data(fields)

    def _browser(self, person: Person) -> Client:
        client = Client(**BROWSER)
        client.force_login(person)
        return client

    def an_article(self) -> ArticlePage:
        pages = ArticlePage.objects.live().order_by("pk")
        return pages[int(self.rng.integers(pages.count()))] if pages.count() > 3 else self._write()

    def _column(self) -> ColumnPage:
        columns = ColumnPage.objects.order_by("pk")
        return columns[int(self.rng.integers(columns.count()))]

    def _words(self, language: str, count: int) -> str:
        joint = "" if language == "zh-hans" else " "
        return joint.join(str(each) for each in self.rng.choice(np.array(WORDS[language]), count))

    def _file(self) -> SimpleUploadedFile:
        into = io.BytesIO()
        colour = tuple(int(each) for each in self.rng.integers(0, 255, 3))
        Drawing.new("RGB", (120, 80), colour).save(into, "PNG")
        return SimpleUploadedFile(f"p{self._number()}.png", into.getvalue(), "image/png")

    def _number(self) -> int:
        self.made += 1
        return self.made

    def _slug(self) -> str:
        return f"article-of-{self._number()}"


WEIGHTS = {"do_edit": 4.0, "do_write_by_service": 4.0, "do_many_read": 2.0, "do_comment": 3.0, "do_turn": 3.0,
           "do_schedule": 2.0, "do_delete": 0.6, "do_teach_characters": 0.5, "do_close_and_open": 0.5}  # fmt: skip
