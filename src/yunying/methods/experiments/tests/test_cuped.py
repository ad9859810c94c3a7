"""The interval holds what it promises where Welch's does not, and refuses what it cannot judge."""

import numpy as np
import pytest

from yunying.kernel.errors import InternalError
from yunying.kernel.results import NotMeasured
from yunying.methods.experiments.cuped import adjusted_difference
from yunying.methods.experiments.difference import Difference, mean_difference, sample_of
from yunying.methods.experiments.estimate import Estimate
from yunying.methods.experiments.tests.skewed import KINDS, Draw, draws_of


def measured(draw: Draw, seed: int = 0, **options: float) -> Estimate:
    rng = np.random.default_rng(seed)
    found = adjusted_difference(draw.outcome, draw.before, draw.is_treated, rng=rng, **options)
    assert isinstance(found, Estimate)
    return found


@pytest.mark.parametrize(("rho", "simulated"), [(0.5, 0.7492), (0.7, 0.5084), (0.9, 0.1906)])
def test_a_covariate_leaves_one_minus_the_square_of_its_correlation(rho: float, simulated: float) -> None:
    rng = np.random.default_rng(5)
    before = rng.normal(size=100_000)
    outcome = rho * before + np.sqrt(1 - rho**2) * rng.normal(size=100_000)
    found = adjusted_difference(outcome, before, rng.random(100_000) < 0.5, rng=rng, draws=100)
    assert isinstance(found, Estimate)
    assert found.variance_ratio == pytest.approx(1 - rho**2, abs=0.006)
    assert found.variance_ratio == pytest.approx(simulated, abs=0.006)


@pytest.mark.parametrize("kind", KINDS)
def test_a_tenth_held_out_of_skewed_products_is_covered_where_welch_is_not(kind: str) -> None:
    draws = list(draws_of(kind, worlds=600, units=250, effect_rate=0.15, seed=11))
    found = [measured(draw, seed, draws=999) for seed, draw in enumerate(draws)]
    covered = np.mean([each.low <= draw.truth <= each.high for each, draw in zip(found, draws, strict=True)])
    assert 0.92 <= covered <= 0.985
    plain = [mean_difference(sample_of(d.outcome[d.is_treated]), sample_of(d.outcome[~d.is_treated])) for d in draws]
    hits = [isinstance(p, Difference) and p.low <= d.truth <= p.high for p, d in zip(plain, draws, strict=True)]
    assert np.mean(hits) < 0.92


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("units", [120, 400])
def test_no_effect_is_credited_in_at_most_one_of_forty_and_a_bit(kind: str, units: int) -> None:
    draws = list(draws_of(kind, worlds=400, units=units, effect_rate=0.0, seed=12))
    found = [
        adjusted_difference(d.outcome, d.before, d.is_treated, rng=np.random.default_rng(seed), draws=799)
        for seed, d in enumerate(draws)
    ]
    credited = [isinstance(each, Estimate) and each.low > 0 for each in found]
    assert np.mean(credited) <= 0.045  # 2.5 % and 2.5 standard errors


def test_the_point_is_least_squares_with_one_slope_and_the_error_is_hc2() -> None:
    draw = next(draws_of("seller", worlds=1, units=200, effect_rate=0.3, seed=3))
    found = measured(draw)
    design = np.column_stack([draw.is_treated, np.ones(200), draw.before]).astype(float)
    slopes, *_ = np.linalg.lstsq(design, draw.outcome, rcond=None)
    hat = design @ np.linalg.inv(design.T @ design) @ design.T
    residual = draw.outcome - design @ slopes
    bread = np.linalg.inv(design.T @ design) @ design.T
    meat = np.diag(residual**2 / (1 - np.diag(hat)))
    assert found.effect == pytest.approx(slopes[0])
    assert found.standard_error == pytest.approx(np.sqrt((bread @ meat @ bread.T)[0, 0]))
    weights = np.diag(bread[0] / np.sqrt(1 - np.diag(hat)))
    moved = (np.eye(200) - hat) @ weights @ weights @ (np.eye(200) - hat)
    assert found.degrees == pytest.approx(np.trace(moved) ** 2 / np.trace(moved @ moved))


def test_the_p_value_and_the_interval_agree() -> None:
    for seed, draw in enumerate(draws_of("seller", worlds=60, units=250, effect_rate=0.3, seed=4)):
        found = measured(draw, seed, draws=999)
        assert (found.p_value <= 0.05) == (found.low > 0 or found.high < 0)


def test_money_times_a_hundred_changes_only_money_and_a_shift_of_all_nothing() -> None:
    draw = next(draws_of("pareto", worlds=1, units=200, effect_rate=0.3, seed=5))
    first = measured(draw)
    for scale, shift in ((100.0, 0.0), (1.0, 1000.0)):
        other = measured(Draw(draw.outcome * scale + shift, draw.before * scale + shift, draw.is_treated, 0.0))
        for name in ("effect", "low", "high", "standard_error"):
            assert getattr(other, name) == pytest.approx(getattr(first, name) * scale, rel=1e-6)
        assert (other.p_value, other.treated, other.control) == (first.p_value, first.treated, first.control)


def test_covariates_that_repeat_or_never_change_add_nothing() -> None:
    draw = next(draws_of("seller", worlds=1, units=200, effect_rate=0.3, seed=6))
    more = np.column_stack([draw.before, 7 * draw.before - 2, np.full(200, 5.0), np.zeros(200)])
    found = measured(Draw(draw.outcome, more, draw.is_treated, 0.0))
    assert found.high == pytest.approx(measured(draw).high, rel=1e-6)
    assert found.low == pytest.approx(measured(draw).low, rel=1e-6)


def test_what_cannot_be_measured_says_why() -> None:
    draw = next(draws_of("seller", worlds=1, units=100, effect_rate=0.0, seed=7))
    few, holed = np.arange(100) >= 7, draw.before.copy()
    holed[3] = np.nan
    half = np.arange(100) % 2 == 0
    noise = np.random.default_rng(1).normal(size=(100, 95))
    for outcome, before, arms, why in (
        (draw.outcome, draw.before, few, "7 held-out units; at least 8"),
        (draw.outcome, draw.before, ~few, "7 treated units"),
        (draw.outcome, holed, half, "not finite"),
        (np.full(100, 3.0), draw.before, half, "does not vary"),
        (2 * draw.before, draw.before, half, "does not vary"),
        (draw.outcome, half.astype(float), half, "nothing is left"),
        (draw.outcome, noise, half, "too many"),
    ):
        found = adjusted_difference(outcome, before, arms, rng=np.random.default_rng(0))
        assert isinstance(found, NotMeasured)
        assert why in found.reason


def test_shapes_that_disagree_are_a_bug() -> None:
    for before, arms in ((np.zeros(9), np.zeros(10, bool)), (np.zeros(10), np.zeros(9, bool))):
        with pytest.raises(InternalError):
            adjusted_difference(np.zeros(10), before, arms, rng=np.random.default_rng(0))
