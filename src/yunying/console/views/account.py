"""One's own account: password, second factor, and the browsers that one is signed in with."""

from typing import Any, cast

import segno
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from yunying.accounts.guesses import guess_begin, guess_refused, guess_right
from yunying.accounts.people import Person, password_change
from yunying.accounts.second_factor import (
    factor_begin,
    factor_check,
    factor_confirm,
    factor_end,
    factor_is_set,
    recovery_left,
    recovery_renew,
    wrong_code,
)
from yunying.accounts.sessions import KEY, session_end, sessions_end, sessions_of
from yunying.console.agents import agent_name
from yunying.kernel.errors import OperatorError
from yunying.org.factor_rules import factor_is_required


@login_required
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """The page."""
    person = cast(Person, request.user)
    here = request.session.get(KEY)
    rows = [{"row": row, "agent": agent_name(row.agent), "is_here": row.pk == here} for row in sessions_of(person)]
    is_set = factor_is_set(person)
    context = {
        "sessions": rows, "is_set": is_set, "left": recovery_left(person) if is_set else 0,
        "is_required": factor_is_required(person), "has_password": person.has_usable_password(),
    }  # fmt: skip
    return render(request, "console/account.html", context)


@login_required
@require_POST
@sensitive_post_parameters()
def password(request: HttpRequest) -> HttpResponse:
    """Change the password; the other browsers are signed out."""
    person, now = cast(Person, request.user), timezone.now()
    _prove(request, person)
    new = request.POST.get("new", "")[:4096]
    if new != request.POST.get("again", ""):
        raise OperatorError("not-alike", _("The two passwords differ."), _("Type the same one twice."))
    password_change(person, new, now)
    sessions_end(person, now, actor=person, but=request.session.get(KEY))
    update_session_auth_hash(request, person)
    messages.success(request, _("The password is changed; the other browsers are signed out."))
    return redirect("desk:account")


@login_required
@require_POST
def sessions(request: HttpRequest) -> HttpResponse:
    """End one session, or all the others."""
    person, now, which = cast(Person, request.user), timezone.now(), request.POST.get("session", "")
    if which == "others":
        sessions_end(person, now, actor=person, but=request.session.get(KEY))
    elif which.isascii() and which.isdigit() and len(which) < 19:
        session_end(int(which), person, now)
    messages.success(request, _("Signed out there."))
    return redirect("desk:account")


@login_required
@sensitive_post_parameters("code")
def factor(request: HttpRequest) -> HttpResponse:
    """Set the second factor up: a drawing for the app, then a first code that proves it."""
    person = cast(Person, request.user)
    if factor_is_set(person):
        return redirect("desk:account")
    if request.method == "POST":
        codes = factor_confirm(person, request.POST.get("code", "")[:20], timezone.now())
        return render(request, "console/recovery_codes.html", {"codes": codes})
    address = factor_begin(person)
    context = {"drawing": _drawing(address), "secret": _secret_of(address), "is_required": factor_is_required(person)}
    return render(request, "console/factor.html", context)


@login_required
@require_POST
@sensitive_post_parameters()
def factor_take_away(request: HttpRequest) -> HttpResponse:
    """Take the second factor away, with a last code of it."""
    person, now = cast(Person, request.user), timezone.now()
    _prove(request, person)
    if not factor_check(person, request.POST.get("code", "")[:40], now):
        raise wrong_code()
    factor_end(person, person, now)
    messages.success(request, _("The second factor is taken away."))
    return redirect("desk:account")


@login_required
@require_POST
@sensitive_post_parameters()
def codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes in place of the old ones."""
    person, now = cast(Person, request.user), timezone.now()
    if not factor_check(person, request.POST.get("code", "")[:40], now):
        raise wrong_code()
    return render(request, "console/recovery_codes.html", {"codes": recovery_renew(person, now)})


def _prove(request: HttpRequest, person: Person) -> None:
    """Ask for the password, where there is one: whoever sits at a browser that was left open does not know it."""
    if not person.has_usable_password():
        return
    keys, now = [f"code/password/{person.pk}"], timezone.now()
    wait = guess_begin(keys, now)
    if wait:
        raise guess_refused(wait)
    if not person.check_password(request.POST.get("password", "")[:4096]):
        raise OperatorError("wrong-password", _("The password is wrong."), _("Type the present one."))
    guess_right(keys, now)


def _drawing(address: str) -> SafeString:
    drawn: Any = segno.make(address, error="m").svg_inline(scale=5, border=4, dark="#000", light="#fff", omitsize=True)
    # Drawn here from an address that is percent-encoded; nothing of it stands in the drawing as text.
    return mark_safe(drawn)  # noqa: S308


def _secret_of(address: str) -> str:
    secret = address.partition("secret=")[2].partition("&")[0]
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
