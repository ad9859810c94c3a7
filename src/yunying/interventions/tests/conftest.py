"""A store with people, a budget and proposals to decide on."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from yunying.accounts.people import Person, person_make
from yunying.interventions.desk_facts import store_save
from yunying.interventions.models import Intervention
from yunying.interventions.proposing import Drawn, proposals_record
from yunying.kernel.command import Command
from yunying.kernel.evidence import Evidence, Sentence
from yunying.kernel.proposal import MeasurementDesign, MoneyInterval, Proposal

TODAY = date(2026, 11, 25)
DESIGN = MeasurementDesign("product", "minimum/maximum rule", 0.1, 28, "contribution_profit")


def proposal(subject: str, *, day: date = TODAY, cost_minor: int = 10_000, delay_minor: int = 500) -> Proposal:
    lines = ({"product": subject, "quantity": 10, "unit_cost": f"{cost_minor / 1000:.2f}"},)
    return Proposal(
        id=f"purchasing-{subject}-{day}",
        practice="purchasing",
        store="shop",
        subject=subject,
        title_en=f"Order 10 of {subject}",
        title_zh=f"订购 {subject} 10 件",
        command=Command("purchase_order", 1, {"supplier": "S1", "lines": lines}),
        currency="CNY",
        effect=MoneyInterval(1000, 5000, 9000),
        effect_days=21,
        delay_loss_minor=delay_minor,
        cost_minor=cost_minor,
        reversible=False,
        as_of=day,
        expires_date=day + timedelta(days=7),
        evidence=Evidence(sentences=(Sentence("Because.", "因为。"),)),
        design=DESIGN,
    )


Propose = Callable[..., list[Intervention]]


@pytest.fixture
def shop(ledger_database: None) -> str:
    store_save("shop", title="Shop", currency="CNY", time_zone="Asia/Shanghai", connector="csv", today_date=TODAY)
    return "shop"


@pytest.fixture
def buyer(shop: str) -> Person:
    return person_make("buyer", "a long enough password")


@pytest.fixture
def propose(shop: str) -> Propose:
    def run(*subjects: str, day: date = TODAY, **fields: int) -> list[Intervention]:
        drawn = [Drawn(proposal(subject, day=day, **fields)) for subject in subjects]
        proposals_record(shop, "purchasing", drawn, None, as_of=day, proofs={})
        return list(Intervention.objects.filter(store=shop, as_of=day, subject__in=subjects).order_by("pk"))

    return run
