"""The orders of a day: buyers, channels and money for what was sold, and the orders that bring no sale."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yunying.sim.draws import Purpose, subject
from yunying.sim.lines import BRUSHED, NOBODY, REAL, TEST, Lines, joined
from yunying.sim.members import buyers_of, regions_draw
from yunying.sim.nature import Nature
from yunying.sim.sales import Wishes, baskets_of
from yunying.sim.state import State
from yunying.sim.traffic import AdDay, channels_of

Floats = NDArray[np.float64]
Wholes = NDArray[np.int64]

_ORDERS_A_DAY = 10**7


@dataclass(frozen=True)
class DayOrders:
    """Lines that were placed; of those, the ones that were paid and the ones that never will be; who is new."""

    placed: Lines
    paid: Lines
    unpaid: Lines
    new_members: Wholes


@dataclass(frozen=True)
class _Heads:
    """Who placed each order, and over which channel; arrays over orders."""

    member: Wholes
    region: Wholes
    channel: Wholes
    new_members: Wholes


def order_lines(
    nature: Nature,
    state: State,
    sold: Wishes,
    *,
    discount_permille: Wholes,
    promotion: Wholes,
    ads: AdDay,
    pace: float,
) -> DayOrders:
    """Turn what was sold into orders, and add those that are never paid, that test the shop, and that are brushed.

    Args:
        nature: of the world.
        state: its population takes part.
        sold: lines with the quantity that stock gave, each above 0.
        discount_permille: of each product on the day.
        promotion: its index, ``NOBODY`` where there is none.
        ads: the day's advertising.
        pace: the day's expected demand over the usual one.
    """
    settings, draws, day = nature.settings, nature.draws, state.day
    baskets = baskets_of(sold, settings.demand, draws, day)
    product, quantity, rank = (column[baskets.place] for column in (sold.product, sold.quantity, sold.rank))
    heads = _heads(nature, state, product[baskets.line == 1], rank[baskets.line == 1], ads, pace)
    real = _lines(
        nature,
        state,
        day=day,
        order=baskets.order,
        line=baskets.line,
        product=product,
        rank=rank,
        seconds=baskets.seconds,
        quantity=quantity,
        discount_permille=discount_permille,
        promotion=promotion,
        member=heads.member[baskets.order],
        region=heads.region[baskets.order],
        channel=heads.channel[baskets.order],
        reality=np.full(len(product), REAL),
    )
    first_free = int(baskets.order[-1]) + 1 if len(product) else 0
    unpaid = _twins(nature, state, real, _is_abandoned(nature, real), first_free, REAL)
    brushed, tests = _unreal(nature, state, real, first_free + len(unpaid))
    paid = joined([real, brushed, tests])
    return DayOrders(joined([paid, unpaid]), paid, unpaid, heads.new_members)


def _heads(nature: Nature, state: State, product: Wholes, rank: Wholes, ads: AdDay, pace: float) -> _Heads:
    settings, draws, day = nature.settings, nature.draws, state.day
    orders = subject(day, product, rank)
    channel = channels_of(settings.traffic, ads, draws.uniform_of(Purpose.CHANNEL, orders))
    buyers = buyers_of(settings, draws, state.members, day, channel, orders, pace)
    return _Heads(buyers.member, buyers.region, channel, buyers.new_members)


def _lines(
    nature: Nature, state: State, *, day: int, discount_permille: Wholes, promotion: Wholes, **columns: Wholes
) -> Lines:
    store = nature.settings.store
    product, quantity = columns["product"], columns["quantity"]
    price = state.list_price_minor[product]
    discount = (price * quantity * discount_permille[product] + 500) // 1000
    amount = price * quantity - discount
    date = nature.date(day)
    number = ((date.year * 100 + date.month) * 100 + date.day) * _ORDERS_A_DAY + 1
    units_further = quantity - (columns["line"] == 1)
    return Lines(
        **{**columns, "order": columns["order"] + number},
        day=np.full(len(product), day),
        list_minor=price,
        discount_minor=discount,
        amount_minor=amount,
        tax_minor=_rounded(amount * store.tax_rate / (1 + store.tax_rate)),
        cost_micros=state.cost_micros[product],
        commission_minor=_rounded(amount * store.commission_rate),
        payment_fee_minor=_rounded(amount * store.payment_fee_rate),
        shipping_minor=store.shipping_order_minor * (columns["line"] == 1) + store.shipping_unit_minor * units_further,
        promotion=promotion[product],
    )


def _is_abandoned(nature: Nature, real: Lines) -> NDArray[np.bool_]:
    rate = nature.settings.after_sales.unpaid_rate
    # A share r of all placed lines is r / (1 - r) of the paid ones.
    return nature.draws.uniform_of(Purpose.UNPAID, real.subject) < rate / (1 - rate)


def _unreal(nature: Nature, state: State, real: Lines, first_order: int) -> tuple[Lines, Lines]:
    rules = nature.settings.after_sales
    luck = nature.draws.uniform_of(Purpose.UNREAL, real.subject)
    is_brushed = luck < rules.brushed_rate
    is_test = ~is_brushed & (luck < rules.brushed_rate + rules.test_rate)
    brushed = _twins(nature, state, real, is_brushed, first_order, BRUSHED)
    return brushed, _twins(nature, state, real, is_test, first_order + len(brushed), TEST)


def _twins(
    nature: Nature, state: State, real: Lines, which: NDArray[np.bool_], first_order: int, reality: int
) -> Lines:
    """Orders of one line each that look like the chosen lines; the unpaid ones come from known members."""
    lines = real.take(which)
    count, draws = len(lines), nature.draws
    twins = subject(lines.subject, np.full(count, reality))
    luck = draws.uniform_of(Purpose.MEMBER_CHOICE, twins)
    known = np.floor(luck * len(state.members)).astype(np.int64)
    is_known = (reality == REAL) & (len(state.members) > 0)
    region = regions_draw(nature.settings, draws.uniform_of(Purpose.REGION, twins))
    number = real.order[:1] // _ORDERS_A_DAY * _ORDERS_A_DAY + 1
    return Lines(
        **{
            **lines.columns(),
            "order": number + first_order + np.arange(count),
            "line": np.ones(count, dtype=np.int64),
            "member": known if is_known else np.full(count, NOBODY),
            "region": state.members.region[known] if is_known else region,
            "reality": np.full(count, reality),
            "shipping_minor": nature.settings.store.shipping_order_minor
            + nature.settings.store.shipping_unit_minor * (lines.quantity - 1),
        }
    )


def _rounded(amount: Floats) -> Wholes:
    return np.floor(amount + 0.5).astype(np.int64)
