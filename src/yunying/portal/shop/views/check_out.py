"""The check-out: one form, from the address to the placed order."""

import secrets
from collections.abc import Sequence
from contextlib import suppress

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from yunying.kernel.errors import OperatorError
from yunying.portal.shop.baskets import (
    basket_owned,
    basket_priced,
    basket_seen,
    shipping_fee,
    shipping_methods,
    totals_with,
)
from yunying.portal.shop.members import address_keep
from yunying.portal.shop.models import Basket, Order, SavedAddress, Shop
from yunying.portal.shop.placing import CheckOut, order_place
from yunying.portal.shop.providers import providers_offered
from yunying.portal.shop.views.frame import basket_seen_before, shop_named, token_given
from yunying.portal.shop.views.frame import page as framed
from yunying.portal.shop.views.payment_names import payment_choices
from yunying.portal.shop.views.tracked import page_seen

COUNTRIES = (
    ("CN", _("China")), ("HK", _("Hong Kong")), ("TW", _("Taiwan")), ("JP", _("Japan")), ("KR", _("South Korea")),
    ("SG", _("Singapore")), ("AU", _("Australia")), ("CA", _("Canada")), ("DE", _("Germany")), ("FR", _("France")),
    ("GB", _("United Kingdom")), ("US", _("United States")),
)  # fmt: skip


class CheckOutForm(forms.Form):
    """Where the order goes and how it is paid. A Chinese address needs its province and district."""

    name = forms.CharField(label=_("Recipient"), max_length=100, widget=forms.TextInput({"autocomplete": "name"}))
    phone = forms.RegexField(
        r"^[0-9 +()\-]{5,40}$", label=_("Phone"), widget=forms.TextInput({"autocomplete": "tel", "inputmode": "tel"}),
        error_messages={"invalid": _("Give a number that the courier can call.")},
    )  # fmt: skip
    email = forms.EmailField(
        label=_("E-mail (if you have one)"), required=False, widget=forms.EmailInput({"autocomplete": "email"})
    )
    country = forms.ChoiceField(label=_("Country or region"), choices=COUNTRIES)
    region = forms.CharField(
        label=_("Province or state"), max_length=100, required=False,
        widget=forms.TextInput({"autocomplete": "address-level1"}),
    )  # fmt: skip
    city = forms.CharField(label=_("City"), max_length=100, widget=forms.TextInput({"autocomplete": "address-level2"}))
    district = forms.CharField(
        label=_("District"), max_length=100, required=False, widget=forms.TextInput({"autocomplete": "address-level3"})
    )
    street = forms.CharField(
        label=_("Street and number"), max_length=300, widget=forms.TextInput({"autocomplete": "street-address"})
    )
    postcode = forms.CharField(
        label=_("Postcode"), max_length=20, required=False, widget=forms.TextInput({"autocomplete": "postal-code"})
    )
    shipping_method = forms.IntegerField(label=_("Shipping"))
    provider = forms.ChoiceField(label=_("Payment"), choices=payment_choices)
    note = forms.CharField(
        label=_("Note to the shop"), max_length=500, required=False, widget=forms.Textarea({"rows": 2})
    )
    key = forms.CharField(min_length=8, max_length=64, widget=forms.HiddenInput)
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)

    ADDRESS = ("name", "phone", "email", "country", "region", "city", "district", "street", "postcode")

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("country") == "CN":
            for field in ("region", "district"):
                if not cleaned.get(field):
                    self.add_error(field, _("An address in China needs this."))
        return cleaned

    def check_out(self) -> CheckOut:
        """What the buyer sends."""
        given = self.cleaned_data
        return CheckOut(
            given["key"], given["seen"], given["shipping_method"], given["provider"],
            {field: given[field] for field in self.ADDRESS}, given["note"], get_language() or "en",
        )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, shop: str) -> HttpResponse:
    the_shop = shop_named(shop)
    if request.method != "POST":
        return page_seen(request, _shown(request, the_shop, None, None), the_shop, "check-out")
    form = CheckOutForm(request.POST)
    if not form.is_valid():
        return _shown(request, the_shop, form, None)
    try:
        order = _placed(request, the_shop, form.check_out())
    except OperatorError as error:
        return _shown(request, the_shop, form, error)
    if order is None:
        return redirect("shop:basket", the_shop.slug)
    return redirect("shop:order", the_shop.slug, order.token)


def _placed(request: HttpRequest, shop: Shop, check_out: CheckOut) -> Order | None:
    """The order of the visitor's basket, also where a second send comes after it; nothing without a basket."""
    token = token_given(request)
    basket = Basket.objects.select_related("shop").filter(shop=shop, token=token).first()
    if basket is None:
        return None
    if request.user.is_authenticated and basket.person_id is None and basket.is_open:
        # He signed in after he filled it.
        basket_owned(basket, request.user.pk)
    order = order_place(basket, check_out, timezone.now())
    if request.user.is_authenticated and "keep_address" in request.POST:
        with suppress(OperatorError):
            address_keep(request.user, check_out.address)
    return order


def _shown(
    request: HttpRequest, shop: Shop, form: CheckOutForm | None, problem: OperatorError | None
) -> HttpResponse:  # fmt: skip
    basket = basket_seen_before(request, shop)
    priced = basket_priced(basket, None, timezone.now()) if basket else None
    if priced is None or not priced.lines:
        return redirect("shop:basket", shop.slug)
    methods = shipping_methods(shop)
    signed_in = request.user.is_authenticated
    saved = list(SavedAddress.objects.filter(person=request.user).order_by("-pk")) if signed_in else []
    goods_minor, discount_minor = priced.totals.goods_minor, priced.totals.discount_minor
    totals = {each.pk: totals_with(shop, goods_minor, discount_minor, each).total_minor for each in methods}
    content = {
        "form": form or CheckOutForm(initial=_initial(request, saved)),
        "saved": saved,
        "priced": priced,
        "basket_count": priced.units,
        "methods": [(each, shipping_fee(each, goods_minor - discount_minor), totals[each.pk]) for each in methods],
        "chosen_method": (form.data.get("shipping_method") if form else None)
        or (str(methods[0].pk) if methods else ""),
        "chosen_provider": (form.data.get("provider") if form else None) or next(iter(providers_offered()), ""),
        "payments": payment_choices(),
        "key": form.data.get("key") if form and not problem else secrets.token_urlsafe(16),
        "seen": basket_seen(basket.shop, priced, methods),
    }
    status = 400 if form is not None and form.errors else 200
    return framed(request, shop, "check_out", content, problem or priced.coupon_problem, status)


def _initial(request: HttpRequest, saved: Sequence[SavedAddress]) -> dict[str, str]:
    """The address of the book that was chosen, or the newest."""
    chosen = [each for each in saved if str(each.pk) == request.GET.get("address")] or saved[:1]
    return {field: getattr(each, field) for each in chosen for field in CheckOutForm.ADDRESS} or {"country": "CN"}
