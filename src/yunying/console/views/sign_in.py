"""Signing in: name and password or an identity provider, then the second factor where there is one; and signing out."""

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.views import LogoutView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters

from yunying.accounts.addresses import address_of
from yunying.accounts.admission import admission_held, admission_hold, admitted
from yunying.accounts.guesses import guess_begin, guess_keys, guess_right
from yunying.accounts.identity_provider import provider_is_set, sign_in_begin, sign_in_finish
from yunying.accounts.invitations import identity_person
from yunying.accounts.people import Person
from yunying.accounts.second_factor import factor_check, factor_is_set
from yunying.console.refusals import refusal_words
from yunying.kernel.errors import OperatorError
from yunying.org.invitations import invitation_accept, invitation_held

"""How long the password counts while the code is awaited."""


class SignOut(LogoutView):
    """Ends the session."""

    next_page = "/desk/login/"


@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """The log-in page; an unknown name, a closed account and a wrong password are answered alike."""
    wanted = _ours(request, request.POST.get("next") or request.GET.get("next", ""))
    if request.user.is_authenticated:
        return redirect(wanted)
    if request.method != "POST":
        return _gate(request, wanted)
    name, password = request.POST.get("username", "")[:150], request.POST.get("password", "")[:4096]
    keys = guess_keys(name, address_of(request), request.COOKIES.get("device", ""))
    wait = guess_begin(keys, timezone.now())
    if wait:
        return _gate(request, wanted, error=_wait_words(wait), name=name, status=429)
    person = authenticate(request, username=name, password=password)
    if person is None:
        error = _("Name and password do not fit together. Check capital letters and the input method.")
        return _gate(request, wanted, error=error, name=name)
    guess_right(keys, timezone.now())
    return _first_factor_held(request, person, wanted)


@sensitive_post_parameters("code")
def code(request: HttpRequest) -> HttpResponse:
    """The second step: a code by time, or one of recovery."""
    held = admission_held(request)
    if held is None:
        return redirect("desk:login")
    person, wanted = held
    error = ""
    if request.method == "POST":
        try:
            if factor_check(person, request.POST.get("code", "")[:40], timezone.now()):
                return _done(request, person, wanted)
            error = _("The code is wrong or was used already. Wait for the next one, then try it.")
        except OperatorError as refused:
            error = f"{(words := refusal_words(refused.code, refused.what, refused.remedy)).what} {words.remedy}"
    return render(request, "console/login_code.html", {"error": error})


def provider_begin(request: HttpRequest) -> HttpResponse:
    """Go to the identity provider."""
    if not provider_is_set():
        raise Http404
    address, kept = sign_in_begin(request.build_absolute_uri(reverse("desk:login-back")))
    join = request.GET.get("join", "")
    request.session["provider"] = {**kept, "join": join, "next": _ours(request, request.GET.get("next", ""))}
    return redirect(address)


def provider_back(request: HttpRequest) -> HttpResponse:
    """Come back from the identity provider: to one's account, or with an invitation to a new one."""
    kept = request.session.pop("provider", None)
    found = sign_in_finish(request.GET.dict(), kept, timezone.now())
    if kept["join"]:
        held = invitation_held(kept["join"], timezone.now())
        if not found.email or found.email.casefold() != held.email.casefold():
            raise OperatorError(
                "wrong-email", _("The invitation is for another e-mail address, or yours is not verified."),
                _("Sign in there with the address that was invited."),
            )  # fmt: skip
        person = invitation_accept(
            kept["join"], now=timezone.now(), username=found.email, name=found.name,
            identity=(found.issuer, found.subject),
        )  # fmt: skip
    else:
        known = identity_person(found.issuer, found.subject)
        if known is None:
            raise OperatorError(
                "unknown-identity", _("Nobody here signs in that way."), _("Ask for an invitation and take it first.")
            )
        person = known
    return _first_factor_held(request, person, kept["next"])


def _first_factor_held(request: HttpRequest, person: Person, wanted: str) -> HttpResponse:
    if not factor_is_set(person):
        return _done(request, person, wanted)
    admission_hold(request, person, wanted)
    return redirect("desk:login-code")


def _done(request: HttpRequest, person: Person, wanted: str) -> HttpResponse:
    return admitted(request, person, wanted, "/desk/login/")


def _gate(request: HttpRequest, wanted: str, *, error: str = "", name: str = "", status: int = 200) -> HttpResponse:
    context = {
        "next": wanted, "error": error, "name": name, "provider": settings.OIDC_TITLE if provider_is_set() else "",
        "has_mail": bool(settings.EMAIL_HOST),
    }  # fmt: skip
    return render(request, "console/login.html", context, status=status)


def _wait_words(seconds: int) -> str:
    words = ngettext("Too many attempts: wait %(n)s second.", "Too many attempts: wait %(n)s seconds.", seconds)
    return words % {"n": seconds}


def _ours(request: HttpRequest, wanted: str) -> str:
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}) else "/desk/"
