"""The turn draws the newest pictures, so that no reader waits for one."""

import pytest
from django.test import Client
from wagtail.images.models import Image

from yunying.portal.news.articles import address_of
from yunying.portal.news.models import ArticlePage, HomePage
from yunying.portal.news.pictures import pictures_draw
from yunying.portal.news.tests.written import pictures_given


def test_the_first_reader_of_a_pictured_article_waits_for_no_drawing(
    portal: HomePage, reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures_given(3)
    pictures_draw()
    drawn: list[int] = []
    create = Image.create_rendition
    monkeypatch.setattr(Image, "create_rendition", lambda self, cut: drawn.append(self.pk) or create(self, cut))
    pictures_draw()
    for article in ArticlePage.objects.live().exclude(lead_picture=None):
        page = reader.get(address_of(article))
        assert "<img" in page.content.decode()
    assert drawn == []


def test_a_picture_whose_file_is_gone_does_not_end_the_turn(portal: HomePage) -> None:
    pictures_given(2)
    gone = ArticlePage.objects.live().exclude(lead_picture=None).first().lead_picture
    gone.file.storage.delete(gone.file.name)
    pictures_draw()
