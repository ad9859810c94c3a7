"""The second factor: codes by time (RFC 6238, by pyotp), and recovery codes; each code opens once."""

import hashlib
import secrets
from datetime import datetime

import pyotp
from django.db import IntegrityError, transaction

from yunying.accounts.guesses import guess_begin, guess_refused, guess_right
from yunying.accounts.models import FactorRule, RecoveryCode, SecondFactor
from yunying.accounts.people import CHAIN, Person
from yunying.audit.log import Change, audit_record
from yunying.kernel.errors import OperatorError

STEP_SECONDS = 30
DRIFT_STEPS = 1
"""A clock may be wrong by so many steps either way."""
CODES = 10
ISSUER = "Yunying"
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def factor_is_set(person: Person) -> bool:
    """Whether the person signs in with a second factor."""
    return SecondFactor.objects.filter(person=person, confirmed_at__isnull=False).exists()


def factor_begin(person: Person) -> str:
    """The address for an authenticator app, with a secret that counts once it is confirmed; asked again, the same.

    Raises:
        OperatorError: there is a second factor already.
    """
    row, _ = SecondFactor.objects.get_or_create(person=person, defaults={"secret": pyotp.random_base32()})
    if row.confirmed_at is not None:
        raise OperatorError("factor-set", "There is a second factor already.", "Take it away first.")
    return pyotp.TOTP(row.secret).provisioning_uri(name=person.get_username(), issuer_name=ISSUER)


def factor_confirm(person: Person, code: str, now: datetime) -> list[str]:
    """Have the second factor count from now on; returns recovery codes, which are shown this once.

    Raises:
        OperatorError: the code is wrong, or too many were tried.
    """
    _count(person, now)
    with transaction.atomic():
        row = SecondFactor.objects.select_for_update().filter(person=person, confirmed_at=None).first()
        step = _step_of(row.secret, code, now) if row is not None else None
        if row is None or step is None:
            raise wrong_code()
        row.confirmed_at, row.last_step = now, step
        row.save(update_fields=["confirmed_at", "last_step"])
        _tell(person, now, "factor_set", person)
        codes = _codes_make(person)
    guess_right([f"code/{person.pk}"], now)
    return codes


def factor_check(person: Person, code: str, now: datetime) -> bool:
    """Whether a code, by time or of recovery, opens; it never opens again.

    Raises:
        OperatorError: too many were tried.
    """
    _count(person, now)
    if not (_check_step(person, code, now) or _check_recovery(person, code, now)):
        return False
    guess_right([f"code/{person.pk}"], now)
    return True


def factor_end(person: Person, actor: Person | None, now: datetime) -> bool:
    """Take the second factor and its recovery codes away; says whether there was one."""
    with transaction.atomic():
        ended = SecondFactor.objects.filter(person=person).delete()[0] > 0
        RecoveryCode.objects.filter(person=person).delete()
        if ended:
            _tell(person, now, "factor_end", actor)
    return ended


def recovery_renew(person: Person, now: datetime) -> list[str]:
    """New recovery codes in place of the old ones, which open nothing any more."""
    with transaction.atomic():
        _tell(person, now, "recovery_renew", person)
        return _codes_make(person)


def recovery_left(person: Person) -> int:
    """How many recovery codes are unused."""
    return RecoveryCode.objects.filter(person=person, used_at=None).count()


def factor_rules() -> list[str]:
    """The places and roles whose people need a second factor, such as ``role/coo``."""
    return list(FactorRule.objects.order_by("subject").values_list("subject", flat=True))


def factor_rule_set(chain: str, subject: str, *, is_required: bool, actor: Person | None, now: datetime) -> None:
    """Have the people of a place or role need a second factor, or no longer."""
    with transaction.atomic():
        was = FactorRule.objects.filter(subject=subject).exists()
        if is_required:
            FactorRule.objects.get_or_create(subject=subject)
        else:
            FactorRule.objects.filter(subject=subject).delete()
        change = Change("factor_rule", subject, before={"required": was}, after={"required": is_required})
        audit_record(chain, actor.get_username() if actor else "system", now, [change])


def wrong_code() -> OperatorError:
    """The refusal of a code that does not open."""
    return OperatorError("wrong-code", "The code is wrong or was used already.", "Wait for the next one, then try it.")


def _count(person: Person, now: datetime) -> None:
    wait = guess_begin([f"code/{person.pk}"], now)
    if wait:
        raise guess_refused(wait)


def _check_step(person: Person, code: str, now: datetime) -> bool:
    row = SecondFactor.objects.filter(person=person, confirmed_at__isnull=False).first()
    step = _step_of(row.secret, code, now) if row is not None else None
    if step is None:
        return False
    # Of two that send one code, one moves the step on; an older code than the last one opens nothing either.
    return SecondFactor.objects.filter(person=person, last_step__lt=step).update(last_step=step) == 1


def _check_recovery(person: Person, code: str, now: datetime) -> bool:
    with transaction.atomic():
        rows = RecoveryCode.objects.filter(person=person, digest=_digest(code), used_at=None)
        is_right = rows.update(used_at=now) == 1
        if is_right:
            _tell(person, now, "recovery_use", person)
    return is_right


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    """The step of time that a code belongs to, if it is near enough."""
    here = int(now.timestamp()) // STEP_SECONDS
    given = "".join(code.split())
    found = None
    for step in range(here - DRIFT_STEPS, here + DRIFT_STEPS + 1):
        if pyotp.utils.strings_equal(given, pyotp.TOTP(secret).generate_otp(step)):
            found = step
    return found


def _codes_make(person: Person) -> list[str]:
    RecoveryCode.objects.filter(person=person).delete()
    codes = ["-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(3)) for _ in range(CODES)]
    try:
        RecoveryCode.objects.bulk_create([RecoveryCode(person=person, digest=_digest(code)) for code in codes])
    except IntegrityError as error:
        raise OperatorError("try-again", "Codes were being made already.", "Try again.") from error
    return codes


def _digest(code: str) -> str:
    plain = "".join(each for each in code.lower() if each.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()


def _tell(person: Person, now: datetime, action: str, actor: Person | None) -> None:
    audit_record(CHAIN, actor.get_username() if actor else "system", now, [Change(action, f"person/{person.pk}")])
