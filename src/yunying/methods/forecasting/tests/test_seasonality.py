"""Seasons and events are recovered where they are in the data, and not invented where they are not."""

import numpy as np
import pytest

from yunying.methods.forecasting.seasonality import (
    HARMONICS,
    event_factors,
    week_factors,
    year_coefficients,
    year_design,
)

WEEK = np.array([0.8, 0.8, 0.9, 1.0, 1.1, 1.3, 1.1])
NONE = np.zeros(2 * HARMONICS)
YEAR = np.array([0.3, -0.1, 0.2, 0.05])


def weeks(count: int, coefficients: np.ndarray, trend_per_year: float = 0.0, noise: float = 0.0) -> tuple:
    """Weekly means over ``count`` weeks with a known season and trend, and the middle day of each week."""
    number = 738_000 + 7.0 * np.arange(count)
    log = year_design(number) @ coefficients + trend_per_year * (number - number[0]) / 365.25
    log = log + noise * np.random.default_rng(1).normal(size=count)
    return np.exp(log) * 40, number


def test_week_factors_are_recovered_from_noisy_days() -> None:
    rng = np.random.default_rng(1)
    day = np.arange(7 * 104)
    found = week_factors(rng.poisson(200 * WEEK[day % 7]) / 200.0, day % 7)
    assert found.mean() == pytest.approx(1.0)
    assert found == pytest.approx(WEEK, abs=0.03)


def test_a_few_weeks_are_shrunk_towards_no_season_by_their_weight() -> None:
    day = np.arange(14)
    found = week_factors(np.where(day % 7 == 6, 8.0, 1.0), day % 7, weight_weeks=4.0)
    # Two weeks of a Sunday of 4 times the mean, four weeks of belief in 1.
    assert found[6] == pytest.approx((2 * 4 + 4) / 6)
    assert found.mean() == pytest.approx(1.0)


def test_days_that_are_not_known_do_not_weigh() -> None:
    day = np.arange(700)
    daily = WEEK[day % 7].copy()
    holes = np.random.default_rng(2).random(700) < 0.3
    daily[holes] = np.nan
    # Two thirds of a hundred weeks against four of belief.
    assert week_factors(daily, day % 7) == pytest.approx(WEEK, abs=0.03)


@pytest.mark.parametrize("daily", [np.zeros(21), np.full(21, np.nan), np.zeros(0)])
def test_without_sales_no_day_of_the_week_is_special(daily: np.ndarray) -> None:
    assert week_factors(daily, np.arange(len(daily)) % 7).tolist() == [1.0] * 7


@pytest.mark.parametrize("trend", [0.0, 0.5, -0.5])
def test_the_season_of_the_year_is_recovered_beside_a_trend(trend: float) -> None:
    weekly, number = weeks(156, YEAR, trend, noise=0.05)
    found = year_coefficients(weekly, number, np.ones(156), NONE, ridge=1.0)
    assert found == pytest.approx(YEAR, abs=0.03)


def test_growth_without_a_season_is_not_taken_for_one() -> None:
    weekly, number = weeks(130, NONE, trend_per_year=1.0, noise=0.05)
    assert np.abs(year_coefficients(weekly, number, np.ones(130), NONE)).max() < 0.03


@pytest.mark.parametrize("count", [1, 20, 57])
def test_less_than_400_days_give_back_what_was_believed(count: int) -> None:
    weekly, number = weeks(count, YEAR * 3, noise=0.2)
    assert np.array_equal(year_coefficients(weekly, number, np.ones(count), YEAR), YEAR)


def test_weeks_without_weight_are_not_looked_at() -> None:
    weekly, number = weeks(156, YEAR)
    weight = np.ones(156)
    weight[::5] = 0.0
    weekly[::5] = 1e-9
    assert year_coefficients(weekly, number, weight, NONE, ridge=1.0) == pytest.approx(YEAR, abs=0.03)
    assert np.array_equal(year_coefficients(weekly, number, np.zeros(156), YEAR), YEAR)


def test_a_strong_belief_outweighs_a_weak_season() -> None:
    weekly, number = weeks(60, YEAR)
    loose, tight = (year_coefficients(weekly, number, np.ones(60), NONE, ridge=ridge) for ridge in (0.5, 500.0))
    assert np.abs(tight).max() < 0.2 * np.abs(loose).max()


def test_the_peak_of_an_event_is_recovered_and_an_event_that_never_was_is_1() -> None:
    rng = np.random.default_rng(3)
    phases = np.zeros((730, 3), dtype=bool)
    phases[[200, 565], 0] = True
    phases[190:200, 1] = phases[555:565, 1] = True
    truth = np.where(phases[:, 0], 6.0, 1.0) * np.where(phases[:, 1], 1.5, 1.0)
    daily = rng.poisson(400 * truth) / 400.0
    found = event_factors(daily, phases, np.array([0.1, 0.1, 3.0]))
    assert found[0] == pytest.approx(6.0, rel=0.08)
    assert found[1] == pytest.approx(1.5, rel=0.05)
    assert found[2] == 1.0


def test_overlapping_events_are_told_apart() -> None:
    phases = np.zeros((365, 2), dtype=bool)
    phases[100:120, 0] = phases[110:130, 1] = True
    daily = np.where(phases[:, 0], 2.0, 1.0) * np.where(phases[:, 1], 3.0, 1.0)
    found = event_factors(daily, phases, np.array([0.01, 0.01]))
    assert found == pytest.approx([2.0, 3.0], rel=0.1)


def test_one_wild_day_is_held_back_by_belief_and_by_the_bounds() -> None:
    phases = np.zeros((100, 1), dtype=bool)
    phases[50] = True
    daily = np.ones(100)
    daily[50] = 9.0
    assert event_factors(daily, phases, np.array([3.0]))[0] == pytest.approx((9 + 3) / 4)
    daily[50] = 1e6
    assert event_factors(daily, phases, np.array([0.0]))[0] == 20.0
    daily[50] = 0.0
    assert event_factors(daily, phases, np.array([0.0]))[0] == 0.2


def test_an_event_on_every_day_has_nothing_to_be_compared_with() -> None:
    assert event_factors(np.ones(30), np.ones((30, 1), dtype=bool), np.array([1.0])).tolist() == [1.0]
    assert event_factors(np.zeros(0), np.zeros((0, 2), dtype=bool), np.ones(2)).tolist() == [1.0, 1.0]
