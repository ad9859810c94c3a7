"""How much and what it earns: properties that hold however the practice is tuned, and odd shops."""

import re
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest

from yunying.practices.purchasing.decide import decide
from yunying.practices.purchasing.fit import fit
from yunying.practices.purchasing.policy import PurchasingPolicy
from yunying.practices.purchasing.tests.conftest import Shop, usual


def never_falls(values: list[int]) -> bool:
    return all(before <= after for before, after in pairwise(values))


def test_a_higher_margin_orders_no_less() -> None:
    found = [usual(cost=cost).quantity() for cost in (48.0, 45.0, 35.0, 20.0, 5.0)]
    assert never_falls(found)
    assert found[-1] > found[0]


def test_a_longer_lead_time_orders_no_less() -> None:
    found = [usual(lead=lead, on_hand=200).quantity(draws=5000) for lead in (0, 7, 14, 21, 28, 42)]
    # Each lead time draws scenarios of its own, and a fractile in the tail wanders by a few percent with them.
    assert all(after >= 0.93 * before for before, after in pairwise(found))
    assert found[0] == 0 < found[-1]


def test_more_stock_orders_no_more() -> None:
    # A last day that closed with nothing would also say more about demand; so the least is one unit.
    found = [usual(on_hand=on_hand).quantity() for on_hand in (1, 20, 40, 60, 80, 120, 400)]
    assert never_falls(found[::-1])
    assert found[0] > 0 == found[-1]


def test_more_demand_orders_no_less() -> None:
    found = [usual(units=units).quantity() for units in (1, 2, 4, 8, 16)]
    assert never_falls(found)
    assert found[-1] > found[0]


def test_a_dearer_lost_sale_orders_more_and_promises_no_more() -> None:
    found = [usual(cost=45.0).quantity(lost_sale_rate=rate) for rate in (0.0, 0.2, 1.0)]
    assert never_falls(found)
    assert found[-1] > found[0]
    kept, dear = (usual(cost=45.0).proposal(lost_sale_rate=rate).effect.mid_minor for rate in (0.0, 1.0))
    assert dear <= kept, "goodwill is no contribution profit"


def test_a_promised_service_is_kept_whatever_it_earns() -> None:
    """Bought at 49.80, sold at 50 and dear to store, it is hardly worth an order; the promise is a share of demand."""
    thin = {"cost": 49.8, "lead": 0, "on_hand": 1}
    # The work of a line is dear, so that an order lasts all of the seven days, however dear storage is.
    dear = {"storage_rate": 1.0, "order_line_minor": 100_000}
    found = [usual(**thin).quantity(target_service_rate=rate, **dear) for rate in (None, 0.8, 0.95, 0.99)]
    assert never_falls(found)
    # Seven days of 4, one on hand: no less than the share of the mean, and more because demand strays.
    assert found[0] < 0.8 * 28 - 1
    assert all(units >= rate * 28 - 1 for units, rate in zip(found[1:], (0.8, 0.95, 0.99), strict=True))
    assert found[1] < found[3]
    assert usual(**{**thin, "on_hand": 200}).quantity(target_service_rate=0.99) == 0


def test_dearer_storage_orders_no_more() -> None:
    found = [usual(cost=30.0).quantity(storage_rate=rate) for rate in (0.0, 0.5, 1.0)]
    assert never_falls(found[::-1])


def test_what_arrives_in_time_is_not_ordered_again() -> None:
    none, soon, late, lost = (usual(on_hand=60) for _ in range(4))
    soon.ordered("P", 5, 80, promised=4)
    late.ordered("P", 5, 80, promised=60)
    lost.ordered("P", 90, 80, promised=-31)
    assert soon.quantity() < none.quantity()
    assert late.quantity() == none.quantity()
    assert lost.quantity(overdue_days=30) == none.quantity()
    assert lost.quantity(overdue_days=40) == soon.quantity()


