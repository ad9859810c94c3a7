"""A promotion and the stock it needs know each other: approved ones raise orders before they begin, and are told."""

import numpy as np
import pytest

from yunying.kernel.proposal import Proposal
from yunying.methods.forecasting.promotion_uplift import PRIOR_ELASTICITY, promotion_factor
from yunying.practices.purchasing.fit import fit
from yunying.practices.purchasing.policy import PurchasingPolicy
from yunying.practices.purchasing.promotions import planned_factors
from yunying.practices.purchasing.tests.conftest import Shop, usual


def planned(shop: Shop, begins: int, ends: int, rate: float = 0.3, *, known: int = 3, name: str = "618") -> Shop:
    """A promotion of P from ``begins`` days after the plan to ``ends``, as it was known ``known`` days ago."""
    return shop.add(
        "promotion", promotion=name, product="P", date=shop.day(known), start_date=shop.day(-begins),
        end_date=shop.day(-ends), discount_rate=rate,
    )  # fmt: skip


def sentences(proposal: Proposal) -> list[str]:
    return [each.en for each in proposal.evidence.sentences if "promotion" in each.en]


def test_an_approved_promotion_raises_the_order_before_it_begins_and_is_told() -> None:
    """Lead time 10 and a review of 7: what arrives on day 10 must last to day 17, through the promotion's days."""
    plain, ahead = usual(), planned(usual(), 11, 16)
    assert ahead.quantity() > 1.2 * plain.quantity()
    (told,) = sentences(ahead.proposal())
    assert "618 takes 30% off from 2026-09-12 to 2026-09-16" in told
    zh = [each.zh for each in ahead.proposal().evidence.sentences if "618" in each.zh]
    assert zh
    assert "降价 30%" in zh[0]
    assert sentences(plain.proposal()) == []


def test_a_deeper_promotion_raises_it_more() -> None:
    found = [planned(usual(), 11, 16, rate).quantity() for rate in (0.1, 0.2, 0.4)]
    assert found[0] < found[1] < found[2]


@pytest.mark.parametrize(
    ("begins", "ends", "known"), [(-20, 0, 30), (-9, -3, 15), (60, 70, 3), (11, 11, 3), (11, 16, 0)],
    ids=["ended today", "ended before", "beyond the horizon", "taken back", "approved only today"],
)  # fmt: skip
def test_a_promotion_that_is_over_far_taken_back_or_not_yet_known_changes_nothing(
    begins: int, ends: int, known: int
) -> None:
    shop = planned(usual(), begins, ends, known=known)
    assert shop.quantity() == usual().quantity()
    assert sentences(shop.proposal()) == []


def test_the_newest_word_of_a_promotion_counts() -> None:
    shop = planned(planned(usual(), 11, 16, known=5), 11, 11, known=2)
    assert shop.quantity() == usual().quantity()
    again = planned(shop, 11, 16, known=1)
    assert again.quantity() > 1.2 * usual().quantity()


def test_only_its_own_days_and_products_are_raised() -> None:
    inputs = planned(usual().steady("Q").count("Q", 1, 5), 2, 4).inputs()
    factors = planned_factors(inputs, (), 6)
    lift = float(promotion_factor(np.array(0.3), np.array(PRIOR_ELASTICITY)))
    assert factors[0] == pytest.approx([1, 1, lift, lift, 1, 1])
    assert factors[1] == pytest.approx(np.ones(6))
    swapped = inputs.of(np.array([1, 0]))
    assert planned_factors(swapped, (), 6)[1] == pytest.approx(factors[0])


def sold_under(lift: float, rate: float = 0.3) -> Shop:
    """P sold 4 a day, and ``lift`` times that on five days of each of four promotions."""
    shop = Shop().count("P", 1, 5).offer("P", 20.0).product("P", category="tea")
    for day in range(1, 121):
        is_promoted = any(at <= day < at + 5 for at in (20, 45, 70, 95))
        units = round(4 * lift) if is_promoted else 4
        values = (
            {"promotion": f"old-{day // 25}", "discount_minor": round(units * 50 * rate * 100)} if is_promoted else {}
        )
        shop.line("P", day, units, 50 * (1 - rate) if is_promoted else 50.0, **values)
    return shop


def test_what_past_promotions_did_is_learned_and_drawn_to_what_is_usual() -> None:
    policy = PurchasingPolicy()
    found = {}
    for lift in (1.0, 2.0, 4.0):
        inputs = sold_under(lift).inputs()
        assert inputs.promoted.rate == pytest.approx([0.3] * 4)
        elasticity = fit(inputs, policy, 1).promotion_elasticity
        found[lift] = float(promotion_factor(np.array(0.3), np.array(elasticity[1])))
    assert 1.0 <= found[1.0] < 1.5 < found[2.0] < 2.4 < found[4.0] <= 4.1


def test_a_store_whose_promotions_moved_more_orders_more_for_the_next_one() -> None:
    small, large = (planned(sold_under(lift), 11, 16) for lift in (1.25, 3.0))
    plain = [sold_under(lift).quantity() for lift in (1.25, 3.0)]
    assert large.quantity() - plain[1] > small.quantity() - plain[0] > 0
    assert "learned from 4 past promotions" in sentences(large.proposal())[0]
