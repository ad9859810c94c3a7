"""The portal's tree of pages, its pictures, and its editors' desk; these stand at fixed places of the site."""

from django.conf import settings
from django.urls import include, path, re_path
from wagtail.admin import urls as editors
from wagtail.views import authenticate_with_password

from yunying.portal.news.views import kept, maps, sign_in

urlpatterns = [
    path("site/", include("yunying.portal.news.urls")),
    path("sitemap.xml", maps.sitemap_xml, name="sitemap"),
    path("robots.txt", maps.robots_txt, name="robots"),
    path("site/sign-in/", sign_in.sign_in, name="wagtailcore_login"),
    path(
        "site/password/<int:page_view_restriction_id>/<int:page_id>/",
        authenticate_with_password,
        name="wagtailcore_authenticate_with_password",
    ),
    path("cms/", include(editors)),
    re_path(rf"^{settings.MEDIA_URL.strip('/')}/images/(?P<path>[\w.-]+)$", maps.rendition),
    re_path(r"^news/(?P<path>(?:[\w-]+/)*)(?P<kind>rss|atom)\.xml$", maps.feed, name="news-feed"),
    re_path(r"^news/((?:[\w-]+/)*)$", kept.page_served, name="wagtail_serve"),
]
