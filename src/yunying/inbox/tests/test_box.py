"""Rows are kept once, conflicts are told apart, and a batch keeps its number until its rows leave."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from yunying.inbox.box import (
    Incoming,
    Received,
    inbox_append,
    inbox_forget,
    inbox_leave,
    inbox_receive,
    inbox_refuse,
    inbox_state,
    inbox_take,
    inbox_troubles,
)
from yunying.inbox.models import InboxId, InboxRow
from yunying.kernel.errors import InternalError


def key_of(table: str, content: Mapping[str, Any]) -> str:
    return json.dumps([table, content["product"]])


def receive(*rows: tuple[str, str, int]) -> Received:
    incoming = [Incoming({"product": product, "on_hand": count}, id) for id, product, count in rows]
    return inbox_receive("shop", "stock_level", incoming, timezone.now())


def test_an_id_is_recorded_once_and_another_content_under_it_is_told(ledger_database: None) -> None:
    assert receive(("a", "CUP", 1), ("b", "POT", 2)) == Received(2, 0, ())
    assert receive(("a", "CUP", 1), ("c", "MUG", 3)) == Received(1, 1, ())
    assert receive(("a", "CUP", 9)) == Received(0, 0, ("a",))
    assert inbox_state("shop") == (3, 1)
    [trouble] = inbox_troubles("shop")
    assert (trouble.kind, trouble.identity, trouble.content["on_hand"]) == ("conflict", "a", 9)


def test_repeats_within_one_request_are_told_apart_too(ledger_database: None) -> None:
    assert receive(("a", "CUP", 1), ("a", "CUP", 1), ("a", "CUP", 2), ("", "CUP", 3)) == Received(2, 1, ("a",))


def test_an_id_is_known_after_its_row_has_left(ledger_database: None) -> None:
    receive(("a", "CUP", 1))
    taken = inbox_take("shop", 0, key_of)
    assert taken is not None
    assert inbox_leave("shop", taken.number) == 1
    assert receive(("a", "CUP", 1)) == Received(0, 1, ())
    assert inbox_forget(timezone.now()) == 0
    InboxId.objects.update(received_at="2020-01-01T00:00:00Z")
    assert inbox_forget(timezone.now()) == 1


def test_a_batch_that_was_numbered_comes_again_under_its_number_and_unchanged(ledger_database: None) -> None:
    receive(("a", "CUP", 1))
    first = inbox_take("shop", 7, key_of)
    receive(("b", "POT", 1))
    assert first is not None
    assert inbox_take("shop", 8, key_of) == first
    assert first.number == 8
    inbox_leave("shop", 8)
    second = inbox_take("shop", 8, key_of)
    assert second is not None
    assert (second.number, [row[2]["product"] for row in second.rows]) == (9, ["POT"])


def test_a_correction_comes_in_a_later_batch_than_what_it_corrects(ledger_database: None) -> None:
    receive(("a", "CUP", 1), ("b", "CUP", 2), ("c", "POT", 1))
    seen = []
    while (taken := inbox_take("shop", 0, key_of)) is not None:
        seen.append([(row[2]["product"], row[2]["on_hand"]) for row in taken.rows])
        inbox_leave("shop", taken.number)
    assert seen == [[("CUP", 1), ("POT", 1)], [("CUP", 2)]]


def test_a_refused_row_is_set_aside_and_the_others_go_on_under_another_number(ledger_database: None) -> None:
    receive(("a", "CUP", 1), ("b", "POT", 2))
    taken = inbox_take("shop", 0, key_of)
    assert taken is not None
    inbox_refuse("shop", taken.number, {taken.rows[0][0]: "too odd"}, timezone.now())
    again = inbox_take("shop", 0, key_of)
    assert again is not None
    assert (again.number, [row[2]["product"] for row in again.rows]) == (2, ["POT"])
    assert [each.what for each in inbox_troubles("shop")] == ["too odd"]


def test_rows_come_and_go_with_the_transaction_that_brought_them(ledger_database: None) -> None:
    with transaction.atomic():
        receive(("a", "CUP", 1))
        transaction.set_rollback(True)
    assert inbox_state("shop") == (0, 0)
    assert receive(("a", "CUP", 2)) == Received(1, 0, ())


def test_outside_of_a_transaction_nothing_is_received() -> None:
    with pytest.raises(InternalError):
        receive(("a", "CUP", 1))


def test_rows_without_an_id_are_kept_in_order_each_for_its_store(ledger_database: None) -> None:
    rows = [("shop", {"product": "CUP", "title": "茶杯 \"a\" 'b' %s", "share": 0.25, "none": None}),
            ("other", {"product": "POT"}), ("shop", {"product": "MUG", "nested": {"of": [1, 2]}})]  # fmt: skip
    moment = timezone.now()
    inbox_append("event", rows, moment)
    kept = list(InboxRow.objects.order_by("id").values_list("store", "table", "content", "received_at", "number"))
    assert kept == [(store, "event", content, moment, None) for store, content in rows]


def test_of_rows_of_which_one_cannot_be_kept_none_is(ledger_database: None) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        inbox_append("event", [("shop", {"product": "CUP"}), (None, {"product": "POT"})], timezone.now())  # type: ignore[list-item]
    assert not InboxRow.objects.exists()
