"""The portal to try out."""

from django.test import Client

from yunying.portal.news.models import ArticlePage, HomePage
from yunying.portal.news.sample import portal_sample
from yunying.portal.news.tests.conftest import NOW


def test_a_town_has_sixty_articles_in_two_languages_and_is_opened_once(portal: HomePage) -> None:
    assert portal_sample("test", NOW) == portal, "a portal with columns is left as it is"
    assert ArticlePage.objects.count() == 4
    portal.delete()
    home = portal_sample("test", NOW)
    assert ArticlePage.objects.live().filter(language="en").count() == 30
    assert ArticlePage.objects.live().filter(language="zh-hans").count() == 30
    for article in ArticlePage.objects.all():
        article.full_clean()
    assert portal_sample("test", NOW) == home
    assert ArticlePage.objects.count() == 60
    page = Client(HTTP_ACCEPT_LANGUAGE="zh-hans").get("/").content.decode()
    for words in ("头条", "图片新闻", "石桥历时八个月重新开放", "示例备000000号"):
        assert words in page
