"""Which address leads where."""

from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("", RedirectView.as_view(url="/desk/")),
    path("api/", include("yunying.api.urls")),
    path("desk/", include("yunying.console.urls")),
    path("shop/", include("yunying.portal.shop.urls")),
    path("talk/", include("yunying.portal.community.urls")),
    path("staff/", include("yunying.portal.staff.urls")),
]
handler403 = "yunying.console.views.errors.forbidden"
handler404 = "yunying.config.missing.not_found"
handler500 = "yunying.console.views.errors.broken"
