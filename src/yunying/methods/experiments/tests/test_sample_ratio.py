"""The gate's figures are the published ones, and sound draws pass it."""

import numpy as np
import pytest

from yunying.kernel.errors import InternalError
from yunying.methods.experiments.sample_ratio import sample_ratio


def test_the_published_mismatch_is_found() -> None:
    found = sample_ratio(821_588, 815_482, control_rate=0.5)
    assert found.chi_square == pytest.approx(22.7744, abs=5e-5)
    assert found.p_value == pytest.approx(1.8218e-6, abs=5e-11)
    assert not found.is_sound


def test_cookie_cats_is_doubtful_but_not_stopped_at_the_default_gate() -> None:
    found = sample_ratio(45_489, 44_700, control_rate=0.5)
    assert found.chi_square == pytest.approx(6.9024, abs=5e-5)
    assert found.p_value == pytest.approx(0.00861, abs=5e-6)
    assert found.is_sound
    assert not sample_ratio(45_489, 44_700, control_rate=0.5, unsound_below=0.01).is_sound


def test_few_units_are_judged_by_the_exact_binomial() -> None:
    assert sample_ratio(20, 0, control_rate=0.1).p_value == pytest.approx(0.9**20 + _tail(20, 4), rel=1e-9)
    assert sample_ratio(7, 3, control_rate=0.1).p_value == pytest.approx(_tail(10, 3), rel=1e-9)


def test_sound_draws_are_stopped_no_more_often_than_the_gate_says() -> None:
    rng = np.random.default_rng(1)
    for count in (50, 300, 3000):
        controls = rng.binomial(count, 0.1, size=2000)
        stopped = [not sample_ratio(count - c, c, control_rate=0.1, unsound_below=0.05).is_sound for c in controls]
        assert np.mean(stopped) < 0.065


@pytest.mark.parametrize(("treated", "control", "rate"), [(0, 0, 0.5), (-1, 5, 0.5), (5, 5, 0.0), (5, 5, 1.0)])
def test_counts_that_say_nothing_are_refused(treated: int, control: int, rate: float) -> None:
    with pytest.raises(InternalError):
        sample_ratio(treated, control, control_rate=rate)


def _tail(count: int, least: int) -> float:
    from math import comb

    return sum(comb(count, k) * 0.1**k * 0.9 ** (count - k) for k in range(least, count + 1))
