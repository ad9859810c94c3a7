"""What happens in a store is told once to each endpoint, signed, again until it is taken, and to nobody else."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.utils import timezone

from yunying.accounts.people import Person
from yunying.inbox.hooks import deliveries_of, endpoint_end, endpoint_make, endpoint_secret
from yunying.inbox.models import Delivery, Endpoint
from yunying.interventions.deciding import proposals_approve
from yunying.interventions.models import Transition
from yunying.interventions.proposing import Drawn, proposals_record
from yunying.interventions.tests.conftest import TODAY, proposal
from yunying.loop.home import Home
from yunying.loop.published import ledger_publish
from yunying.loop.webhooks import deliveries_send, notices_write
from yunying.org.grants import grant_end, grant_give, grants_of
from yunying.org.structure import shops_ready

URL = "https://other.example/hook"
Sent = list[tuple[str, bytes, dict[str, str]]]


class Other:
    """Another program: remembers what it was sent and answers what it is told to."""

    def __init__(self, *statuses: int | Exception) -> None:
        self.statuses, self.sent = list(statuses), []

    def __call__(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        self.sent.append((url, body, dict(headers)))
        status = self.statuses.pop(0) if self.statuses else 200
        if isinstance(status, Exception):
            raise status
        return status


@pytest.fixture
def told(corner: Home, manager: Person) -> tuple[Endpoint, str]:
    made = endpoint_make("corner", URL, ["proposed", "approved"], manager.pk, timezone.now())
    return made, endpoint_secret(made)


def propose(*subjects: str) -> None:
    from dataclasses import replace

    drawn = [Drawn(replace(proposal(each), store="corner", id=f"id-{each}")) for each in subjects]
    proposals_record("corner", "purchasing", drawn, None, as_of=TODAY, proofs={})


def later(minutes: float) -> datetime:
    return timezone.now() + timedelta(minutes=minutes)


def test_a_step_is_told_once_signed_with_the_endpoints_secret(corner: Home, told: tuple[Endpoint, str]) -> None:
    propose("CUP")
    notices_write(now=timezone.now())
    notices_write(now=timezone.now())
    ledger_publish(corner, "corner")
    notices_write(now=timezone.now())
    other = Other()
    assert deliveries_send(now=later(1), send=other) == 1
    assert deliveries_send(now=later(2), send=other) == 0
    [(url, body, headers)] = other.sent
    signed = f"{headers['Yunying-Timestamp']}.".encode() + body
    assert url == URL
    assert headers["Yunying-Signature"] == f"v1={hmac.new(told[1].encode(), signed, hashlib.sha256).hexdigest()}"
    content = json.loads(body)
    assert (content["event"], content["subject"], content["cost_minor"], content["currency"]) == (
        "proposed", "CUP", 10_000, "CNY")  # fmt: skip
    assert told[1] not in Endpoint.objects.get().salt


def test_publishing_the_ledger_alone_leaves_no_step_untold(corner: Home, told: tuple[Endpoint, str]) -> None:
    propose("CUP", "POT")
    ledger_publish(corner, "corner")
    assert not Transition.objects.filter(is_published=False).exists()
    assert Delivery.objects.count() == 2


def test_what_is_not_taken_is_sent_again_under_the_same_id_ever_later_for_three_days(
    told: tuple[Endpoint, str],
) -> None:
    propose("CUP")
    notices_write(now=timezone.now())
    other, tries, now = Other(*[OSError(), 500, 302, 404] * 20), [], later(0)
    delivery = Delivery.objects.get()
    while delivery.state == "waiting":
        now = max(now, delivery.not_before)
        deliveries_send(now=now, send=other)
        tries.append(now)
        delivery.refresh_from_db()
    waits = [(b - a).total_seconds() / 60 for a, b in pairwise(tries)]
    assert waits[:5] == [1, 2, 4, 8, 16]
    assert max(waits) == 360
    assert delivery.state == "given_up"
    assert timedelta(days=3) <= tries[-1] - delivery.made_at <= timedelta(days=3, minutes=1)
    assert {headers["Yunying-Delivery"] for _, _, headers in other.sent} == {delivery.key}


def test_an_endpoint_that_is_down_costs_one_try_and_does_not_keep_others_waiting(
    told: tuple[Endpoint, str], manager: Person
) -> None:
    endpoint_make("corner", "https://sound.example/hook", ["proposed"], manager.pk, timezone.now())
    propose(*(f"P{number}" for number in range(6)))
    notices_write(now=timezone.now())
    other = Other(OSError())
    assert deliveries_send(now=later(1), send=other) == 6
    assert [url for url, _, _ in other.sent].count(URL) == 1
    assert deliveries_send(now=later(1), send=other) == 0


def test_a_worker_that_dies_while_it_sends_leaves_a_notice_that_is_sent_again(told: tuple[Endpoint, str]) -> None:
    propose("CUP")
    notices_write(now=timezone.now())

    def dies(url: str, body: bytes, headers: Mapping[str, str]) -> int:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deliveries_send(now=later(1), send=dies)
    other = Other()
    assert deliveries_send(now=later(2), send=other) == 0, "the lease holds"
    assert deliveries_send(now=later(4), send=other) == 1


def test_only_the_events_that_were_asked_for_since_the_endpoint_was_made_are_told(
    corner: Home, manager: Person
) -> None:
    propose("CUP")
    endpoint_make("corner", URL, ["proposed", "approved"], manager.pk, timezone.now())
    proposals_approve("corner", list(Transition.objects.values_list("intervention", flat=True)), manager)
    notices_write(now=timezone.now())
    assert [each.event for each in Delivery.objects.all()] == ["approved"]


def test_an_ended_endpoint_and_one_whose_maker_lost_his_role_are_told_nothing(
    told: tuple[Endpoint, str], manager: Person
) -> None:
    propose("CUP")
    notices_write(now=timezone.now())
    assert endpoint_end("corner", told[0].pk, timezone.now())
    other = Other()
    assert deliveries_send(now=later(1), send=other) == 0
    shops_ready(["corner"])
    grant_give(manager, "store_manager", None, store="corner")
    second = endpoint_make("corner", URL, ["approved"], manager.pk, timezone.now())
    grant_end(grants_of(manager)[0].pk, None)
    propose("POT")
    notices_write(now=timezone.now())
    assert deliveries_of("corner", second.pk, None, 10) == []
