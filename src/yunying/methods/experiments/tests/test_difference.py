"""Published figures to the printed digits, and figures that do not cancel."""

import numpy as np
import pytest

from yunying.kernel.results import NotMeasured
from yunying.methods.experiments.difference import (
    Difference,
    Sample,
    mean_difference,
    proportion,
    relative_lift,
    sample_of,
)

CONTROL = Sample(3407, 1396.87 / 3407, 52377.9767 - 1396.87**2 / 3407)
TREATED = Sample(3461, 2422.7 / 3461, 134698.29 - 2422.7**2 / 3461)


def digits(found: Difference | NotMeasured) -> tuple[float, ...]:
    assert isinstance(found, Difference)
    return tuple(round(each, 5) for each in (found.effect, found.standard_error, found.low, found.high, found.p_value))


def test_the_absolute_difference_is_the_published_one() -> None:
    assert digits(mean_difference(TREATED, CONTROL)) == (0.29, 0.12478, 0.04538, 0.53462, 0.02016)


def test_the_relative_lift_is_the_published_one_and_not_the_one_that_forgets_the_controls_noise() -> None:
    assert digits(relative_lift(TREATED, CONTROL)) == (0.70732, 0.37879, -0.03526, 1.44989, 0.06191)


def test_the_lift_of_proportions_is_the_published_one() -> None:
    found = digits(relative_lift(proportion(16, 30), proportion(14, 28)))
    assert found == (0.06667, 0.2717, -0.47767, 0.61101, 0.80707)


def test_cookie_cats_retention_is_the_published_one() -> None:
    for rates, effect, p_value in (
        ((0.190201, 0.182000), -0.008201, 0.00156),
        ((0.448188, 0.442283), -0.005905, 0.0744),
    ):
        gate_30, gate_40 = (proportion(round(r * n), n) for r, n in zip(rates, (44_700, 45_489), strict=True))
        found = mean_difference(gate_40, gate_30)
        assert isinstance(found, Difference)
        assert found.effect == pytest.approx(effect, abs=1e-6)
        assert found.p_value == pytest.approx(p_value, abs=6e-5 if p_value > 0.01 else 6e-6)
        if p_value < 0.01:
            assert found.effect / found.standard_error == pytest.approx(-3.164, abs=5e-4)


def test_nothing_cancels_far_from_zero() -> None:
    values = np.random.default_rng(1).normal(size=1000)
    near, far = sample_of(values), sample_of(values + 1e9)
    assert far.variance == pytest.approx(near.variance, rel=1e-6)
    assert near.variance == pytest.approx(values.var(ddof=1))
    naive = ((values + 1e9) ** 2).sum() - 1000 * (values + 1e9).mean() ** 2
    assert naive / 999 != pytest.approx(near.variance, rel=0.5)  # what this module does not do


def test_parts_of_a_sample_join_to_the_whole() -> None:
    values = np.random.default_rng(2).lognormal(size=500)
    joined = Sample(0, 0.0, 0.0)
    for part in np.split(values, [0, 3, 200]):
        joined = joined.joined(sample_of(part))
    assert joined.count == 500
    assert joined.mean == pytest.approx(values.mean())
    assert joined.variance == pytest.approx(values.var(ddof=1))


def test_the_lifts_interval_covers_what_it_promises() -> None:
    rng = np.random.default_rng(3)
    hits = []
    for _ in range(2000):
        control, treated = rng.normal(1, 1, 200), rng.normal(1.2, 1, 200)
        found = relative_lift(sample_of(treated), sample_of(control))
        assert isinstance(found, Difference)
        hits.append(found.low <= 0.2 <= found.high)
    assert 0.935 < np.mean(hits) < 0.965


@pytest.mark.parametrize(
    ("treated", "control"),
    [
        (sample_of([1.0]), sample_of([1.0, 2.0])),
        (sample_of([1.0, 2.0]), sample_of([])),
        (sample_of([1.0, 1.0]), sample_of([2.0, 2.0])),
        (sample_of([1.0, float("inf")]), sample_of([2.0, 3.0])),
    ],
)
def test_what_cannot_be_compared_is_not_measured(treated: Sample, control: Sample) -> None:
    assert isinstance(mean_difference(treated, control), NotMeasured)
    assert isinstance(relative_lift(treated, control), NotMeasured)


def test_a_lift_over_nearly_nothing_is_not_measured() -> None:
    assert isinstance(relative_lift(sample_of([1.0, 2.0, 3.0]), sample_of([-1.0, 0.0, 1.1])), NotMeasured)