@pytest.mark.parametrize(("pack", "least"), [(1, 0), (12, 0), (7, 30), (1, 100), (50, 120)])
def test_orders_are_whole_packs_from_the_minimum_on(pack: int, least: int) -> None:
    shop = usual()
    shop.rows["supplier_offer"][0].update(pack_quantity=pack, minimum_quantity=least)
    found = shop.quantity()
    assert found % pack == 0
    assert found >= max(least, 1)


def test_a_minimum_that_would_last_for_years_is_not_bought() -> None:
    shop = usual(units=1, on_hand=2)
    shop.rows["supplier_offer"][0].update(minimum_quantity=20_000)
    assert shop.quantity() == 0


def with_supplier_minimum(minimum_minor: int) -> Shop:
    shop = usual(units=6, on_hand=0).steady("Q", 3).count("Q", 1, 0).offer("Q", 20.0)
    return shop.add("supplier", supplier="S1", date=shop.day(300), title="S1", minimum_order_minor=minimum_minor)


def test_a_small_supplier_minimum_changes_nothing_and_a_larger_one_is_filled() -> None:
    free, small = with_supplier_minimum(0), with_supplier_minimum(10_000)
    assert [small.quantity(key) for key in "PQ"] == [free.quantity(key) for key in "PQ"]
    spent = sum(each.cost_minor for each in free.decide().proposals)
    larger = with_supplier_minimum(round(spent * 1.3)).decide()
    assert larger.proposals
    assert spent * 1.3 <= sum(each.cost_minor for each in larger.proposals) < spent * 1.3 + 2 * 2000


def test_a_supplier_whose_minimum_is_out_of_reach_is_waited_for_and_named() -> None:
    decision = with_supplier_minimum(10**9).decide()
    assert decision.proposals == ()
    assert [(each.code, each.subjects) for each in decision.abstentions] == [("supplier-minimum", ("P", "Q"))]
    assert "S1" in decision.abstentions[0].reason


def test_the_cash_limit_holds_and_what_does_not_fit_is_named() -> None:
    shop = usual(on_hand=0)
    for key, price in (("A", 90.0), ("B", 40.0), ("C", 25.0)):
        shop.steady(key, 4, price=price).count(key, 1, 0).offer(key, 20.0)
    free = shop.decide()
    costs = {each.subject: each.cost_minor for each in free.proposals}
    assert set(costs) == {"P", "A", "B", "C"}
    for share in (0.0, 0.3, 0.6, 0.99, 1.0):
        limit = int(sum(costs.values()) * share)
        decision = shop.decide(cash_limit_minor=limit)
        kept = {each.subject for each in decision.proposals}
        assert sum(each.cost_minor for each in decision.proposals) <= limit
        left = [each.subjects for each in decision.abstentions if each.code == "cash-limit"]
        assert left == ([tuple(sorted(set(costs) - kept))] if kept != set(costs) else [])
        # The best return on cash comes first: A sells at 90 what costs 20.
        assert not kept or "A" in kept


def test_the_most_urgent_order_comes_first() -> None:
    shop = usual(on_hand=70, lead=10).steady("Q", 4).count("Q", 1, 0).offer("Q", 20.0, 1)
    decision = shop.decide()
    assert decision.proposals[0].subject == "Q"
    assert never_falls([-each.delay_loss_minor for each in decision.proposals])


def test_the_effect_is_what_the_units_lacking_would_earn() -> None:
    """Nothing on hand or due, delivered at once, demand of exactly 4 a day: 7 days lose 28 sales at a margin of 30."""
    proposal = usual(on_hand=0, lead=0, cost=20.0, price=50.0).proposal(review_days=7)
    assert proposal.effect_days == 7
    assert proposal.effect.mid_minor == pytest.approx(28 * 3000, rel=0.1)
    assert proposal.delay_loss_minor == pytest.approx(4 * 3000, rel=0.1)


def test_the_sentence_says_how_long_stock_lasts_also_where_delivery_takes_no_time() -> None:
    for lead in (0, 5):
        sentence = usual(on_hand=4, lead=lead).proposal().evidence.sentences[0]
        assert "4 on hand last 1 days" in sentence.en
        assert "可售 1 天" in sentence.zh


