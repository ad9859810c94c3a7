"""The weekly forecast sees no future, learns what series share, and knows who strays more than others."""

import numpy as np
import pytest

from yunying.kernel.errors import InternalError
from yunying.methods.forecasting.series_spread import CountSpread, relative_variance, weekly_count_scenarios
from yunying.methods.forecasting.weekly_boost import WeeklyBoost, weekly_boost_fit, weekly_boost_forecast
from yunying.methods.forecasting.weekly_features import weekly_features
from yunying.methods.forecasting.weekly_history import WeeklyHistory
from yunying.methods.forecasting.weekly_level import week_index, weekly_level, weekly_level_forecast

WEEKS, AHEAD = 130, 3


def history_of(units: np.ndarray, in_stock: np.ndarray | None = None, ahead: int = AHEAD) -> WeeklyHistory:
    n, t = units.shape
    pools = np.column_stack([np.arange(n) % 4, np.arange(n) // 4])
    return WeeklyHistory(
        units=units,
        in_stock=np.ones((n, t), dtype=bool) if in_stock is None else in_stock,
        week_of_year=np.arange(t + ahead) % 52 + 1,
        pools=pools,
        codes=pools[:, :1].astype(float),
    )


def seasonal(n: int = 40, weeks: int = WEEKS + AHEAD, seed: int = 1) -> np.ndarray:
    """Half of the pools have their peak in summer, half in winter, which one index for all cannot say."""
    rng = np.random.default_rng(seed)
    season = 1 + 0.7 * np.sin(2 * np.pi * (np.arange(weeks)[None] / 52 + (np.arange(n) % 2)[:, None] / 2))
    return rng.poisson(rng.lognormal(1.5, 0.7, n)[:, None] * season).astype(float)


def test_the_index_finds_the_season_and_stays_at_one_without_any() -> None:
    season = 1 + 0.5 * np.sin(2 * np.pi * np.arange(WEEKS) / 52)
    found = week_index(history_of(np.tile(20 * season, (5, 1))))
    assert found[np.arange(WEEKS) % 52 + 1][26:78] == pytest.approx(season[26:78], abs=0.2)
    flat = week_index(history_of(np.full((5, WEEKS), 3.0)))
    assert flat[1:53] == pytest.approx(np.ones(52))


def test_weeks_without_stock_do_not_lower_the_level() -> None:
    units, in_stock = np.full((2, WEEKS), 6.0), np.ones((2, WEEKS), dtype=bool)
    in_stock[0, -6:] = False
    units[0, -6:] = 0.0
    history = history_of(units, in_stock)
    assert weekly_level(history, np.ones(54)) == pytest.approx([6.0, 6.0], rel=0.03)


def test_features_know_nothing_of_later_weeks() -> None:
    units = seasonal()
    changed = units.copy()
    changed[:, 100:] = 99.0
    first, second = (weekly_features(history_of(each[:, :WEEKS]).before(100), AHEAD) for each in (units, changed))
    assert np.array_equal(first.columns, second.columns, equal_nan=True)
    assert np.array_equal(first.start, second.start)


def test_trees_learn_the_seasons_of_pools_and_say_the_same_twice() -> None:
    units = seasonal()
    history, truth = history_of(units[:, :WEEKS]), units[:, WEEKS:]
    model = weekly_boost_fit(history, AHEAD, seed=3, repeats=1)
    boosted, plain = weekly_boost_forecast(model, history), weekly_level_forecast(history, AHEAD)
    assert np.abs(boosted - truth).mean() < np.abs(plain - truth).mean()
    assert (boosted > 0).all()
    assert weekly_boost_fit(history, AHEAD, seed=3, repeats=1) == model


def test_a_short_history_keeps_the_plain_forecast() -> None:
    history = history_of(seasonal(weeks=60))
    model = weekly_boost_fit(history, AHEAD, seed=1)
    assert model == WeeklyBoost((), AHEAD)
    assert weekly_boost_forecast(model, history) == pytest.approx(
        np.maximum(weekly_level_forecast(history, AHEAD), 0.02)
    )


def test_a_bulk_buyer_strays_more_than_a_crowd_of_the_same_mean() -> None:
    rng = np.random.default_rng(2)
    crowd = rng.poisson(10, size=(20, 120)).astype(float)
    crowd[0] = 50.0 * (rng.random(120) < 0.2)
    found = relative_variance(history_of(crowd), AHEAD, range(60, 117))
    assert found[0] > 2 * found[1:].max()
    assert found[1:].mean() < 1


def test_scenarios_have_the_mean_and_variance_of_their_law_and_share_the_level_over_the_weeks() -> None:
    beta = np.array([0.2, 0.0])
    found = weekly_count_scenarios(np.full((2, 3), 30.0), CountSpread(1.5, beta), 40_000, np.random.default_rng(1))
    assert found.mean(axis=1) == pytest.approx(np.full((2, 3), 30.0), rel=0.02)
    assert found[0].var(axis=0) == pytest.approx(np.full(3, 45 + 180.0), rel=0.05)
    assert found[1].var(axis=0) == pytest.approx(np.full(3, 45.0), rel=0.05)
    assert np.corrcoef(found[0].T)[0, 2] == pytest.approx(180 / 225, abs=0.02)


@pytest.mark.parametrize("weeks", [1, 60, WEEKS])
def test_series_that_never_sold_have_a_small_forecast_and_no_error(weeks: int) -> None:
    history = history_of(np.zeros((4, weeks)))
    found = weekly_boost_forecast(weekly_boost_fit(history, AHEAD, seed=1, repeats=1), history)
    assert found.shape == (4, AHEAD)
    assert (found < 1).all()
    assert (relative_variance(history, AHEAD, range(0)) == 1).all()


def test_a_history_that_cannot_be_is_refused() -> None:
    good = seasonal(4, 60)
    for bad in (good * np.nan, good - 100):
        with pytest.raises(InternalError, match="finite"):
            history_of(bad)
    with pytest.raises(InternalError, match="shape"):
        history_of(good, np.ones((4, 3), dtype=bool))
    with pytest.raises(InternalError, match="beyond"):
        history_of(good, ahead=0)
