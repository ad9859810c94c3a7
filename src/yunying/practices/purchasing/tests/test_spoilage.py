"""Goods that spoil: ordered more often, in more units than will sell, and less far ahead."""

from dataclasses import replace

import numpy as np
import pytest

from yunying.kernel.proposal import Proposal
from yunying.practices.purchasing.decide import decide
from yunying.practices.purchasing.fit import fit
from yunying.practices.purchasing.gains import Gains
from yunying.practices.purchasing.policy import PurchasingPolicy
from yunying.practices.purchasing.review import review_days
from yunying.practices.purchasing.season import Season
from yunying.practices.purchasing.terms import terms_chosen
from yunying.practices.purchasing.tests.conftest import Shop, usual
from yunying.practices.purchasing.unit_money import FREE, UnitMoney

YEAR_DAYS = 365.0


def money(cost: float = 14.0, spoilage: float = 0.06, margin: float = 7.0) -> UnitMoney:
    """One product; spoilage by the day."""
    one = np.ones(1)
    return UnitMoney(
        one * margin, one * cost * 0.08 / YEAR_DAYS, one * cost, one * spoilage, one * spoilage, one * 0.0, one * cost
    )


def spoiling(yearly: float, **values: float) -> Proposal | None:
    """What is proposed for a steady seller, where a year's waiting spoils so many times what waits."""
    shop = usual(units=8, on_hand=4, lead=2, **values)
    inputs, policy = shop.inputs(), PurchasingPolicy()
    model = fit(inputs, policy, 1)
    model = replace(model, spoilage=(yearly,) * len(model.spoilage))
    found = decide(inputs, model, policy, shop.as_of, np.random.default_rng(1)).proposals
    return found[0] if found else None


def units(found: Proposal | None) -> int:
    return found.command.params["lines"][0]["quantity"] if found else 0


@pytest.mark.parametrize(
    ("daily", "spoilage", "settings", "days"),
    [
        # sqrt(2 * 5 / (9 * 14 * (0.06 + 0.08 / 365))) = 1.15
        (9.0, 0.06, {}, 1),
        (1.0, 0.06, {}, 3),
        (9.0, 0.0, {}, 7),
        (9.0, 0.06, {"list_days": 2}, 2),
        (9.0, 0.06, {"order_line_minor": 50_000}, 7),
        (9.0, 0.06, {"order_line_minor": 0}, 1),
        (0.0, 0.06, {}, 7),
        (9.0, 0.0, {"review_days": 3, "list_days": 14}, 14),
    ],
)
def test_a_product_is_ordered_as_often_as_its_economic_quantity_says(
    daily: float, spoilage: float, settings: dict[str, int], days: int
) -> None:
    policy = PurchasingPolicy(**settings)  # type: ignore[arg-type]
    assert review_days(np.array([daily]), money(spoilage=spoilage), policy, "CNY").tolist() == [days]


def test_what_must_be_there_at_first_is_just_gone_when_all_is_sold() -> None:
    goods, days, steps = money(), 7.0, 20_000
    stock = float(goods.units_per_sale(np.array([days]))[0]) * 63.0
    for _ in range(steps):
        stock = stock * np.exp(-0.06 * days / steps) - 63.0 / steps
    assert stock == pytest.approx(0.0, abs=0.02)
    assert money(spoilage=0.0).units_per_sale(np.array([days])).tolist() == [1.0]


def test_an_order_that_spoils_on_the_way_sells_less_and_its_loss_is_counted() -> None:
    stock, demand, endless = np.zeros((1, 1)), np.full((1, 1), 50.0), Season(np.array([np.inf]), np.zeros(1))
    terms = terms_chosen(usual(cost=14.0).inputs(), PurchasingPolicy())

    def earned(spoilage: float, quantity: float) -> float:
        goods = money(spoilage=spoilage)
        per_sale = goods.units_per_sale(np.array([7.0]))
        gains = Gains(stock, demand, goods, np.array([7.0]), np.array([7.0]), per_sale, terms, FREE, endless)
        return float(gains.of(np.array([quantity]))[0, 0])

    sold = 40.0 / float(money().units_per_sale(np.array([7.0]))[0])
    capital = 14.0 * 0.08 / YEAR_DAYS * 3.5 * sold
    assert earned(0.06, 40.0) == pytest.approx(sold * (7.0 - 14.0 * (1 - np.exp(-0.06 * 3.5))) - capital)
    assert earned(0.0, 40.0) > earned(0.06, 40.0)


def test_fresh_goods_are_ordered_for_fewer_days_and_the_proposal_says_until_when() -> None:
    keeps, fresh = spoiling(0.0, cost=20.0), spoiling(0.06 * YEAR_DAYS, cost=20.0)
    assert keeps
    assert fresh
    assert (keeps.expires_date - keeps.as_of).days == 7
    assert (fresh.expires_date - fresh.as_of).days == 1
    assert 0 < units(fresh) < units(keeps)


def test_between_the_same_orders_more_is_bought_of_what_spoils_and_pays_well() -> None:
    """A day's order of goods that bring fifty for two: what spoils on the way is bought beside what sells."""
    often = {"cost": 2.0}
    shop = usual(units=8, on_hand=4, lead=5, **often)
    inputs, policy = shop.inputs(), PurchasingPolicy(review_days=1)
    model = fit(inputs, policy, 1)
    found = []
    for yearly in (0.0, 0.03 * YEAR_DAYS):
        known = replace(model, spoilage=(yearly,) * len(model.spoilage))
        on_its_way = replace(inputs, on_hand=np.array([60.0]))
        made = decide(on_its_way, known, policy, shop.as_of, np.random.default_rng(1)).proposals
        found.append(units(made[0]) if made else 0)
    assert found[1] > found[0]


def test_what_is_thrown_away_is_learned_from_the_stock_book() -> None:
    shop = Shop()
    shop.steady("P", 8).offer("P", 20.0, 2)
    for days_ago in range(1, 121):
        shop.count("P", days_ago, 50 if days_ago > 1 else 5)
        shop.add("stock_movement", product="P", date=shop.day(days_ago), movement=f"w{days_ago}",
                 quantity=3, reason="write_off")  # fmt: skip
    found = shop.proposal()
    assert (found.expires_date - found.as_of).days < 7