@pytest.mark.parametrize("cost", [10.0, 20.0, 100 / 3, 0.000001, 1234.5])
def test_a_unit_cost_is_written_as_a_plain_decimal(cost: float) -> None:
    written = usual(cost=round(cost, 6), price=5000.0).proposal().command.params["lines"][0]["unit_cost"]
    assert re.fullmatch(r"\d+(\.\d+)?", written)
    assert Decimal(written) == Decimal(str(round(cost, 6)))


@pytest.mark.parametrize("status", ["off_sale", "discontinued"])
def test_what_is_no_longer_on_sale_is_not_ordered(status: str) -> None:
    decision = usual(on_hand=0).product("P", 3, status=status).decide()
    assert decision.proposals == ()
    assert all("P" not in each.subjects for each in decision.abstentions)


def test_an_oversold_shelf_is_an_empty_one() -> None:
    assert usual(on_hand=-40).quantity() == usual(on_hand=0).quantity() > 0


def test_a_price_of_zero_earns_nothing_and_is_named() -> None:
    decision = usual(price=0.0).decide()
    assert decision.proposals == ()
    assert [(each.code, each.subjects) for each in decision.abstentions] == [("no-margin", ("P",))]


def test_a_loss_on_every_unit_is_named() -> None:
    assert [each.code for each in usual(cost=60.0).decide().abstentions] == ["no-margin"]


def test_a_stale_count_is_named_and_a_fresh_one_is_used() -> None:
    shop = Shop().steady("P").count("P", 20, 5).offer("P", 20.0)
    decision = shop.decide(stock_age_days=14)
    assert (decision.proposals, [each.code for each in decision.abstentions]) == ((), ["no-stock-facts"])
    assert shop.quantity(stock_age_days=25) > 0


@pytest.mark.parametrize(("days", "is_enough"), [(27, False), (28, True), (14, False)])
def test_too_short_a_history_is_named_with_its_length(days: int, is_enough: bool) -> None:
    shop = Shop().steady("P", days=days).count("P", 1, 5).offer("P", 20.0)
    decision = shop.decide(least_history_days=28)
    assert bool(decision.proposals) == is_enough
    if not is_enough:
        assert [each.code for each in decision.abstentions] == ["too-little-history"]
        assert f"Only {days} days" in decision.abstentions[0].reason


def test_the_shortest_history_that_the_policy_allows_can_be_decided_on() -> None:
    shop = Shop().steady("P", days=14).count("P", 1, 5).offer("P", 20.0)
    assert shop.quantity(least_history_days=14) > 0


def test_no_products_and_no_facts_are_said_in_words() -> None:
    decision = Shop().decide()
    assert (decision.proposals, [each.code for each in decision.abstentions]) == ((), ["no-facts"])


def test_a_product_that_never_sold_and_is_not_on_the_shelf_is_not_spoken_of() -> None:
    decision = usual(on_hand=500).product("new", list_price=Decimal(9)).count("new", 1, 0).decide()
    assert decision == type(decision)((), ())


def test_a_product_decided_alone_and_among_others_gets_a_like_order() -> None:
    crowd = usual()
    for number in range(12):
        crowd.steady(f"X{number}", 4).count(f"X{number}", 1, 5).offer(f"X{number}", 20.0)
    assert crowd.quantity() == pytest.approx(usual().quantity(), rel=0.15)


def test_other_draws_change_little_of_a_decision() -> None:
    shop, policy = usual(), PurchasingPolicy(draws=2000)
    inputs = shop.inputs()
    model = fit(inputs, policy, 1)
    found = [
        decide(inputs, model, policy, shop.as_of, np.random.default_rng(seed)).proposals[0].effect.mid_minor
        for seed in range(5)
    ]
    assert np.ptp(found) < 0.05 * np.mean(found)


def test_a_year_is_expected_to_hold_its_own_design() -> None:
    proposal = usual(lead=60).proposal(holdout_rate=0.2)
    assert proposal.design.holdout_rate == 0.2
    assert proposal.design.window_days >= proposal.effect_days >= 60
    assert replace(proposal.design, control="").unit == "product"
