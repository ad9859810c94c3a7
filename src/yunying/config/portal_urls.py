"""Which address leads where on a site that is only the portal."""

from django.urls import include, path

urlpatterns = [
    path("shop/", include("yunying.portal.shop.urls")),
    path("staff/", include("yunying.portal.staff.urls")),
]
handler404 = "yunying.portal.missing.not_found"
