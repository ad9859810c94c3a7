"""Reading the ledger: what belongs to another store is not there."""

from datetime import timedelta

import pytest

from yunying.accounts.people import Person
from yunying.audit.reading import audit_of
from yunying.interventions.deciding import proposals_approve, proposals_reject
from yunying.interventions.desk_facts import report_save, setting_change, store_save
from yunying.interventions.models import Intervention
from yunying.interventions.runs import run_request
from yunying.interventions.selectors.interventions import (
    counts_by_state,
    expiring,
    ids_of,
    intervention_shown,
    interventions_of,
    practices_of,
    proposals_ranked,
    receipt_file,
)
from yunying.interventions.selectors.reports import report_latest, run_shown, runs_active, upload_shown
from yunying.interventions.selectors.rules import settings_changed
from yunying.interventions.selectors.stores import Missing, stores_all
from yunying.interventions.tests.conftest import TODAY, Propose


@pytest.fixture
def other(shop: str) -> str:
    store_save("other", title="Other", currency="EUR", time_zone="Europe/Berlin", today_date=TODAY)
    return "other"


def test_each_selector_sees_one_store(shop: str, other: str, buyer: Person, propose: Propose) -> None:
    rows = propose("P1", "P2")
    run = run_request(shop, "propose", key="k", actor=buyer)
    assert {each.slug for each in stores_all()} >= {shop, other}
    assert ids_of(interventions_of(shop)) == [row.pk for row in rows]
    assert ids_of(interventions_of(other)) == []
    assert practices_of(shop) == ["purchasing"]
    assert (practices_of(other), runs_active(other), proposals_ranked(other)) == ([], [], [])
    for read in (intervention_shown, upload_shown):
        with pytest.raises(Missing):
            read(other, rows[0].pk)
    with pytest.raises(Missing):
        run_shown(other, run.pk)
    with pytest.raises(Missing):
        receipt_file(other, rows[0].pk, 1, 0)
    with pytest.raises(Missing):
        receipt_file(shop, rows[0].pk, 1, 0)


def test_what_waits_is_counted_by_state_and_expiry(shop: str, buyer: Person, propose: Propose) -> None:
    first, second, third = propose("P1", "P2", "P3")
    proposals_approve(shop, [first.pk], buyer)
    proposals_reject(shop, [second.pk], buyer)
    Intervention.objects.filter(pk=third.pk).update(expires_date=TODAY + timedelta(days=2))
    counts = counts_by_state(shop)
    assert (counts["proposed"], counts["approved"], counts["failed"]) == (1, 1, 0)
    assert "rejected" not in counts
    assert ids_of(expiring(interventions_of(shop), TODAY)) == [third.pk]
    assert [step.action for step in intervention_shown(shop, first.pk).transitions] == ["propose", "approve"]


def test_the_newest_report_is_shown_and_settings_say_who_and_why(shop: str, buyer: Person) -> None:
    assert report_latest(shop, "numbers") == {}
    for days in (0, 3, 1):
        report_save(shop, "numbers", TODAY - timedelta(days=days), {"days": days})
    assert report_latest(shop, "numbers") == {"days": 0}
    setting_change(shop, "purchasing", "cash_limit_minor", None, buyer, reason="no limit")
    assert settings_changed(shop)["purchasing", "cash_limit_minor"].reason == "no limit"
    (entry,) = audit_of(shop, ["setting/purchasing.cash_limit_minor"])
    assert (entry.actor, entry.reason) == (buyer.username, "no limit")
