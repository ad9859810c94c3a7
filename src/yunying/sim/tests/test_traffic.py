"""Advertising carries over and saturates, channels get their orders, and sampled events tell the same story."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pyarrow.compute as pc
import pytest

from yunying.kernel.command import Command
from yunying.kernel.periods import Period
from yunying.sim.draws import Draws
from yunying.sim.settings import Channel, PaidChannel, WorldSettings
from yunying.sim.traffic import advertise, hill
from yunying.sim.world import World

Flat = Callable[..., WorldSettings]

PAID = PaidChannel(
    campaign="C",
    daily_minor=10_000,
    budget_sigma=0.0,
    click_cost_minor=50,
    click_rate=0.02,
    adstock_rate=0.6,
    half_saturation_minor=10_000,
    slope=2.0,
    max_lift=0.5,
    claim_rate=0.1,
)


def with_ads(flat: Flat, paid: PaidChannel = PAID, **traffic: object) -> WorldSettings:
    channels = (Channel("organic", "自然", 100, None), Channel("ads", "广告", 0, paid))
    return flat(traffic={"channels": channels, **traffic})


def test_saturation_is_half_at_half_and_never_full() -> None:
    assert hill(10_000, PAID) == pytest.approx(0.5)
    assert hill(20_000, PAID) == pytest.approx(0.8)
    assert hill(0, PAID) == 0
    assert 0.999 < hill(10**7, PAID) < 1


def test_adstock_carries_a_steady_spend_to_itself_and_fades_by_its_rate(flat: Flat) -> None:
    settings = with_ads(flat).traffic
    steady = advertise(settings, Draws(1), 3, np.array([0, 10_000]), np.array([0.0, 10_000.0]))
    assert steady.adstock_minor.tolist() == [0.0, 10_000.0]
    stopped = advertise(settings, Draws(1), 4, np.array([0, 0]), steady.adstock_minor)
    assert stopped.adstock_minor[1] == pytest.approx(6_000)
    assert stopped.spend_minor[1] == stopped.clicks[1] == stopped.impressions[1] == 0


def test_advertising_adds_its_lift_to_demand_and_it_fades_after_the_end(flat: Flat) -> None:
    """The same future with and without a budget: half of max_lift while it runs, then the carry-over."""
    settings = with_ads(flat)
    world, twin = (
        World(settings, 4),
        World(replace(settings, traffic=with_ads(flat, replace(PAID, daily_minor=0)).traffic), 4),
    )
    stop = Command("set_budget", 1, {"channel": "ads", "campaign": "C", "daily_minor": 0})
    for day in range(40):
        world.advance(world.today, [stop] if day == 30 else [])
        twin.advance(twin.today)
    period = Period(settings.start_date, world.today)
    ratio = world.truth.units("demand", period).sum(axis=1) / twin.truth.units("demand", period).sum(axis=1)
    assert ratio[:30].mean() == pytest.approx(1.25, abs=0.01)
    assert ratio[30] == pytest.approx(1 + 0.5 * 0.36 / 1.36, abs=0.02)
    assert ratio[38:].mean() == pytest.approx(1.0, abs=0.005)
    assert world.truth.ad_lift(period)["ads"][:30] == pytest.approx(0.25)
    assert world.truth.profit(period).ads == {"ads": 300_000.0}


def test_a_channel_is_booked_what_it_caused_and_what_it_claims(flat: Flat) -> None:
    """lift 0.25 and a claim of 0.1 of the rest: (0.25 + 0.1) / 1.25 of the orders."""
    lines = World(with_ads(flat), 4).run(30)["order_line"]
    placed = lines.filter((pc.field("state") == "placed") & (pc.field("line") == "1"))
    share = pc.mean(pc.equal(placed.column("channel"), "ads").cast("float64")).as_py()
    assert share == pytest.approx(0.28, abs=0.012)
    campaigns = set(zip(placed.column("channel").to_pylist(), placed.column("campaign").to_pylist(), strict=True))
    assert campaigns == {("ads", "C"), ("organic", None)}


def test_spend_clicks_and_impressions_agree(flat: Flat) -> None:
    settings = with_ads(flat, replace(PAID, budget_sigma=0.4))
    world = World(replace(settings, catalogue=replace(settings.catalogue, products=1)), 4)
    rows = world.run(350)["ad_spend"]
    spend, clicks, shown = (np.array(rows.column(name)) for name in ("spend_minor", "clicks", "impressions"))
    assert clicks.sum() / spend.sum() == pytest.approx(1 / 50, rel=0.01)
    assert clicks.sum() / shown.sum() == pytest.approx(0.02, rel=0.01)
    weekly = np.log(spend[:350].reshape(50, 7))
    # The swing is one draw a week; the first days of the world's weeks are those of day 0.
    assert weekly.std(axis=1).max() < 1e-3
    assert weekly[:, 0].std() == pytest.approx(0.4, rel=0.25)


def test_all_events_make_the_conversion_of_the_settings(flat: Flat) -> None:
    settings = flat(traffic={"event_sample_rate": 1.0, "conversion_rate": 0.05}, demand={"dispersion": 1e4})
    facts = World(settings, 4).run(5)
    events = facts["event"]
    visits = events.filter(pc.field("type") == "visit")
    placed = facts["order_line"].filter(pc.field("state") == "placed")
    orders = set(placed.column("session").to_pylist())
    assert len(orders) / len(visits) == pytest.approx(0.05, rel=0.04)
    assert orders <= set(visits.column("session").to_pylist())
    views = events.filter(pc.field("type") == "view")
    assert len(views) / len(visits) == pytest.approx(2.6, rel=0.08)
    carted = events.filter(pc.field("type") == "cart").select(["session", "product"]).to_pylist()
    bought = placed.select(["session", "product"]).to_pylist()
    assert {(row["session"], row["product"]) for row in bought} <= {(row["session"], row["product"]) for row in carted}


def test_a_sample_keeps_its_share_of_the_visits_and_all_of_each(flat: Flat) -> None:
    whole, part = (World(flat(traffic={"event_sample_rate": rate}), 4).run(6)["event"] for rate in (1.0, 0.1))
    assert len(part) / len(whole) == pytest.approx(0.1, rel=0.08)
    kinds = [
        {row["values"]: row["counts"] / len(rows) for row in pc.value_counts(rows.column("type")).to_pylist()}
        for rows in (whole, part)
    ]
    assert all(kinds[0][name] == pytest.approx(kinds[1][name], abs=0.02) for name in ("visit", "view", "cart"))
    visited = set(part.filter(pc.field("type") == "visit").column("session").to_pylist())
    assert set(part.column("session").to_pylist()) == visited


def test_events_can_be_turned_off(flat: Flat) -> None:
    assert "event" not in World(flat(traffic={"event_sample_rate": 0.0}), 4).run(2)
