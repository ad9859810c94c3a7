"""The addresses of the shop."""

from django.urls import path

from yunying.portal.shop.views import basket, browse, check_out, events, gateway, orders, preferences

app_name = "shop"
urlpatterns = [
    path("language/", preferences.language, name="language"),
    path("theme/", preferences.theme, name="theme"),
    path("consent/", events.consent, name="consent"),
    path("gateway-simulator/<slug:reference>/", gateway.page, name="gateway"),
    path("notices/<slug:provider>/", gateway.notices, name="notices"),
    path("<slug:shop>/", browse.product_list, name="list"),
    path("<slug:shop>/product/<slug:product>/", browse.product, name="product"),
    path("<slug:shop>/events/", events.receive, name="events"),
    path("<slug:shop>/basket/", basket.page, name="basket"),
    path("<slug:shop>/basket/add/", basket.add, name="basket-add"),
    path("<slug:shop>/check-out/", check_out.page, name="check-out"),
    path("<slug:shop>/order/<slug:token>/", orders.page, name="order"),
    path("<slug:shop>/order/<slug:token>/cancel/", orders.cancel, name="order-cancel"),
    path("<slug:shop>/order/<slug:token>/return/", orders.send_back, name="order-return"),
    path("<slug:shop>/order/<slug:token>/again/", orders.again, name="order-again"),
]
