"""What a person chooses for himself: store, language, theme; and a store to begin with."""

from typing import Any, cast
from zoneinfo import available_timezones

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from yunying.accounts.people import Person
from yunying.console.access import DeskRequest, desk_page
from yunying.console.shell import THEMES
from yunying.interventions.desk_facts import store_save
from yunying.interventions.selectors.stores import Missing, stores_all
from yunying.kernel.errors import OperatorError
from yunying.kernel.money import currency_check
from yunying.org.grants import scope_of
from yunying.org.structure import shop_open

SAME_PAGES = frozenset(
    ("today", "proposals", "interventions", "compose", "measured", "imports", "runs", "settings", "keys", "budgets",
     "people", "company", "structure", "roles")
)  # fmt: skip
"""Pages that every store has."""


def next_page(request: HttpRequest, otherwise: str = "/desk/") -> str:
    """Where the person was, if it is a page of ours."""
    wanted = request.POST.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}) else otherwise


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep a theme in a cookie, so that the first byte of the next page has it already."""
    response = redirect(next_page(request))
    wanted = request.POST.get("theme", "auto")
    response.set_cookie("theme", wanted if wanted in THEMES else "auto", max_age=31_536_000, samesite="Lax")
    return response


@require_POST
@login_required
def store(request: HttpRequest) -> HttpResponse:
    """Look at another store, on the same page."""
    wanted = request.POST.get("store", "")
    scope = scope_of(cast(Person, request.user), timezone.now().date())
    if wanted not in {each.slug for each in stores_all() if scope.sees(each.slug)}:
        raise Missing("store")
    request.session["store"] = wanted
    path, mark, query = next_page(request).partition("?")
    page = _same_page(path)
    return redirect(f"{page}{mark}{query}" if page == path else page)


def _same_page(path: str) -> str:
    """The page in another store: what has a number is in one store only, so its list is opened."""
    try:
        match = resolve(path)
    except Resolver404:
        return reverse("desk:today")
    if match.namespace != "desk" or match.url_name not in SAME_PAGES:
        section = path.removeprefix("/desk/").split("/")[0]
        return reverse(f"desk:{section}") if section in SAME_PAGES else reverse("desk:today")
    return path


class NewStore(forms.Form):
    """What the desk must know of a store before its first file."""

    slug = forms.RegexField(r"^[a-z0-9][a-z0-9-]{0,62}$", label=gettext_lazy("Id"))
    title = forms.CharField(max_length=200, label=gettext_lazy("Name"))
    currency = forms.CharField(max_length=3, initial="CNY", label=gettext_lazy("Currency"))
    time_zone = forms.CharField(max_length=60, initial="Asia/Shanghai", label=gettext_lazy("Time zone"))

    def clean_slug(self) -> str:
        """A store's id is its own for ever."""
        slug = str(self.cleaned_data["slug"])
        if slug in {each.slug for each in stores_all()}:
            raise forms.ValidationError(_("There is a store of that id already."))
        return slug

    def clean_currency(self) -> str:
        """Three letters of ISO 4217."""
        try:
            return currency_check(self.cleaned_data["currency"])
        except OperatorError as error:
            raise forms.ValidationError(_("Give three letters such as CNY, USD or EUR.")) from error

    def clean_time_zone(self) -> str:
        """A name of the IANA data base."""
        if self.cleaned_data["time_zone"] not in available_timezones():
            raise forms.ValidationError(_("Give a name such as Asia/Shanghai or Europe/Berlin."))
        return str(self.cleaned_data["time_zone"])


@login_required
def welcome(request: HttpRequest) -> HttpResponse:
    """Tell the desk of a store: the first one, or another."""
    if not scope_of(cast(Person, request.user), timezone.now().date()).may_open_store:
        raise PermissionDenied
    form = NewStore(request.POST or None)
    if request.method == "POST" and form.is_valid():
        fields: dict[str, Any] = dict(form.cleaned_data)
        store_save(fields.pop("slug"), **fields, connector="csv", actor=cast(Person, request.user))
        shop_open(form.cleaned_data["slug"], cast(Person, request.user))
        request.session["store"] = form.cleaned_data["slug"]
        messages.success(request, _("The store is ready. Now give it its orders."))
        return redirect("desk:imports")
    return render(request, "console/welcome.html", {"form": form, "has_stores": bool(stores_all())})


@desk_page
def keys(request: DeskRequest) -> HttpResponse:
    """The keyboard's shortcuts, for those who read rather than press ``?``."""
    return render(request, "console/keys.html")
