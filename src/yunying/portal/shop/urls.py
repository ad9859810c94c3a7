"""The addresses of the shop."""

from django.urls import path

from yunying.portal.shop.views import (
    account,
    aftercare,
    basket,
    browse,
    check_out,
    events,
    gateway,
    orders,
    pictures,
    preferences,
    sign_in,
)

app_name = "shop"
urlpatterns = [
    path("", browse.front, name="front"),
    path("language/", preferences.language, name="language"),
    path("theme/", preferences.theme, name="theme"),
    path("consent/", events.consent, name="consent"),
    path("gateway-simulator/<slug:reference>/", gateway.page, name="gateway"),
    path("notices/<slug:provider>/", gateway.notices, name="notices"),
    path("pictures/<slug:digest>-<int:width>.webp", pictures.picture, name="picture"),
    path("<slug:shop>/sign-in/", sign_in.sign_in, name="sign-in"),
    path("<slug:shop>/sign-in/code/", sign_in.code, name="sign-in-code"),
    path("<slug:shop>/sign-out/", sign_in.sign_out, name="sign-out"),
    path("<slug:shop>/register/", sign_in.register, name="register"),
    path("<slug:shop>/proof/<str:proof>/", sign_in.proof, name="proof"),
    path("<slug:shop>/account/", account.page, name="account"),
    path("<slug:shop>/account/prove/", sign_in.prove, name="prove"),
    path("<slug:shop>/account/addresses/<int:id>/remove/", account.address_remove, name="address-remove"),
    path("<slug:shop>/product/<slug:product>/favourite/", account.favourite, name="favourite"),
    path("<slug:shop>/contact/", aftercare.contact, name="contact"),
    path("<slug:shop>/contact/<slug:token>/", aftercare.conversation, name="conversation"),
    path("<slug:shop>/order/<slug:token>/ask/", aftercare.ask, name="order-ask"),
    path("<slug:shop>/order/<slug:token>/review/<int:position>/", aftercare.review, name="order-review"),
    path("<slug:shop>/order/<slug:token>/invoice/", aftercare.invoices, name="invoices"),
    path("<slug:shop>/order/<slug:token>/invoice/<int:id>/", aftercare.invoice, name="invoice"),
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
