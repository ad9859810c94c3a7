"""The steps between a right password and a session, the same at every door of the site."""

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from yunying.accounts.guesses import DEVICE_DAYS, device_text
from yunying.accounts.people import Person, person_numbered

BACKEND = "django.contrib.auth.backends.ModelBackend"
PENDING_SECONDS = 300


def admission_hold(request: HttpRequest, person: Person, wanted: str) -> None:
    """Keep who gave the right password until the second step, which may take five minutes."""
    request.session.cycle_key()
    at = timezone.now().timestamp()
    request.session["pending"] = {"person": person.pk, "at": at, "next": wanted, "hash": person.get_session_auth_hash()}


def admission_held(request: HttpRequest) -> tuple[Person, str] | None:
    """Who waits for the second step and where to; None where nobody does, or the time or the password has passed."""
    pending = request.session.get("pending")
    person = person_numbered(pending["person"]) if pending else None
    is_fresh = pending and timezone.now().timestamp() - pending["at"] <= PENDING_SECONDS
    if person is None or not is_fresh or not person.is_active or person.get_session_auth_hash() != pending["hash"]:
        request.session.pop("pending", None)
        return None
    return person, pending["next"]


def admitted(request: HttpRequest, person: Person, wanted: str, door: str) -> HttpResponse:
    """Begin the session, and let the browser be known at the door's address, so that its guesses count apart."""
    request.session.pop("pending", None)
    login(request, person, backend=BACKEND)
    response = redirect(wanted)
    response.set_cookie(
        "device", device_text(person.get_username()), max_age=DEVICE_DAYS * 86_400, httponly=True, samesite="Lax",
        secure=settings.IS_HTTPS, path=door,
    )  # fmt: skip
    return response
