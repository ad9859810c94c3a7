"""Deleting an account for good: the row itself, its browsers, its counted guesses, its keys, its name in the log."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.sessions.models import Session
from django.db import transaction

from yunying.accounts.guesses import guesses_forget
from yunying.accounts.member_keys import member_drop_everywhere
from yunying.accounts.models import DeskSession
from yunying.accounts.people import CHAIN, Person
from yunying.audit.log import Change, audit_record
from yunying.audit.striking import Struck, audit_strike
from yunying.kernel.errors import InternalError

FIELDS = frozenset(
    {"address", "agent", "username", "name", "email", "nickname", "tracking", "to", "subject", "body", "label"}
)
"""What links of the log tell of a person, by the names of their fields."""


@dataclass(frozen=True)
class Traces:
    """What tells of a person beside his account.

    Args:
        names: everything that he was signed in or known by, such as a proven mail address.
        subjects: what the log's links about him are about, by chain.
        without: a text without words that name or reach him.
        keys: random keys that were dropped already, each with its store.
    """

    names: Collection[str]
    subjects: Mapping[str, Collection[str]]
    without: Any
    keys: Sequence[tuple[str, str]] = ()


def person_lock(person: Person) -> Person | None:
    """The person's row, held until the caller's transaction ends; None where it is gone."""
    return Person.objects.select_for_update().filter(pk=person.pk).first()


def person_erase(person: Person, traces: Traces, now: datetime) -> None:
    """Delete an account and what tells of it, in the caller's transaction; rows of other rooms are let go before.

    The log keeps that it happened, under a number that leads to nobody.
    """
    if not transaction.get_connection().in_atomic_block:
        raise InternalError("an account is deleted in the transaction of the whole erasure")
    pk, username = person.pk, person.get_username()
    sessions = [f"session/{each}" for each in DeskSession.objects.filter(person=person).values_list("pk", flat=True)]
    browsers_forget(person)
    guesses_forget([*traces.names, username])
    keys = [*traces.keys, *member_drop_everywhere([f"person:{pk}", *traces.names])]
    person.delete()
    # Accounts come first, as where somebody registers, so that two who tell several chains cannot wait for each other.
    subjects = {CHAIN: {*traces.subjects.get(CHAIN, ()), f"person/{pk}", *sessions}}
    for store in sorted({*traces.subjects, *(store for store, _key in keys)} - {CHAIN}):
        subjects[store] = {*traces.subjects.get(store, ()), f"person/{pk}"}
    audit_strike(Struck(username, f"person/{pk}", subjects, FIELDS, traces.without), now)
    audit_record(CHAIN, "system", now, [Change("person_erase", f"person/{pk}")])
    for store in sorted({store for store, _key in keys}):
        # The log keeps the keys, which lead nowhere now.
        forgotten = [Change("member_forget", f"member/{key}") for of, key in keys if of == store]
        audit_record(store, "system", now, forgotten)


def words_strike(subjects: Mapping[str, Collection[str]], without: Any, now: datetime) -> int:
    """Strike words out of the log's links about some things; how many changed."""
    return audit_strike(Struck("", "", subjects, FIELDS, without), now)


def browsers_forget(person: Person) -> int:
    """Delete what the server keeps for the person's browsers; how many there were."""
    mine = []
    for row in Session.objects.iterator(chunk_size=500):
        told = row.get_decoded()
        pending = told.get("pending") or {}
        if str(told.get("_auth_user_id", "")) == str(person.pk) or pending.get("person") == person.pk:
            mine.append(row.pk)
    for at in range(0, len(mine), 500):
        Session.objects.filter(pk__in=mine[at : at + 500]).delete()
    return len(mine)
