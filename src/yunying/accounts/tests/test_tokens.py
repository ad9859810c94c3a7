"""Tokens: shown once, kept as a digest, over when they are revoked, too old, or their person's account is closed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from yunying.accounts.people import Person, person_make
from yunying.accounts.tokens import ApiToken, token_make, token_of, token_revoke, tokens_list
from yunying.audit.models import AuditEntry
from yunying.kernel.errors import OperatorError


@pytest.fixture
def person(ledger_database: None) -> Person:
    return person_make("till", "a long enough password")


def make(person: Person, **named: object) -> str:
    return token_make(person, "till", now=timezone.now(), **named)


def test_a_token_is_its_persons_and_its_secret_stands_nowhere(person: Person) -> None:
    text = make(person, stores=["b", "a"], deeds=["see"])
    found = token_of(text, timezone.now())
    assert found is not None
    assert (found.person, found.stores, found.deeds) == (person, ["a", "b"], ["see"])
    secret = text.rpartition(found.prefix + "_")[2]
    kept = [str(row) for model in (ApiToken, AuditEntry) for row in model.objects.values()]
    assert not any(secret in row for row in kept)
    assert [each.prefix for each in tokens_list(person)] == [found.prefix]


def test_a_wrong_secret_an_unknown_prefix_and_other_texts_are_nobodys(person: Person) -> None:
    text = make(person)
    other = make(person)
    swapped = text[:16] + other[16:]
    for wrong in (swapped, text[:-1], text + "x", "yy_000000000000_" + "A" * 43, "", "yy__", "\x00", "é" * 59):
        assert token_of(wrong, timezone.now()) is None, wrong


def test_a_token_ends_when_it_is_revoked_too_old_or_its_account_closed(person: Person) -> None:
    text, now = make(person, days=2), timezone.now()
    assert token_of(text, now + timedelta(days=1)) is not None
    assert token_of(text, now + timedelta(days=3)) is None
    person.is_active = False
    person.save()
    assert token_of(text, now) is None
    person.is_active = True
    person.save()
    prefix = text.split("_")[1]
    assert token_revoke(prefix, now=now)
    assert not token_revoke(prefix, now=now)
    assert token_of(text, now) is None
    assert AuditEntry.objects.filter(action__in=("token_make", "token_revoke")).count() == 2


def test_what_could_not_be_told_apart_or_never_holds_is_not_made(person: Person) -> None:
    for named in ({"days": 0}, {"days": 100_000}):
        with pytest.raises(OperatorError):
            make(person, **named)
    with pytest.raises(OperatorError):
        token_make(person, "  ", now=timezone.now())
