"""Which address leads where on a site that is only the portal."""

from django.urls import include, path

from yunying.portal.news.views.kept import front

urlpatterns = [
    path("", front, {"otherwise": "shop:front"}, name="front"),
    path("shop/", include("yunying.portal.shop.urls")),
    path("talk/", include("yunying.portal.community.urls")),
    path("members/", include("yunying.portal.members.urls")),
    path("staff/", include("yunying.portal.staff.urls")),
    path("", include("yunying.portal.news.tree_urls")),
]
handler404 = "yunying.portal.missing.not_found"
