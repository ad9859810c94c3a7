"""Weaker evidence: published figures, placebos that cover, and refusals."""

import numpy as np
import pytest

from yunying.kernel.errors import InternalError
from yunying.kernel.results import NotMeasured
from yunying.methods.experiments.difference_in_differences import (
    Comparison,
    difference_in_differences,
    restlessness,
)
from yunying.methods.experiments.tests.prop99 import CALIFORNIA_START, california


@pytest.mark.data
def test_proposition_99_is_the_published_figure() -> None:
    panel, is_treated, _ = california()
    found = difference_in_differences(panel, is_treated, CALIFORNIA_START, rng=np.random.default_rng(0))
    assert isinstance(found, Comparison)
    assert found.effect == pytest.approx(-27.349, abs=5e-4)
    assert found.low < found.effect < found.high
    assert found.controls == 38


@pytest.mark.parametrize("treated", [1, 5])
def test_placebos_cover_where_the_treated_move_like_the_controls(treated: int) -> None:
    rng, covered = np.random.default_rng(1), []
    for seed in range(400):
        panel = rng.normal(0, 1, (60, 20)).cumsum(axis=1) + rng.normal(0, 10, (60, 1))
        panel[:treated, 12:] += 3.0
        found = difference_in_differences(
            panel, np.arange(60) < treated, 12, rng=np.random.default_rng(seed), placebos=400
        )
        assert isinstance(found, Comparison)
        covered.append(found.low <= 3.0 <= found.high)
    assert 0.92 <= np.mean(covered) <= 0.98


def test_a_level_of_their_own_and_a_movement_of_all_are_taken_out() -> None:
    panel = np.random.default_rng(2).normal(0, 1, (40, 10))
    moved = panel + np.linspace(0, 50, 40)[:, None] + np.linspace(0, 30, 10)
    is_treated = np.arange(40) % 10 == 0
    one, other = (
        difference_in_differences(each, is_treated, 6, rng=np.random.default_rng(0)) for each in (panel, moved)
    )
    assert isinstance(one, Comparison)
    assert isinstance(other, Comparison)
    assert (one.effect, one.low, one.high) == pytest.approx((other.effect, other.low, other.high))


def test_what_cannot_be_compared_is_not_measured() -> None:
    panel = np.random.default_rng(3).normal(size=(30, 6))
    for is_treated, values, why in (
        (np.zeros(30, bool), panel, "No unit"),
        (np.arange(30) < 12, panel, "18 controls"),
        (np.arange(30) < 11, panel, "at least 22"),
        (np.arange(30) < 2, np.where(panel > 2, np.nan, panel), "not finite"),
    ):
        found = difference_in_differences(values, is_treated, 3, rng=np.random.default_rng(0))
        assert isinstance(found, NotMeasured)
        assert why in found.reason


def test_a_start_outside_the_panel_is_a_bug() -> None:
    for start in (0, 6):
        with pytest.raises(InternalError):
            difference_in_differences(np.zeros((30, 6)), np.arange(30) < 2, start, rng=np.random.default_rng(0))


def sized_panel(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Eighty units over 56 days; ten of them are fifty times as large and as restless; nothing is done to any."""
    rng = np.random.default_rng(seed)
    size = np.where(np.arange(80) < 10, 50.0, 1.0)
    swing = 1.0 + 0.3 * rng.normal(size=(80, 2)).repeat(28, axis=1)
    return size[:, None] * (swing * 10 + rng.normal(0, 4, (80, 56))), np.arange(80)


def alarms(scaled: bool) -> float:
    """How often an effect is claimed on one large unit where there is none."""
    found = []
    for seed in range(120):
        panel, number = sized_panel(seed)
        scale = restlessness(panel, 28) if scaled else None
        told = difference_in_differences(panel, number == 3, 28, rng=np.random.default_rng(seed), unit_scale=scale)
        found.append(told.low > 0 or told.high < 0)
    return float(np.mean(found))


def test_a_large_unit_is_judged_by_its_own_restlessness() -> None:
    assert alarms(scaled=True) <= 0.08


def test_beside_small_units_a_large_one_would_seem_changed_without_its_scale() -> None:
    assert alarms(scaled=False) > 0.15


def test_a_scale_of_one_changes_nothing_and_zero_is_refused() -> None:
    panel, number = sized_panel(1)
    plain = difference_in_differences(panel, number < 3, 28, rng=np.random.default_rng(1))
    ones = difference_in_differences(panel, number < 3, 28, rng=np.random.default_rng(1), unit_scale=np.ones(80))
    assert plain == ones
    with pytest.raises(InternalError):
        difference_in_differences(panel, number < 3, 28, rng=np.random.default_rng(1), unit_scale=np.zeros(80))
