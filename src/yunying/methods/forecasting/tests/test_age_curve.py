"""Products that climb, fade and end: what is forecast of them follows their age, and fading is no event."""

from dataclasses import replace

import numpy as np
import pytest

from yunying.methods.forecasting.age_curve import AGE_EDGES_DAYS, SPAN_EDGES_DAYS, AgeCurveSums, age_class
from yunying.methods.forecasting.demand import demand_fit, demand_forecast
from yunying.methods.forecasting.history import DemandHistory
from yunying.methods.forecasting.tests.conftest import Make, counts

DAYS, AHEAD = 480, 35


def fashion(make: Make, seed: int) -> tuple[DemandHistory, np.ndarray]:
    """Lives of about 130 days that climb within ten and fade over fifty; the past, and the truth of the days after."""
    rng = np.random.default_rng(seed)
    n = 600
    launch = rng.integers(-120, DAYS, n)
    end = launch + rng.gamma(12, 130 / 12, n)
    day = np.arange(DAYS + AHEAD)
    age, left = day - launch[:, None], end[:, None] - day
    life = (1 - np.exp(-(np.maximum(age, 0) + 1) / 10)) * np.exp(np.minimum(0.0, left / 25 - 2))
    mean = rng.lognormal(0.5, 0.8, n)[:, None] * life * ((age >= 0) & (left > 0))
    known = (age >= 0)[:, :DAYS]
    # Its rest stays on the shelf for a month and a half after a product's end.
    known &= left[:, :DAYS] > -45
    units = counts(mean[:, :DAYS], 1.5, rng) * known
    history = make(units, exposure=known.astype(float))
    return replace(history, is_on_sale=left[:, DAYS] > 0), mean[:, DAYS:]


def test_forecasts_follow_age() -> None:
    sums = AgeCurveSums()
    which = age_class(np.array([3, 100]), np.array([False, False]))
    # Seen often, so that belief weighs nothing: the young sell twice what their level says, the old half.
    for _ in range(5000):
        sums.add(which, np.full((2, 20), 10.0), np.array([[20.0], [5.0]]) * np.ones((2, 20)))
    ahead = sums.curve().ahead(np.array([0, 110, 110]), np.array([False, False, True]), 20)
    assert ahead[0] == pytest.approx(2.0, rel=0.01)
    assert ahead[1] == pytest.approx(0.5, rel=0.01)
    assert (ahead[2] == 1.0).all()
    assert len(sums.curve().factors) == len(AGE_EDGES_DAYS) + 1
    assert len(sums.curve().factors[0]) == len(SPAN_EDGES_DAYS)


def test_a_store_of_short_lives_is_forecast_without_excess(make: Make) -> None:
    biases, errors = [], []
    for seed in (1, 2, 3):
        history, real = fashion(make, seed)
        for known in (history, replace(history, is_on_sale=None)):
            model = demand_fit(known, ())
            mean = demand_forecast(model, known, AHEAD).mean * model.law(AHEAD).bias
            old = np.asarray(history.is_on_sale) & ((history.exposure > 0).sum(axis=1) > 50)
            biases.append(mean[old, 14:].sum() / real[old, 14:].sum())
            errors.append(np.abs(mean[old].sum(axis=1) - real[old].sum(axis=1)).mean())
    with_age, without = np.array(biases).reshape(3, 2).mean(axis=0)
    assert with_age == pytest.approx(1.0, abs=0.15)
    # Without ages the fading is not seen.
    assert without > 1.25
    assert np.mean(errors[::2]) < 0.9 * np.mean(errors[1::2])


def test_the_first_weeks_of_a_fading_assortment_are_no_event(make: Make) -> None:
    history, _ = fashion(make, 4)
    # An event without any effect, in the first weeks, when what is now gone still sold well.
    model = demand_fit(history, ("double_11", "new_year", "new_year_goods", "spring_festival", "lantern"))
    assert model.factors.event_phases == pytest.approx(np.ones(len(model.factors.event_phases)), abs=0.35)
