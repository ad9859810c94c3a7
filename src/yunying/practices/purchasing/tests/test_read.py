"""From facts to inputs: what is demand, what is on the shelf, what is on its way, and which attribute holds."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest

from yunying.practices.purchasing.demand import LEAST_SHARE, demand_history
from yunying.practices.purchasing.policy import PurchasingPolicy
from yunying.practices.purchasing.tests.conftest import Shop


def at(shop: Shop, days_ago: int) -> int:
    """The column of a day."""
    return (shop.day(days_ago) - shop.inputs().first_date).days


def test_only_real_goods_that_were_paid_for_are_demand(shop: Shop) -> None:
    shop.line("P", 1, 5)
    for other in ({"reality": "test"}, {"reality": "brushed"}, {"line_kind": "gift"}, {"line_kind": "shipping"},
                  {"state": "placed"}, {"state": "shipped"}, {"state": "refunded"}):  # fmt: skip
        shop.line("P", 1, 100, **other)
    assert shop.inputs().units.tolist() == [[5.0]]


def test_a_cancellation_of_the_same_day_takes_its_order_back(shop: Shop) -> None:
    shop.line("P", 2, 5).line("P", 2, 80, order="O9").line("P", 2, 80, order="O9", state="cancelled").line("P", 1, 1)
    assert shop.inputs().units.tolist() == [[5.0, 1.0]]


def test_a_cancellation_on_a_later_day_without_sales_changes_nothing_and_no_day_falls_below_zero(shop: Shop) -> None:
    shop.line("P", 3, 5).line("P", 2, 5, state="cancelled").line("P", 1, 1).line("P", 1, 4, state="cancelled")
    assert shop.inputs().units.tolist() == [[5.0, 0.0, 0.0]]


def test_an_order_that_was_never_paid_takes_nothing_back_when_it_is_cancelled(shop: Shop) -> None:
    """The platform cancels it the day after, when others bought; a fast mover would lose demand that it had."""
    shop.line("P", 2, 5).line("P", 2, 3, order="N", state="placed").line("P", 1, 6)
    shop.line("P", 1, 3, order="N", state="cancelled", amount_minor=0)
    assert shop.inputs().units.tolist() == [[5.0, 6.0]]
    assert shop.inputs().economics.net_price.tolist() == [50.0]


@pytest.mark.parametrize("amount_minor", [0, 15_000])
def test_a_paid_order_is_taken_back_on_the_day_it_was_counted_whether_or_not_the_row_bears_money(
    shop: Shop, amount_minor: int
) -> None:
    shop.line("P", 3, 5).line("P", 2, 3, order="N").line("P", 2, 4).line("P", 1, 6)
    shop.line("P", 1, 3, order="N", state="cancelled", amount_minor=amount_minor)
    assert shop.inputs().units.tolist() == [[5.0, 4.0, 6.0]]


def test_half_a_line_can_be_taken_back_and_another_product_keeps_its_own(shop: Shop) -> None:
    shop.line("P", 2, 6, order="N").line("Q", 2, 2, order="N").line("P", 1, 2, order="N", state="cancelled")
    shop.line("P", 1, 1)
    inputs = shop.inputs()
    assert inputs.units[inputs.products.index("P")].tolist() == [4.0, 1.0]
    assert inputs.units[inputs.products.index("Q")].tolist() == [2.0, 0.0]


def test_a_day_that_sold_out_is_censored_and_a_day_that_began_empty_could_not_sell(shop: Shop) -> None:
    shop.line("P", 5, 2).line("P", 4, 3).line("P", 1, 2)
    for days_ago, on_hand in ((5, 3), (4, 0), (3, 0), (2, 0), (1, 6)):
        shop.count("P", days_ago, on_hand)
    found = demand_history(shop.inputs(), PurchasingPolicy())
    assert found.censored.tolist() == [[False, True, False, False, False]]
    assert found.exposure.tolist() == [[1.0, 1.0, 0.0, 0.0, 1.0]]


def test_a_moment_with_parts_of_a_second_is_read_like_any_other(shop: Shop) -> None:
    whole = shop.local(1, 9.0)
    shop.line("P", 1, 3, at=whole + timedelta(microseconds=123_456)).line("P", 1, 2, at=whole)
    assert shop.inputs().units.tolist() == [[5.0]]


def test_before_its_first_day_a_product_could_not_sell(shop: Shop) -> None:
    """A sale alone makes a product known from the day after it; a count makes it known on its own day."""
    shop.steady("old", 1, days=10).line("new", 4, 1).line("counted", 4, 1).count("counted", 4, 3)
    inputs = shop.inputs()
    exposure = demand_history(inputs, PurchasingPolicy()).exposure
    assert exposure[inputs.products.index("new")].tolist() == [0.0] * 7 + [1.0] * 3
    assert exposure[inputs.products.index("counted")].tolist() == [0.0] * 6 + [1.0] * 4
    assert exposure[inputs.products.index("old")].tolist() == [0.0] + [1.0] * 9


def test_one_bulk_order_is_not_demand_to_come(shop: Shop) -> None:
    shop.steady("P", 2, days=30).line("P", 15, 1000)
    found = demand_history(shop.inputs(), PurchasingPolicy(bulk_multiple=20.0))
    assert found.units.max() == 40.0
    assert shop.inputs().units.max() == 1002.0


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "Europe/London", "Asia/Kolkata"])
@pytest.mark.parametrize("hour", [6.0, 12.0, 18.0])
def test_a_day_counts_until_its_last_sale_on_the_stores_own_clock_in_summer_and_winter(zone: str, hour: float) -> None:
    """March 2026 has winter and summer time in New York and London; others sell once an hour, round the clock."""
    shop = Shop(as_of=date(2026, 4, 20), time_zone=zone)
    for days_ago in range(1, 80):
        for each in range(24):
            shop.line("other", days_ago, 1, at=shop.local(days_ago, each + 0.5))
    winter, summer = (shop.as_of - date(2026, 2, 10)).days, (shop.as_of - date(2026, 4, 10)).days
    for days_ago in (winter, summer):
        shop.line("P", days_ago, 1, at=shop.local(days_ago, hour - 3)).line(
            "P", days_ago, 1, at=shop.local(days_ago, hour)
        )
        shop.count("P", days_ago, 0).count("P", days_ago + 1, 9)
    inputs = shop.inputs()
    place, days = inputs.products.index("P"), [at(shop, days_ago) for days_ago in (winter, summer)]
    assert inputs.selling_share[place, days] == pytest.approx([hour / 24] * 2, abs=0.03)
    found = demand_history(inputs, PurchasingPolicy())
    assert found.exposure[place, days] == pytest.approx([hour / 24] * 2, abs=0.03)
    assert not found.censored[place, days].any()


def test_orders_that_bear_only_a_date_say_nothing_of_the_time(shop: Shop) -> None:
    for days_ago in range(1, 20):
        shop.line("P", days_ago, 1, at=shop.local(days_ago, 0))
    shop.count("P", 3, 0)
    inputs = shop.inputs()
    assert np.isnan(inputs.selling_share).all()
    assert demand_history(inputs, PurchasingPolicy()).censored.sum() == 1


def test_a_day_that_sold_out_in_its_first_minutes_keeps_a_least_share(shop: Shop) -> None:
    for days_ago in range(1, 30):
        for each in range(24):
            shop.line("other", days_ago, 1, at=shop.local(days_ago, each + 0.5))
    shop.line("P", 5, 1, at=shop.local(5, 0.2)).count("P", 5, 0).count("P", 6, 1)
    inputs = shop.inputs()
    exposure = demand_history(inputs, PurchasingPolicy()).exposure[inputs.products.index("P"), at(shop, 5)]
    assert exposure == pytest.approx(LEAST_SHARE)


def test_the_newest_count_is_rolled_forward_by_later_sales_and_receipts(shop: Shop) -> None:
    shop.count("P", 9, 1000).count("P", 5, 40)
    shop.line("P", 6, 100).line("P", 5, 100).line("P", 4, 10).line("P", 1, 5)
    shop.ordered("P", 30, 20, number="A").ordered("P", 5, 7, number="A", state="received")
    shop.ordered("P", 2, 13, number="A", state="received", occurrence="2")
    inputs = shop.inputs()
    # Sales and receipts of the counted day itself are inside its closing stock.
    assert inputs.on_hand.tolist() == [40 - 15 + 13]
    assert inputs.on_hand_age.tolist() == [4]


def test_a_shelf_cannot_hold_less_than_nothing_and_an_uncounted_one_is_not_known(shop: Shop) -> None:
    shop.line("sold", 1, 9).count("sold", 2, 5).count("oversold", 1, -3).line("uncounted", 1)
    inputs = shop.inputs()
    found = dict(zip(inputs.products, zip(inputs.on_hand, inputs.on_hand_age, strict=True), strict=True))
    assert found["sold"] == (0.0, 1)
    assert found["oversold"] == (0.0, 0)
    assert np.isnan(found["uncounted"][0])
    assert found["uncounted"][1] == -1


def test_what_was_ordered_and_not_received_or_cancelled_is_on_its_way(shop: Shop) -> None:
    shop.ordered("P", 20, 100, promised=3, number="A")
    shop.ordered("P", 4, 30, number="A", state="received").ordered("P", 3, 20, number="A", state="cancelled")
    shop.ordered("P", 20, 10, number="B").ordered("P", 2, 10, number="B", state="received")
    shop.ordered("P", 6, 5, number="C")
    inbound = shop.inputs().inbound
    assert inbound.quantity.tolist() == [50.0, 5.0]
    assert inbound.due.tolist() == [shop.as_of.toordinal() + 3, 0]
    assert inbound.ordered.tolist() == [shop.day(20).toordinal(), shop.day(6).toordinal()]


def test_lead_times_are_those_of_the_deliveries_by_supplier(shop: Shop) -> None:
    for number, took in enumerate((9, 4, 7)):
        shop.ordered("P", 50, 5, number=f"A{number}")
        shop.ordered("P", 50 - took, 5, number=f"A{number}", state="received")
    shop.ordered("P", 40, 5, number="open", supplier="S2")
    shop.ordered("P", 10, 5, number="never ordered", supplier="S2", state="received")
    inputs = shop.inputs()
    assert dict(zip(inputs.suppliers, inputs.lead_times, strict=True)) == {"S1": (4.0, 7.0, 9.0), "S2": ()}


def test_the_latest_attribute_wins_and_an_empty_one_hides_nothing(shop: Shop) -> None:
    shop.product("P", None, title="old", category="A", list_price=Decimal(10))
    shop.product("P", 30, title="new", status="on_sale").product("P", 5, status="off_sale")
    shop.product("P", -1, title="tomorrow", status="on_sale").product("Q", None, category="B")
    inputs = shop.inputs()
    assert inputs.titles == ("new", "Q")
    assert inputs.on_sale.tolist() == [False, True]
    assert inputs.group[0] != inputs.group[1]
    assert inputs.economics.net_price[0] == 10.0


def test_price_fees_and_returns_are_those_of_the_recent_sales(shop: Shop) -> None:
    shop.line("P", 200, 100, 999.0)
    shop.line("P", 10, 10, 113.0, tax_minor=13_000, commission_minor=5_000, payment_fee_minor=600, order="X",
              shipping_cost_minor=4_400)  # fmt: skip
    shop.line("P", 5, 2, 113.0, tax_minor=2_600, state="refunded", restocked_quantity=1, order="X")
    money = shop.inputs(price_days=90).economics
    assert money.net_price.tolist() == [100.0]
    assert money.fees.tolist() == [10.0]
    assert money.has_fees.tolist() == [True]
    assert money.return_rate.tolist() == [0.2]
    assert money.restocked_rate.tolist() == [0.1]
    assert money.refund_rate.tolist() == [0.2]


def test_cost_comes_from_sales_before_purchases_before_attributes(shop: Shop) -> None:
    shop.product("sold", unit_cost=Decimal(1)).product("bought", unit_cost=Decimal(1)).product(
        "named", unit_cost=Decimal(1)
    )
    shop.line("sold", 1, 2, unit_cost=Decimal(3)).ordered("sold", 9, 1, unit_cost=Decimal(2))
    shop.ordered("bought", 9, 1, unit_cost=Decimal(2)).line("unknown", 1)
    inputs = shop.inputs()
    found = dict(zip(inputs.products, inputs.economics.unit_cost.tolist(), strict=True))
    assert (found["sold"], found["bought"], found["named"]) == (3.0, 2.0, 1.0)
    assert np.isnan(found["unknown"])


def test_a_purchase_without_a_cost_does_not_hide_the_one_before(shop: Shop) -> None:
    shop.ordered("P", 30, 1, unit_cost=Decimal(4)).ordered("P", 20, 1, unit_cost=Decimal(6)).ordered("P", 10, 1)
    assert shop.inputs().economics.unit_cost.tolist() == [6.0]


def test_of_a_suppliers_terms_the_newest_hold(shop: Shop) -> None:
    shop.offer("P", 9.0, date=shop.day(100)).offer("P", 7.0, date=shop.day(10)).offer("P", 1.0, date=shop.day(0))
    offers = shop.inputs().offers
    assert offers.unit_cost.tolist() == [7.0]


def test_a_shop_without_any_row_has_no_products(shop: Shop) -> None:
    inputs = shop.inputs()
    assert inputs.products == ()
    assert inputs.last_order_date is None


def test_the_evidence_counts_the_rows_behind_a_product(shop: Shop) -> None:
    shop.line("P", 9).line("P", 9).line("P", 3).line("Q", 1).count("P", 2, 5)
    inputs = shop.inputs()
    found = {used.table: used for used in inputs.facts_used(inputs.products.index("P"))}
    assert (found["order_line"].rows, found["stock_level"].rows) == (3, 1)
    assert found["order_line"].from_date == shop.day(9).isoformat()
    assert found["order_line"].to_date == shop.day(3).isoformat()
    assert "purchase_line" not in found
