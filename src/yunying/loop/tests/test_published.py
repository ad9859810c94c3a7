"""What receipts say becomes facts, whatever they say: twice of one thing on one day, or what no fact may be."""

from collections.abc import Mapping
from typing import Any

import pytest

from yunying.accounts.people import Person
from yunying.connectors.manifest import Connector
from yunying.interventions.deciding import intervention_revert, proposals_approve
from yunying.interventions.models import Intervention, ReceiptRow
from yunying.interventions.proposing import intervention_compose
from yunying.kernel.command import Command
from yunying.kernel.receipt import Receipt
from yunying.loop.dispatch import dispatch_store
from yunying.loop.home import Home


def priced(manager: Person, amount: str, product: str = "CUP") -> Intervention:
    row = intervention_compose("corner", manager, Command("set_price", 1, {"product": product, "list_price": amount}))
    proposals_approve("corner", [row.pk], manager, at_once=True)
    return row


def prices(home: Home, product: str = "CUP") -> list[str]:
    with home.facts.read(["corner"]) as facts:
        rows = facts.table("price")
        found = facts.to_arrow(rows.filter(rows.product == product).order_by("date").select("list_price"))
    return [f"{each:.2f}" for each in found.column("list_price").to_pylist()]


def test_two_prices_of_one_product_on_one_day_are_no_conflict_and_the_later_one_holds(
    corner: Home, manager: Person
) -> None:
    priced(manager, "18.00")
    priced(manager, "16.00")
    assert dispatch_store(corner, "corner", "w")["applied"] == 2
    assert prices(corner) == ["16.00"]


def test_a_price_that_is_taken_back_on_its_own_day_is_taken_back_in_the_facts(corner: Home, manager: Person) -> None:
    priced(manager, "18.00")
    dispatch_store(corner, "corner", "w")
    second = priced(manager, "16.00")
    dispatch_store(corner, "corner", "w")
    intervention_revert("corner", second.pk, manager)
    dispatch_store(corner, "corner", "w")
    second.refresh_from_db()
    assert (second.state, prices(corner)) == ("reverted", ["18.00"])


@pytest.mark.parametrize(
    "facts",
    [
        {"price": ({"product": "POT", "date": "no day", "list_price": "1.00"},)},
        {"price": ({"product": "POT", "date": "2026-04-01", "list_price": "-1.00"},)},
        {"no_such_table": ({"product": "POT"},)},
    ],
)
def test_a_receipt_whose_facts_cannot_be_is_set_aside_with_its_reason_and_the_others_are_published(
    corner: Home, manager: Person, monkeypatch: pytest.MonkeyPatch, facts: Mapping[str, Any]
) -> None:
    apply = {}

    def wrong(site: Any, command: Command, key: str, dry_run: bool) -> Receipt:
        receipt = apply["real"](site, command, key, dry_run)
        if command.params["product"] != "POT":
            return receipt
        return Receipt("applied", receipt.reference, "Done.", "已完成。", facts=facts)

    from yunying.loop import dispatch

    named = dispatch.site_of

    def site_of(home: Home, store: str) -> tuple[Connector, Any]:
        connector, site = named(home, store)
        apply["real"] = connector.apply
        fields = {name: getattr(connector, name) for name in connector.__dataclass_fields__}
        return Connector(**{**fields, "apply": wrong}), site

    monkeypatch.setattr(dispatch, "site_of", site_of)
    bad, good = priced(manager, "18.00", "POT"), priced(manager, "16.00")
    assert dispatch_store(corner, "corner", "w")["applied"] == 2
    assert (prices(corner), prices(corner, "POT")) == (["16.00"], [])
    kept = ReceiptRow.objects.get(outbox__intervention=bad)
    assert kept.is_published
    assert kept.content["facts_refused"]
    assert "facts_refused" not in ReceiptRow.objects.get(outbox__intervention=good).content
    assert dispatch_store(corner, "corner", "w")["applied"] == 0
