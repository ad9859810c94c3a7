"""Which address leads where on a site that is only the portal."""

from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="shop:front")),
    path("shop/", include("yunying.portal.shop.urls")),
    path("talk/", include("yunying.portal.community.urls")),
    path("staff/", include("yunying.portal.staff.urls")),
]
handler404 = "yunying.portal.missing.not_found"
