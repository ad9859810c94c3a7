"""Invitations: only to what one may give, bound to one address, taken once, and over when they are revoked or old."""

from datetime import timedelta

import pytest
from django.utils import timezone

from yunying.accounts.invitations import HOLDS, Invitation
from yunying.accounts.people import Person, person_close, person_make
from yunying.audit.models import AuditEntry
from yunying.kernel.errors import OperatorError
from yunying.org.grants import grant_end, grant_give, grants_of, scope_of
from yunying.org.invitations import invitation_accept, invitation_end, invitation_make, invitations_of
from yunying.org.structure import brand_make, company_make, shop_place, shops_ready

NOW = timezone.now()
GOOD = "a long enough phrase"


@pytest.fixture
def lead(ledger_database: None) -> Person:
    for company, store in (("acme", "one"), ("other", "two")):
        company_make(company, company, None)
        brand_make(company, f"brand-{company}", company, None)
        shop_place(store, f"brand-{company}", None)
    found = person_make("lead", GOOD)
    grant_give(found, "store_manager", None, store="one")
    return found


def accept(text: str, username: str = "new", **more: object) -> Person:
    return invitation_accept(text, now=more.pop("now", NOW), username=username, password=GOOD, **more)  # type: ignore[arg-type]


def test_who_takes_it_has_an_account_of_that_address_and_exactly_that_role(lead: Person) -> None:
    number, text = invitation_make("New@example.com", "buyer", lead, now=NOW, store="one", categories=["cups"])
    assert [each.pk for each in invitations_of(lead, NOW)] == [number]
    person = accept(text, name="新人")
    assert (person.email, person.first_name, person.is_staff) == ("New@example.com", "新人", False)
    grant = grants_of(person)[0]
    assert (grant.role, grant.shop.store, grant.categories, grant.given_by) == ("buyer", "one", ["cups"], lead)
    scope = scope_of(person, NOW.date())
    assert (scope.sees("one"), scope.sees("two")) == (True, False)
    assert invitations_of(lead, NOW) == []
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert actions >= {"invitation_make", "invitation_take", "person_join", "grant_give"}
    secret = text.split(":")[0]
    assert secret not in str([*AuditEntry.objects.values(), *Invitation.objects.values()])


@pytest.mark.parametrize(("role", "store"), [("store_manager", "one"), ("coo", "one"), ("buyer", "two"),
                                             ("nonsense", "one"), ("buyer", "nowhere")])  # fmt: skip
def test_nobody_invites_to_what_he_may_not_give(lead: Person, role: str, store: str) -> None:
    with pytest.raises(OperatorError):
        invitation_make("x@example.com", role, lead, now=NOW, store=store)
    assert Invitation.objects.count() == 0


def test_it_is_taken_once(lead: Person) -> None:
    _number, text = invitation_make("x@example.com", "viewer", lead, now=NOW, store="one")
    accept(text)
    with pytest.raises(OperatorError, match="does not hold"):
        accept(text, "second")
    assert not Person.objects.filter(username="second").exists()


def test_it_is_over_when_revoked_old_altered_or_its_inviter_has_no_such_right_any_more(lead: Person) -> None:
    def made() -> tuple[int, str]:
        return invitation_make("x@example.com", "viewer", lead, now=NOW, store="one")

    number, text = made()
    assert invitation_end(number, lead, NOW)
    assert not invitation_end(number, lead, NOW)
    _, old = made()
    _, good = made()
    for refused, now in ((text, NOW), (old, NOW + HOLDS), (good[:-1], NOW), (good.replace(":", ";"), NOW), ("", NOW)):
        with pytest.raises(OperatorError, match="does not hold"):
            accept(refused, now=now)
    grant_end(grants_of(lead)[0].pk, None)
    with pytest.raises(OperatorError, match="cannot give"):
        accept(good)
    grant_give(lead, "store_manager", None, store="one")
    person_close(lead, None, NOW)
    with pytest.raises(OperatorError, match="does not hold"):
        accept(good)
    assert not Person.objects.filter(username="new").exists(), "nothing is left of what was refused"
    assert Invitation.objects.filter(taken_at=None).count() == 3


def test_who_may_not_give_the_role_may_not_revoke_or_see_it(lead: Person) -> None:
    number, text = invitation_make("x@example.com", "viewer", lead, now=NOW, store="one")
    other = person_make("other", GOOD)
    grant_give(other, "store_manager", None, store="two")
    assert invitations_of(other, NOW) == []
    assert not invitation_end(number, other, NOW)
    assert accept(text).pk


@pytest.mark.parametrize(("username", "password"), [("lead", GOOD), ("a b", GOOD), ("fine", "short"),
                                                    ("fine", "1234567890123"), ("fine", "password12")])  # fmt: skip
def test_a_taken_name_or_a_weak_password_uses_nothing_up(lead: Person, username: str, password: str) -> None:
    _number, text = invitation_make("x@example.com", "viewer", lead, now=NOW, store="one")
    with pytest.raises(OperatorError):
        invitation_accept(text, now=NOW, username=username, password=password)
    assert accept(text, "fine", now=NOW + timedelta(days=1)).username == "fine"


def test_whoever_invites_first_keeps_the_highest_role(ledger_database: None) -> None:
    for store in ("one", "two"):
        shops_ready([store])
    owner, other = person_make("owner", GOOD), person_make("other", GOOD)
    _number, text = invitation_make("x@example.com", "viewer", owner, now=NOW, store="one")
    assert scope_of(other, NOW.date()).may("decide", "two"), "until then everybody decides everything"
    accept(text)
    assert [(each.role, each.company.slug) for each in grants_of(owner)] == [("coo", "house")]
    assert scope_of(owner, NOW.date()).may("people", "two")
    assert not scope_of(other, NOW.date()).sees("two")
