"""Weights that the literature found on Proposition 99, and effects that are known."""

import numpy as np
import pytest

from yunying.kernel.errors import InternalError
from yunying.methods.experiments.synthetic_control import synthetic_control, synthetic_difference
from yunying.methods.experiments.tests.prop99 import CALIFORNIA_START, california


@pytest.mark.data
def test_proposition_99_with_outcomes_alone_is_the_published_figure() -> None:
    panel, is_treated, states = california()
    found = synthetic_control(panel, is_treated, CALIFORNIA_START)
    assert found.effect == pytest.approx(-19.51, abs=5e-3)
    assert found.gaps[-1] == pytest.approx(-26.60, abs=5e-3)
    assert np.sqrt((found.gaps[:CALIFORNIA_START] ** 2).mean()) == pytest.approx(1.656, abs=5e-4)
    weights = dict(zip([state for state in states if state != "California"], found.units.round(3), strict=True))
    published = {"Utah": 0.394, "Montana": 0.232, "Nevada": 0.205, "Connecticut": 0.109, "New Hampshire": 0.045}
    assert {state: weights[state] for state in published} == pytest.approx(published, abs=1e-3)


@pytest.mark.data
def test_proposition_99_by_synthetic_difference_is_the_published_figure() -> None:
    panel, is_treated, _ = california()
    assert synthetic_difference(panel, is_treated, CALIFORNIA_START).effect == pytest.approx(-15.605, abs=5e-4)


def test_an_effect_is_found_where_plain_differences_would_be_fooled_by_the_movement() -> None:
    rng = np.random.default_rng(1)
    shares = rng.random((30, 2))
    shares[0] = (0.9, 0.1)
    steps = np.vstack([np.linspace(0, 20, 40), np.sin(np.arange(40))])
    panel = shares @ steps + rng.normal(0, 0.05, (30, 40))
    panel[0, 30:] += 2.0
    is_treated = np.arange(30) == 0
    plain = panel[0, 30:].mean() - panel[0, :30].mean() - (panel[1:, 30:].mean() - panel[1:, :30].mean())
    assert abs(plain - 2.0) > 1.0
    for found in (synthetic_control(panel, is_treated, 30), synthetic_difference(panel, is_treated, 30)):
        assert found.effect == pytest.approx(2.0, abs=0.35)
        assert found.units.sum() == pytest.approx(1.0)
        assert found.units.min() >= 0


def test_nobody_treated_or_nobody_left_is_a_bug() -> None:
    for is_treated in (np.zeros(5, bool), np.ones(5, bool)):
        with pytest.raises(InternalError):
            synthetic_control(np.zeros((5, 4)), is_treated, 2)
