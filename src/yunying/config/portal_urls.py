"""Which address leads where on a site that is only the portal."""

from django.urls import include, path

urlpatterns = [path("shop/", include("yunying.portal.shop.urls"))]
