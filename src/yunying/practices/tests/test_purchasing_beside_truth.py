"""What purchasing believes of sales, margins and losses, beside what a simulated store's ledger knows of them."""

from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pytest

from yunying.facts.reader import FactReader
from yunying.kernel.periods import Period
from yunying.practices.purchasing.fit import fit
from yunying.practices.purchasing.policy import PurchasingPolicy
from yunying.practices.purchasing.preparing import prepared
from yunying.practices.purchasing.read import read
from yunying.practices.purchasing.terms import terms_chosen
from yunying.practices.purchasing.unit_money import unit_money
from yunying.practices.rivalry import FIRST_RULE
from yunying.sim.loading import load_settings
from yunying.sim.world import World

DAYS, PRICED_DAYS, PRODUCTS = 150, 90, 40


@dataclass(frozen=True)
class Sums:
    """Of a store over the days that prices are taken from: units, and money in major units."""

    units: float
    margin: float
    spoilt: float


@pytest.fixture(scope="module", params=["demo", "grocery", "fashion"])
def sums(request: pytest.FixtureRequest) -> tuple[Sums, Sums]:
    """What is believed, and what is true."""
    settings = load_settings(request.param)
    world = World(replace(settings, catalogue=replace(settings.catalogue, products=PRODUCTS)), 11)
    facts, store, policy = world.run(DAYS, FIRST_RULE), settings.store.id, PurchasingPolicy()
    named = {table: rows.append_column("store", pa.array([store] * len(rows))) for table, rows in facts.items()}
    with FactReader.from_arrow(named, threads=1) as reader:
        inputs = read(reader, store, world.today, policy)
    model = fit(inputs, policy, 1)
    spoilage = np.array(model.spoilage)[inputs.group]
    money = unit_money(inputs, terms_chosen(inputs, policy), policy, spoilage, spoilage)
    assert prepared(inputs, model, policy, 1)[0] is not None
    span = Period(world.today - timedelta(days=PRICED_DAYS), world.today)
    units = inputs.units[:, -PRICED_DAYS:].sum(axis=1, dtype=float)
    place = [world.truth.products.index(key) for key in inputs.products]
    held = world.truth.units("on_hand", span).sum(axis=0)[place]
    believed = Sums(units.sum(), np.nansum(units * money.margin), np.nansum(money.spoilage * money.cost * held))
    true, scale = world.truth.profit(span).parts, 0.01
    costs = sum(true[name] for name in ("refunds", "goods", "commission", "payment_fee", "shipping"))
    ended = world.truth.units("written_off", span).sum(axis=0)[place] * ~inputs.on_sale * np.nan_to_num(money.cost)
    return believed, Sums(
        float(world.truth.units("sold", span).sum()),
        (true["paid"] + true["goods_back"] - costs) * scale,
        true["write_downs"] * scale - ended.sum(),
    )


def test_demand_is_what_was_sold_less_the_few_that_were_cancelled(sums: tuple[Sums, Sums]) -> None:
    """A cancellation of an order that nobody paid is the commoner kind and takes nothing back."""
    believed, true = sums
    assert 0.92 * true.units < believed.units <= true.units


def test_a_unit_is_believed_to_bring_what_it_brought(sums: tuple[Sums, Sums]) -> None:
    believed, true = sums
    assert believed.margin == pytest.approx(true.margin, rel=0.06)


def test_waiting_goods_are_believed_to_spoil_as_they_did(sums: tuple[Sums, Sums]) -> None:
    believed, true = sums
    assert believed.spoilt == pytest.approx(true.spoilt, rel=0.1, abs=0.01 * true.margin)
