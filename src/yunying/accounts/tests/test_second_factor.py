"""Codes by time are RFC 6238's; each opens once; recovery codes open once; guesses are bounded."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from yunying.accounts.models import RecoveryCode, SecondFactor
from yunying.accounts.people import Person, person_make
from yunying.accounts.second_factor import (
    factor_begin,
    factor_check,
    factor_confirm,
    factor_end,
    factor_is_set,
    recovery_left,
    recovery_renew,
)
from yunying.audit.models import AuditEntry
from yunying.kernel.errors import OperatorError

NOW = datetime(2026, 11, 25, 9, 0, 10, tzinfo=UTC)
# RFC 6238, appendix B, SHA-1: the last six of the eight digits that it prints.
RFC = {59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037",
       20000000000: "353130"}  # fmt: skip
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.fixture
def person(ledger_database: None) -> Person:
    return person_make("manager", "a long enough password")


def secret_of(person: Person) -> str:
    return parse_qs(urlsplit(factor_begin(person)).query)["secret"][0]


def code_at(secret: str, now: datetime) -> str:
    return pyotp.TOTP(secret).at(now)


@pytest.fixture
def secret(person: Person) -> str:
    found = secret_of(person)
    factor_confirm(person, code_at(found, NOW), NOW)
    return found


@pytest.mark.parametrize(("second", "code"), RFC.items())
def test_the_published_codes_open(person: Person, second: int, code: str) -> None:
    SecondFactor.objects.create(person=person, secret=RFC_SECRET, confirmed_at=NOW)
    now = datetime.fromtimestamp(second, UTC)
    assert not factor_check(person, f"{(int(code) + 1) % 10**6:06}", now)
    assert factor_check(person, code, now)


def test_it_counts_only_after_a_first_code(person: Person) -> None:
    secret = secret_of(person)
    assert secret_of(person) == secret, "asked again, the same drawing"
    assert not factor_is_set(person)
    with pytest.raises(OperatorError, match="wrong"):
        factor_confirm(person, "000000", NOW)
    assert not factor_is_set(person)
    assert len(factor_confirm(person, code_at(secret, NOW), NOW)) == 10
    assert factor_is_set(person)
    with pytest.raises(OperatorError):
        factor_begin(person)


def test_a_code_opens_once_and_an_older_one_not_at_all(person: Person, secret: str) -> None:
    assert not factor_check(person, code_at(secret, NOW), NOW), "the one that confirmed it"
    later = NOW + timedelta(seconds=60)
    assert factor_check(person, code_at(secret, later), later)
    assert not factor_check(person, code_at(secret, later), later)
    assert not factor_check(person, code_at(secret, later - timedelta(seconds=30)), later)


def test_a_clock_may_be_half_a_minute_wrong_and_no_more(person: Person, secret: str) -> None:
    later = NOW + timedelta(minutes=10)
    for steps, opens in ((-2, False), (2, False), (-1, True), (1, True)):
        code = code_at(secret, later + timedelta(seconds=30 * steps))
        assert factor_check(person, code, later) == opens, steps


def test_a_recovery_code_opens_once_and_new_ones_end_the_old(person: Person, secret: str) -> None:
    first = recovery_renew(person, NOW)
    assert factor_check(person, first[0].upper().replace("-", " "), NOW)
    assert not factor_check(person, first[0], NOW)
    assert recovery_left(person) == 9
    recovery_renew(person, NOW)
    assert not factor_check(person, first[1], NOW)
    assert recovery_left(person) == 10


def test_no_secret_or_code_stands_in_the_audit_log_and_no_recovery_code_anywhere(person: Person, secret: str) -> None:
    codes = recovery_renew(person, NOW)
    factor_check(person, codes[0], NOW)
    factor_end(person, person, NOW)
    told = str(list(AuditEntry.objects.values()))
    assert secret not in told
    assert not any(code in told or code in str(list(RecoveryCode.objects.values())) for code in codes)
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert actions >= {"factor_set", "recovery_renew", "recovery_use", "factor_end"}


def test_guesses_at_codes_are_bounded(person: Person, secret: str) -> None:
    later = NOW + timedelta(hours=1)
    assert not any(factor_check(person, f"{number:06}", later) for number in range(5))
    with pytest.raises(OperatorError, match="Too many"):
        factor_check(person, code_at(secret, later), later)
    assert factor_check(person, code_at(secret, later), later + timedelta(seconds=2))
