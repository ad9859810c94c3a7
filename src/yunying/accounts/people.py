"""The people who sign in, for rooms above this one."""

import re
from datetime import datetime

from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from yunying.accounts.models import DeskSession
from yunying.accounts.models import User as Person
from yunying.audit.log import Change, audit_record
from yunying.kernel.errors import OperatorError

LEAST_PASSWORD = 10

CHAIN = "accounts"
"""The chain of the audit log that tells of accounts, sessions and tokens."""

MEMBERS = "members"
"""The group of those who registered by themselves to buy: no role at the desk comes of that."""

__all__ = ["MEMBERS", "Person", "password_change", "person_alike", "person_close", "person_find", "person_is_member",
           "person_join", "person_make", "person_named", "person_numbered"]  # fmt: skip


def person_find(username: str) -> Person | None:
    """The person of that log-in name whose account is open; unlike ``person_named`` it tells of nobody else."""
    return Person.objects.filter(username=username, is_active=True).first()


def person_named(username: str) -> Person:
    """The person of that log-in name.

    Raises:
        OperatorError: there is none.
    """
    found = Person.objects.filter(username=username).first()
    if found is None:
        known = ", ".join(Person.objects.order_by("username").values_list("username", flat=True)[:10]) or "nobody yet"
        raise OperatorError("unknown-person", f"Nobody signs in as {username!r}.", f"Known are: {known}.")
    return found


def person_alike(name: str, *, but: Person) -> bool:
    """Whether somebody else signs in by that name, in letters of either size."""
    return Person.objects.filter(username__iexact=name).exclude(pk=but.pk).exists()


def person_numbered(number: int) -> Person | None:
    """The person of that number."""
    return Person.objects.filter(pk=number).first()


def person_make(username: str, password: str, *, name: str = "", may_act: bool = True) -> Person:
    """Make an account, or give the one of that name a new password.

    Raises:
        OperatorError: the name or the password is too weak.
    """
    _refuse_bad_name(username)
    if len(password) < LEAST_PASSWORD:
        what = f"The password has {len(password)} characters."
        raise OperatorError("weak-password", what, f"Give at least {LEAST_PASSWORD}.")
    with transaction.atomic():
        person, is_new = Person.objects.get_or_create(username=username)
        before = {} if is_new else _shown(person)
        person.first_name, person.is_staff, person.is_active = name[:150], may_act, True
        person.set_password(password)
        person.save()
        _sessions_over(person, timezone.now())
        _tell(None, timezone.now(), "person_make", person, before, {**_shown(person), "password": "new"})
    return person


def person_is_member(person: Person) -> bool:
    """Whether somebody registered by himself to buy, and was not made or invited to work here."""
    return person.groups.filter(name=MEMBERS).exists()


def person_join(
    username: str, password: str | None, *, name: str, email: str, now: datetime, is_member: bool = False
) -> Person:  # fmt: skip
    """Make the account of somebody who was invited, or who registers; without a password where a provider signs in.

    Raises:
        OperatorError: the name is taken or none, or the password is too weak.
    """
    _refuse_bad_name(username)
    person = Person(username=username, first_name=name.strip()[:150], email=email)
    if password is None:
        person.set_unusable_password()
    else:
        _refuse_weak(password, person)
        person.set_password(password)
    try:
        with transaction.atomic():
            person.save(force_insert=True)
            if is_member:
                person.groups.add(Group.objects.get_or_create(name=MEMBERS)[0])
    except IntegrityError as error:
        raise OperatorError("name-taken", f"{username!r} is somebody's name already.", "Choose another.") from error
    _tell(person, now, "person_join", person, {}, _shown(person))
    return person


def password_change(person: Person, password: str, now: datetime) -> None:
    """Give the person another password; browsers that knew the old one are signed out with it.

    Raises:
        OperatorError: the password is too weak.
    """
    _refuse_weak(password, person)
    with transaction.atomic():
        person.set_password(password)
        person.save(update_fields=["password"])
        _tell(person, now, "password_change", person, {}, {})


def person_close(person: Person, actor: Person | None, now: datetime) -> bool:
    """Close an account: its sessions and tokens are refused from now on. Says whether it was open."""
    with transaction.atomic():
        closed = Person.objects.filter(pk=person.pk, is_active=True).update(is_active=False) == 1
        if closed:
            person.is_active = False
            _sessions_over(person, now)
            _tell(actor, now, "person_close", person, {"is_active": True}, {"is_active": False})
    return closed


def _sessions_over(person: Person, now: datetime) -> None:
    """Its browsers are refused by Django from now on; the list of them says so too."""
    DeskSession.objects.filter(person=person, ended_at=None).update(ended_at=now)


def _refuse_bad_name(username: str) -> None:
    if not re.fullmatch(r"[\w.@+-]{2,150}", username):
        raise OperatorError(
            "bad-name", f"{username!r} is no log-in name.", "Use 2 to 150 letters, digits and . @ + - _"
        )


def _refuse_weak(password: str, person: Person) -> None:
    try:
        validate_password(password, person)
    except ValidationError as error:
        what = " ".join(error.messages)
        raise OperatorError(
            "weak-password", what, f"Give at least {LEAST_PASSWORD} characters, no usual word."
        ) from error


def _shown(person: Person) -> dict[str, object]:
    return {"username": person.username, "name": person.first_name, "may_act": person.is_staff,
            "is_active": person.is_active}  # fmt: skip


def _tell(
    actor: Person | None, at: datetime, action: str, person: Person, before: dict[str, object], after: dict[str, object]
) -> None:
    change = Change(action, f"person/{person.pk}", before=before, after=after)
    audit_record(CHAIN, actor.get_username() if actor else "system", at, [change])
