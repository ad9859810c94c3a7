"""Looking every day does not raise false alarms, and the interval that may be looked at once does raise them."""

import numpy as np
import pytest

from yunying.kernel.errors import InternalError
from yunying.kernel.results import NotMeasured
from yunying.methods.experiments.always_valid import (
    Looks,
    always_valid_difference,
    always_valid_looks,
    sequence_half_width,
    sequence_rho,
)
from yunying.methods.experiments.cuped import adjusted_difference
from yunying.methods.experiments.estimate import Estimate
from yunying.methods.experiments.reassignment import orthonormal, redraws

DAYS = 49


def test_the_sequence_is_the_published_one() -> None:
    assert sequence_rho() == pytest.approx(0.0398401, abs=5e-8)
    for count, width in (
        (100, 0.669439),
        (1000, 0.106375),
        (5000, 0.0429243),
        (10_000, 0.0306148),
        (100_000, 0.0105521),
    ):
        assert sequence_half_width(count, 1.0) == pytest.approx(width, rel=5e-6)
        assert sequence_half_width(count, 3.0) == pytest.approx(3 * width, rel=5e-6)


def test_forty_nine_peeks_at_a_fixed_interval_alarm_in_a_third_and_at_the_sequence_hardly_ever() -> None:
    values = np.random.default_rng(1).normal(size=(2000, 49, 100)).sum(axis=2).cumsum(axis=1)
    counts = np.arange(1, 50) * 100
    means = np.abs(values / counts)
    fixed = (means > 1.96 / np.sqrt(counts)).any(axis=1).mean()
    sequence = (means > [sequence_half_width(int(count), 1.0) for count in counts]).any(axis=1).mean()
    assert 0.29 < fixed < 0.37
    assert sequence < 0.03


def lived(rng: np.random.Generator, days: int = DAYS, units: int = 300) -> tuple[np.ndarray, np.ndarray]:
    """Profit before and by day: skewed products, each on a slow swing of its own (0.9 from day to day)."""
    level, swing = rng.lognormal(3, 1.3, units), np.zeros((units, days + 56))
    swing[:, 0] = rng.normal(size=units)
    for day in range(1, days + 56):
        swing[:, day] = 0.9 * swing[:, day - 1] + np.sqrt(1 - 0.81) * rng.normal(size=units)
    profit = 10.0 * rng.poisson(level[:, None] * np.exp(0.5 * swing) / 10) - 0.2 * level[:, None]
    return profit[:, :56].sum(axis=1), profit[:, 56:]


def test_forty_nine_daily_looks_raise_at_most_one_false_alarm_in_twenty_and_plain_looks_many() -> None:
    rng, alarms, plain = np.random.default_rng(7), [], []
    for _ in range(200):
        before, daily = lived(rng)
        is_treated = rng.random(300) >= 0.1
        found = always_valid_looks(daily, before, is_treated, rng=rng, planned_days=DAYS, draws=800)
        assert isinstance(found, Looks)
        alarms.append(bool(((found.low > 0) | (found.high < 0)).any()))
        once = redraws(daily.cumsum(axis=1), orthonormal(before[:, None]), is_treated, 800, rng)
        lower, upper = once.thresholds()
        plain.append(bool(((lower[19] > 0) | (upper[-20] < 0)).any()))
    assert np.mean(alarms) <= 0.075  # 5 % and 1.6 standard errors
    assert np.mean(plain) > 0.10


def test_an_effect_is_seen_before_the_window_ends_and_its_path_is_covered() -> None:
    rng, covered, early = np.random.default_rng(8), [], []
    for _ in range(100):
        before, daily = lived(rng)
        is_treated = rng.random(300) >= 0.1
        gain = 40.0
        found = always_valid_looks(
            daily + gain * is_treated[:, None], before, is_treated, rng=rng, planned_days=DAYS, draws=800
        )
        assert isinstance(found, Looks)
        truth = gain * np.arange(1, DAYS + 1)
        covered.append(bool(((found.low <= truth) & (truth <= found.high)).all()))
        early.append(bool((found.low[:30] > 0).any()))
    assert np.mean(covered) >= 0.90
    assert np.mean(early) > 0.8


def test_what_comes_after_a_look_does_not_change_it() -> None:
    before, daily = lived(np.random.default_rng(9))
    is_treated = np.random.default_rng(10).random(300) >= 0.1
    whole, part = (
        always_valid_looks(each, before, is_treated, rng=np.random.default_rng(3), planned_days=DAYS)
        for each in (daily, daily[:, :20])
    )
    assert isinstance(whole, Looks)
    assert isinstance(part, Looks)
    assert whole.low[:20] == pytest.approx(part.low)
    assert whole.high[:20] == pytest.approx(part.high)


def test_the_interval_of_every_look_is_wider_than_that_of_one_look_but_bounded() -> None:
    before, daily = lived(np.random.default_rng(11))
    is_treated = np.random.default_rng(12).random(300) >= 0.1
    rng = np.random.default_rng(13)
    looks = always_valid_difference(daily, before, is_treated, rng=rng, planned_days=DAYS)
    once = adjusted_difference(daily.sum(axis=1), before, is_treated, rng=rng)
    assert isinstance(looks, Estimate)
    assert isinstance(once, Estimate)
    assert looks.effect == pytest.approx(once.effect)
    assert 1.0 <= (looks.high - looks.low) / (once.high - once.low) < 2.0


def test_too_few_units_and_bad_shapes_are_refused() -> None:
    before, daily = lived(np.random.default_rng(14), units=30)
    few = np.arange(30) >= 3
    rng = np.random.default_rng(0)
    assert isinstance(always_valid_looks(daily, before, few, rng=rng, planned_days=DAYS), NotMeasured)
    assert isinstance(always_valid_difference(daily, before, few, rng=rng, planned_days=DAYS), NotMeasured)
    with pytest.raises(InternalError):
        always_valid_looks(daily[:, 0], before, few, rng=rng, planned_days=DAYS)
    with pytest.raises(InternalError):
        sequence_half_width(0, 1.0)
