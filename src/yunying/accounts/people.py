"""The people who sign in, for rooms above this one."""

import re

from yunying.accounts.models import User as Person
from yunying.kernel.errors import OperatorError

LEAST_PASSWORD = 10

__all__ = ["Person", "person_find", "person_make", "person_named"]


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


def person_make(username: str, password: str, *, name: str = "", may_act: bool = True) -> Person:
    """Make an account, or give the one of that name a new password.

    Raises:
        OperatorError: the name or the password is too weak.
    """
    if not re.fullmatch(r"[\w.@+-]{2,150}", username):
        raise OperatorError(
            "bad-name", f"{username!r} is no log-in name.", "Use 2 to 150 letters, digits and . @ + - _"
        )
    if len(password) < LEAST_PASSWORD:
        what = f"The password has {len(password)} characters."
        raise OperatorError("weak-password", what, f"Give at least {LEAST_PASSWORD}.")
    person, _ = Person.objects.get_or_create(username=username)
    person.first_name, person.is_staff, person.is_active = name[:150], may_act, True
    person.set_password(password)
    person.save()
    return person
