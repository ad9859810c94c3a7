"""Which address leads where."""

from django.urls import include, path

from yunying.portal.news.views.kept import front

urlpatterns = [
    path("", front, {"otherwise": "/desk/"}, name="front"),
    path("api/", include("yunying.api.urls")),
    path("desk/", include("yunying.console.urls")),
    path("shop/", include("yunying.portal.shop.urls")),
    path("talk/", include("yunying.portal.community.urls")),
    path("members/", include("yunying.portal.members.urls")),
    path("staff/", include("yunying.portal.staff.urls")),
    path("", include("yunying.portal.news.tree_urls")),
]
handler403 = "yunying.console.views.errors.forbidden"
handler404 = "yunying.config.missing.not_found"
handler500 = "yunying.console.views.errors.broken"
