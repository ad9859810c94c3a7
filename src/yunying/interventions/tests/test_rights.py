"""Who may decide on what, up to which amount; nobody approves his own; a part of a store is seen as that part only."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from yunying.accounts.people import Person, person_make
from yunying.interventions import states
from yunying.interventions.deciding import decisions_undo, proposal_edit, proposals_approve
from yunying.interventions.desk_facts import setting_change, store_save
from yunying.interventions.models import Intervention, Outbox, Transition
from yunying.interventions.proposing import Drawn, intervention_compose, proposals_record, standing_give
from yunying.interventions.selectors.interventions import counts_by_state, intervention_shown, interventions_of
from yunying.interventions.selectors.stores import Missing
from yunying.interventions.tests.conftest import TODAY, proposal
from yunying.kernel.command import Command
from yunying.kernel.errors import InternalError, OperatorError
from yunying.org.active import active_scope, scope_active
from yunying.org.grants import grant_end, grant_give, scope_of
from yunying.org.scope import Piece
from yunying.org.structure import shop_rules, shops_ready

PRICE = Command("set_price", 1, {"product": "CUP", "list_price": "9.90"})


@pytest.fixture
def cast(shop: str) -> dict[str, Person]:
    store_save("other", title="Other", currency="CNY", time_zone="Asia/Shanghai", today_date=TODAY)
    shops_ready(["shop", "other"])
    people = {
        name: person_make(name, "a long enough password")
        for name in ("chief", "manager", "buyer", "cups", "viewer", "stranger")
    }
    grant_give(people["manager"], "store_manager", None, store="shop")
    grant_give(people["chief"], "brand_manager", None, store="shop")
    grant_give(people["buyer"], "buyer", None, store="shop")
    grant_give(people["cups"], "operator", None, store="shop", categories=["cups"])
    grant_give(people["viewer"], "viewer", None, store="shop")
    grant_give(people["stranger"], "store_manager", None, store="other")
    return people


def record(subject: str, category: str, *, cost_minor: int = 10_000, practice: str = "purchasing") -> Intervention:
    made = replace(proposal(subject, cost_minor=cost_minor), practice=practice, id=f"{practice}-{subject}")
    drawn = Drawn(made, piece=Piece(practice, category))
    proposals_record("shop", practice, [drawn], None, as_of=TODAY, proofs={})
    return Intervention.objects.get(proposal=made.id)


def approve(row: Intervention, person: Person, **named: object) -> str:
    return proposals_approve(row.store, [row.pk], person, **named)[0].code


def seen(person: Person) -> set[str]:
    with scope_active(scope_of(person, timezone.now().date())):
        return set(interventions_of("shop").values_list("subject", flat=True))


def test_a_part_of_a_store_is_seen_and_decided_as_that_part_only(cast: dict[str, Person]) -> None:
    cup, pot = record("CUP", "cups"), record("POT", "pots", practice="stocking")
    assert seen(cast["cups"]) == {"CUP"}
    assert seen(cast["buyer"]) == {"CUP"}, "a buyer sees purchasing only"
    assert seen(cast["manager"]) == seen(cast["viewer"]) == {"CUP", "POT"}
    assert seen(cast["stranger"]) == set()
    assert approve(pot, cast["cups"]) == "not-found"
    assert approve(cup, cast["cups"]) == ""
    with scope_active(scope_of(cast["cups"], timezone.now().date())):
        assert counts_by_state("shop")["proposed"] == 0
        with pytest.raises(Missing):
            intervention_shown("shop", pot.pk)


def test_without_an_active_scope_nothing_is_read(cast: dict[str, Person]) -> None:
    import contextvars

    with pytest.raises(InternalError, match="no scope is active"):
        contextvars.Context().run(active_scope)


def test_a_store_that_is_not_ones_own_does_not_exist(cast: dict[str, Person]) -> None:
    row = record("CUP", "cups")
    with pytest.raises(OperatorError) as refused:
        approve(row, cast["stranger"])
    assert refused.value.code == "unknown-store"
    for deed in (
        lambda: proposal_edit("shop", row.pk, cast["stranger"], dict(row.params)),
        lambda: intervention_compose("shop", cast["stranger"], PRICE),
        lambda: setting_change("shop", "purchasing", "review_days", 3, cast["stranger"]),
        lambda: decisions_undo("shop", [row.pk], cast["stranger"]),
    ):
        with pytest.raises(OperatorError) as refused:
            deed()
        assert refused.value.code == "unknown-store"
    row.refresh_from_db()
    assert (row.revision, Outbox.objects.count()) == (1, 0)


def test_an_amount_above_ones_own_is_refused_and_a_role_that_ended_decides_nothing(cast: dict[str, Person]) -> None:
    row = record("CUP", "cups", cost_minor=5_000_100)
    assert approve(row, cast["buyer"]) == "over-limit"
    small = record("MUG", "cups", cost_minor=100)
    grant_end(next(iter(_grants(cast["buyer"]))), None)
    with pytest.raises(OperatorError):
        approve(small, cast["buyer"])


def _grants(person: Person) -> list[int]:
    from yunying.org.grants import grants_of

    return [grant.pk for grant in grants_of(person)]


def test_a_large_amount_needs_two_people_and_an_edit_starts_anew(cast: dict[str, Person]) -> None:
    shop_rules("shop", None, four_eyes_minor=5_000)
    row = record("CUP", "cups")
    assert approve(row, cast["manager"]) == ""
    row.refresh_from_db()
    assert (row.state, row.first_approver, Outbox.objects.count()) == (states.PROPOSED, cast["manager"], 0)
    assert approve(row, cast["manager"]) == "needs-second"
    lines = [{"product": "CUP", "quantity": 9, "unit_cost": "10.00"}]
    proposal_edit("shop", row.pk, cast["manager"], {"supplier": "S1", "lines": lines})
    assert approve(row, cast["chief"]) == "", "the first approval was of other figures"
    row.refresh_from_db()
    assert (row.state, Outbox.objects.count()) == (states.PROPOSED, 0)
    assert approve(row, cast["manager"]) == "own-proposal", "whoever edits it does not approve it"
    assert approve(row, cast["buyer"]) == ""
    row.refresh_from_db()
    assert (row.state, Outbox.objects.count()) == (states.APPROVED, 1)


def test_nobody_approves_what_he_composed_while_somebody_else_can(cast: dict[str, Person]) -> None:
    row = intervention_compose("shop", cast["manager"], PRICE)
    assert approve(row, cast["manager"]) == "own-proposal"
    assert approve(row, cast["manager"], at_once=True) == "own-proposal"
    assert approve(row, cast["chief"]) == ""


def test_where_nobody_else_can_a_fresh_sign_in_and_a_delay_take_the_second_persons_place(shop: str) -> None:
    shops_ready(["shop"])
    owner = person_make("owner", "a long enough password")
    grant_give(owner, "store_manager", None, store="shop")
    row = intervention_compose("shop", owner, PRICE)
    assert approve(row, owner) == "sign-in-again"
    owner.last_login = timezone.now()
    owner.save()
    assert approve(row, owner, at_once=True) == ""
    entry = Outbox.objects.get(intervention=row)
    assert entry.not_before - entry.created_at >= timedelta(minutes=15)
    assert Transition.objects.filter(intervention=row, action="approve_alone").exists()


def test_what_needs_a_role_of_ones_own_is_refused_to_the_others(cast: dict[str, Person]) -> None:
    for person in ("buyer", "viewer", "cups"):
        with pytest.raises(OperatorError) as refused:
            standing_give(
                "shop", cast[person], "purchasing", "purchase_order", most_minor=1, until_date=TODAY + timedelta(days=9)
            )
        assert refused.value.code == "not-allowed"
    with pytest.raises(OperatorError):
        intervention_compose("shop", cast["viewer"], PRICE)
