"""The browsers that a person is signed in with; one that was ended is refused at its next request."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from yunying.accounts.addresses import address_of
from yunying.accounts.models import DeskSession
from yunying.accounts.people import CHAIN, Person
from yunying.audit.log import Change, audit_record

KEY = "desk_session"
"""Where the browser's own session names its row."""
_SEEN_EVERY = timedelta(minutes=1)


def session_holds(number: object, person: Person, now: datetime) -> bool:
    """Whether a browser's session is one of the person's that nobody has ended; notes that it was seen."""
    rows = _holding(person, now).filter(pk=number if isinstance(number, int) else 0)
    seen_at = rows.values_list("seen_at", flat=True).first()
    if seen_at is None:
        return False
    if now - seen_at > _SEEN_EVERY:
        rows.filter(seen_at=seen_at).update(seen_at=now)
    return True


def sessions_of(person: Person) -> list[DeskSession]:
    """The person's sessions that hold, the one seen last on top."""
    return list(_holding(person, timezone.now()).order_by("-seen_at", "-pk")[:100])


def sessions_told(person: Person) -> list[dict[str, object]]:
    """All that is kept of the browsers that a person signed in with, also of those that are signed out."""
    fields = ("agent", "address", "started_at", "seen_at", "ended_at")
    return list(DeskSession.objects.filter(person=person).order_by("pk").values(*fields))


def session_end(number: int, person: Person, now: datetime) -> bool:
    """End one of the person's own sessions; says whether it still held."""
    with transaction.atomic():
        ended = DeskSession.objects.filter(pk=number, person=person, ended_at=None).update(ended_at=now) == 1
        if ended:
            audit_record(CHAIN, person.get_username(), now, [Change("session_end", f"session/{number}")])
    return ended


def sessions_end(person: Person, now: datetime, *, actor: Person | None, but: object = None) -> int:
    """End all of a person's sessions but one; says how many."""
    with transaction.atomic():
        rows = DeskSession.objects.filter(person=person, ended_at=None)
        count = rows.exclude(pk=but if isinstance(but, int) else 0).update(ended_at=now)
        name = actor.get_username() if actor else "system"
        change = Change("sessions_end", f"person/{person.pk}", after={"ended": count})
        audit_record(CHAIN, name, now, [change] if count else [])
    return count


def _holding(person: Person, now: datetime) -> QuerySet[DeskSession]:
    """Those that nobody ended and that were seen within the time that a browser keeps its cookie."""
    oldest = now - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return DeskSession.objects.filter(person=person, ended_at=None, seen_at__gt=oldest)


def session_begin(sender: object, request: HttpRequest, user: Person, **_: Any) -> None:
    """Note a sign-in; called by Django whenever somebody has signed in."""
    now = timezone.now()
    agent, address = request.META.get("HTTP_USER_AGENT", "")[:300], address_of(request)
    with transaction.atomic():
        row = DeskSession.objects.create(person=user, agent=agent, address=address, started_at=now, seen_at=now)
        change = Change("sign_in", f"session/{row.pk}", after={"address": address, "agent": agent})
        audit_record(CHAIN, user.get_username(), now, [change])
    request.session[KEY] = row.pk


def session_close(sender: object, request: HttpRequest, user: Person | None, **_: Any) -> None:
    """Note a sign-out."""
    number = request.session.get(KEY)
    if user is not None and isinstance(number, int):
        session_end(number, user, timezone.now())


def signals_connect() -> None:
    """Have Django tell of every sign-in and sign-out."""
    user_logged_in.connect(session_begin, dispatch_uid="yunying.session_begin")
    user_logged_out.connect(session_close, dispatch_uid="yunying.session_close")
