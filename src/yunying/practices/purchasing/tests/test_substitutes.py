"""A product whose buyers take another one in stock is worth less of an order; one without kin is not touched."""

from dataclasses import replace

import numpy as np

from yunying.kernel.proposal import Decision
from yunying.methods.forecasting.substitution import UNSEEN, Substitution
from yunying.practices.purchasing.decide import decide
from yunying.practices.purchasing.fit import fit
from yunying.practices.purchasing.policy import PurchasingPolicy
from yunying.practices.purchasing.tests.conftest import Shop


def kin(stock_of_other: int) -> Shop:
    """P and Q are of one style, R of another; P and R sell alike and are nearly out."""
    shop = Shop()
    for key, style, on_hand in (("P", "plain", 3), ("Q", "plain", stock_of_other), ("R", "check", 3)):
        shop.steady(key, 4).count(key, 1, on_hand).offer(key, 44.0, 7)
        shop.product(key, 100, category="shirt", style=style)
    return shop


def decided(shop: Shop, believed: Substitution) -> Decision:
    policy, inputs = PurchasingPolicy(storage_rate=1.0), shop.inputs()
    model = replace(fit(inputs, policy, 1), substitution=believed)
    return decide(inputs, model, policy, shop.as_of, np.random.default_rng(1))


def quantities(decision: Decision) -> dict[str, int]:
    return {each.subject: each.command.params["lines"][0]["quantity"] for each in decision.proposals}


def test_what_another_would_sell_anyway_is_not_bought_as_much() -> None:
    seen = Substitution(0.6, 0.01)
    alone, beside = quantities(decided(kin(500), UNSEEN)), quantities(decided(kin(500), seen))
    assert beside["P"] < alone["P"]
    assert beside["R"] == alone["R"]
    # Where the other one is out as well, it serves nobody.
    assert quantities(decided(kin(0), seen))["P"] == quantities(decided(kin(0), UNSEEN))["P"]


def test_the_proposal_says_so() -> None:
    told = {each.subject: each for each in decided(kin(500), Substitution(0.6, 0.01)).proposals}
    assert any("same style" in sentence.en and "同风格" in sentence.zh for sentence in told["P"].evidence.sentences)
    assert not any("same style" in sentence.en for sentence in told["R"].evidence.sentences)


def test_a_rate_that_may_be_none_changes_nothing() -> None:
    doubtful = Substitution(0.3, 0.2)
    assert quantities(decided(kin(500), doubtful)) == quantities(decided(kin(500), UNSEEN))
