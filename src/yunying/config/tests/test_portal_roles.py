"""What roles of the organisation allow in the shop that has their store's name."""

import pytest

from yunying.accounts.people import person_make
from yunying.config.portal_roles import role_allows
from yunying.org.grants import grant_give
from yunying.org.structure import shops_ready


@pytest.mark.usefixtures("ledger_database")
def test_a_role_counts_in_its_own_store_and_a_part_of_a_store_does_not() -> None:
    shops_ready(["teahouse", "bakery"])
    looker, operator, part, service = (
        person_make(name, "a long enough password", may_act=False) for name in ("looker", "operator", "part", "service")
    )
    assert not role_allows(looker, "see", "teahouse"), "while nobody has a role, customers are still not for everybody"
    grant_give(operator, "operator", None, store="teahouse")
    grant_give(part, "store_manager", None, store="teahouse", categories=["cups"])
    grant_give(service, "customer_service", None, store="teahouse")
    assert role_allows(operator, "money", "teahouse")
    assert not role_allows(operator, "see", "bakery")
    assert not role_allows(looker, "see", "teahouse")
    assert not role_allows(part, "see", "teahouse"), "who holds a part works at the desk only"
