"""Rolling origins choose the memory that forecasts best, and nobody looks ahead."""

import numpy as np
import pytest

from yunying.methods.forecasting.backtest import (
    LEAST_HISTORY_DAYS,
    UNTESTED,
    laws_measured,
    memories_chosen,
    rolling_origins,
)
from yunying.methods.forecasting.memory import LevelTracks
from yunying.methods.forecasting.tests.conftest import counts

FAST = 3  # the class of products that sell most


def tracks_of(mean: np.ndarray, seed: int = 1) -> LevelTracks:
    units = counts(mean, 1.0, np.random.default_rng(seed))
    return LevelTracks(units, np.ones_like(units), rolling_origins(units.shape[1]), np.zeros(len(units), np.int64))


@pytest.mark.parametrize("days", [0, 10, 56, 62, 63, 100, 365, 2000])
def test_origins_leave_days_to_learn_from_and_a_week_to_be_judged_by(days: int) -> None:
    found = rolling_origins(days)
    assert (np.diff(found) == 14).all()
    assert bool(len(found)) == (days >= LEAST_HISTORY_DAYS + 7)
    if len(found):
        assert found[0] >= LEAST_HISTORY_DAYS
        assert found[-1] <= days - 7
        assert days - found[-1] < 7 + 14


def test_steady_products_get_a_long_memory_and_restless_ones_a_short_one() -> None:
    steady = np.full((60, 400), 5.0)
    walk = np.cumsum(np.random.default_rng(2).normal(0, 0.08, size=(60, 400)), axis=1)
    restless = 20 * np.exp(walk - walk[:, [-1]])
    fast = np.full(60, FAST)
    long, short = (memories_chosen(tracks_of(mean), fast)[FAST] for mean in (steady, restless))
    assert long.half_life_days >= 56
    assert short.half_life_days <= 28
    assert not long.has_growth


def test_growing_products_are_carried_on() -> None:
    growing = np.tile(4.0 * np.exp(0.008 * np.arange(400)), (60, 1))
    assert memories_chosen(tracks_of(growing), np.full(60, FAST))[FAST].has_growth


def test_a_class_without_products_and_a_short_history_get_the_untested_memory() -> None:
    assert memories_chosen(tracks_of(np.full((5, 30), 2.0)), np.full(5, FAST)) == (UNTESTED,) * 4
    assert memories_chosen(tracks_of(np.full((5, 200), 2.0)), np.full(5, FAST))[:FAST] == (UNTESTED,) * FAST


def test_what_comes_after_an_origin_does_not_change_the_level_before_it() -> None:
    units = counts(np.full((20, 200), 3.0), 1.0, np.random.default_rng(3))
    origins, group = np.array([100, 200]), np.zeros(20, np.int64)
    later = units.copy()
    later[:, 100:] *= 10
    memory = UNTESTED
    first, second = (LevelTracks(each, np.ones_like(each), origins, group).under(memory)[0] for each in (units, later))
    assert np.array_equal(first[:, 0], second[:, 0])
    assert (second[:, 1] > 3 * first[:, 1]).all()


def test_the_laws_of_a_poisson_store_say_poisson() -> None:
    tracks = tracks_of(np.random.default_rng(4).lognormal(1.5, 0.7, (300, 1)) * np.ones((300, 400)))
    volume = np.full(300, FAST)
    for law in laws_measured(tracks, volume, memories_chosen(tracks, volume)):
        assert law.bias == pytest.approx(1.0, abs=0.03)
        assert law.alpha < 1.4
        assert law.beta < 0.02


def test_products_that_sell_out_half_way_do_not_make_the_forecast_look_too_high() -> None:
    """A shelf that is filled each four weeks with three quarters of what is wanted is mostly empty before."""
    rng = np.random.default_rng(5)
    rate, days = 3.0, 400
    wanted = counts(np.full((400, days), rate), 8.0, rng)
    shelf = np.zeros(len(wanted))
    units, exposure = np.zeros_like(wanted), np.zeros_like(wanted)
    for day in range(days):
        if day % 28 == 0:
            shelf[:] = 0.75 * rate * 28
        units[:, day] = np.minimum(wanted[:, day], shelf)
        # The share of the day until the last unit went.
        exposure[:, day] = np.where(wanted[:, day] > shelf, shelf / np.maximum(wanted[:, day], 1.0), 1.0)
        shelf -= units[:, day]
    origins = np.arange(224, days - 28, 28)
    tracks = LevelTracks(units, exposure, origins, np.zeros(len(units), np.int64))
    volume = np.full(len(units), FAST)
    law = next(
        each for each in laws_measured(tracks, volume, memories_chosen(tracks, volume)) if each.horizon_days == 28
    )
    assert law.bias == pytest.approx(1.0, abs=0.02)
    # The control: of those alone that had stock on four days of five, less was wanted on a day than usual.
    could = np.array([exposure[:, at : at + 28].sum(axis=1) for at in origins])
    sold = np.array([units[:, at : at + 28].sum(axis=1) for at in origins])
    lasted = could >= 0.8 * 28
    assert 0.2 < lasted.mean() < 0.7
    assert sold[lasted].sum() < 0.95 * rate * could[lasted].sum()
