"""One of many that guess, take an invitation or use a code at one moment.

Run as: sign_in_child.py DEED ARGUMENT... ; what it prints is JSON. ``naive`` before the deed is the control: rows are
not locked, and what was read is believed when it is written.
"""

import json
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yunying.config.settings")

import django

django.setup()

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from yunying.accounts import invitations, people
from yunying.accounts.database import database_ready
from yunying.accounts.guesses import guess_begin
from yunying.accounts.models import GuessCount, Invitation, RecoveryCode, User
from yunying.accounts.people import Person, person_make
from yunying.accounts.second_factor import factor_begin, factor_check, factor_confirm
from yunying.kernel.errors import OperatorError
from yunying.kernel.tests.meeting import met
from yunying.org.invitations import invitation_accept, invitation_make
from yunying.org.models import Grant
from yunying.org.structure import shops_ready

GOOD = "a long enough phrase"


def fill() -> dict:
    import pyotp

    database_ready()
    shops_ready(["shop"])
    person, now = person_make("manager", GOOD), timezone.now()
    secret = factor_begin(person).partition("secret=")[2].partition("&")[0]
    codes = factor_confirm(person, pyotp.TOTP(secret).at(now), now)
    _number, text = invitation_make("new@example.com", "viewer", None, now=now, store="shop")
    return {"person": person.pk, "codes": codes, "invitation": text}


def guess(key: str, count: str) -> dict:
    allowed = sum(guess_begin([key], timezone.now()) == 0 for _ in range(int(count)))
    return {"allowed": allowed}


def use(number: str, code: str) -> dict:
    try:
        return {"opened": factor_check(Person.objects.get(pk=number), code, timezone.now())}
    except OperatorError as error:
        return {"opened": False, "code": error.code}


def take(text: str) -> dict:
    try:
        invitation_accept(text, now=timezone.now(), username=f"new-{os.getpid()}", password=GOOD)
    except OperatorError as error:
        return {"taken": False, "code": error.code}
    return {"taken": True}


def sums(key: str = "") -> dict:
    import hashlib

    row = GuessCount.objects.filter(key=hashlib.sha256(key.encode()).hexdigest()).first()
    return {
        "count": row.count if row else 0, "people": User.objects.count(), "grants": Grant.objects.count(),
        "used": RecoveryCode.objects.exclude(used_at=None).count(),
        "taken": Invitation.objects.exclude(taken_at=None).count(),
    }  # fmt: skip


def protection_off() -> None:
    """Read, think, write what was read: no lock, and an update does not ask again what the row says."""
    plain_lock, plain_update, plain_bulk = QuerySet.select_for_update, QuerySet.update, QuerySet.bulk_update

    def lock(self: QuerySet, *args: object, **kwargs: object) -> QuerySet:
        return self if self.model is GuessCount else plain_lock(self, *args, **kwargs)

    def update(self: QuerySet, **fields: object) -> int:
        found = list(self.values_list("pk", flat=True))
        if self.model in (RecoveryCode, Invitation):
            met(self.model.__name__)
        return plain_update(self.model.objects.filter(pk__in=found), **fields)

    def bulk_update(self: QuerySet, rows: list[GuessCount], *args: object, **kwargs: object) -> int:
        # Whoever makes the row holds it; the others come when it is there.
        if rows[0].count > 1:
            met("guessing")
        return plain_bulk(self, rows, *args, **kwargs)

    # The audit chain's lock would make them stand in line as well.
    people.audit_record = invitations.audit_record = lambda *args: None
    QuerySet.select_for_update, QuerySet.update, QuerySet.bulk_update = lock, update, bulk_update  # type: ignore[method-assign]


def main() -> None:
    deed, *arguments = sys.argv[1:]
    is_naive = deed == "naive"
    if is_naive:
        deed, *arguments = arguments
    if deed in ("fill", "sums"):
        print(json.dumps({"fill": fill, "sums": sums}[deed](*arguments)))
        return
    connection.ensure_connection()
    if is_naive:
        protection_off()
    print("ready", flush=True)
    sys.stdin.readline()
    assert not transaction.get_connection().in_atomic_block
    print(json.dumps({"guess": guess, "use": use, "take": take}[deed](*arguments)), flush=True)


if __name__ == "__main__":
    main()
