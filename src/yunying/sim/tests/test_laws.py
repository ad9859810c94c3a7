"""Each law has the moments that its name promises, and settings that name none are refused."""

import numpy as np
import pytest
from scipy import stats

from yunying.kernel.errors import OperatorError
from yunying.sim.laws import Bimodal, law_from, poisson_quantile

GRID = (np.arange(200_000) + 0.5) / 200_000

# mean and variance of the rounded law; rounding adds 1/12 to the variance of a smooth one.
MOMENTS = [
    ({"law": "constant", "value": 7}, 7.0, 0.0),
    ({"law": "uniform", "low": 2, "high": 6}, 4.0, 2.0),
    ({"law": "gamma", "mean": 12, "shape": 4}, 12.0, 36.0 + 1 / 12),
    ({"law": "log_normal", "mean": 20, "sigma": 0.4}, 20.0, 400 * (np.exp(0.16) - 1) + 1 / 12),
    ({"law": "geometric", "mean": 5}, 5.0, 20.0),
    ({"law": "poisson", "mean": 3.3}, 3.3, 3.3),
    (
        {"law": "bimodal", "on_time_mean": 10, "late_mean": 40, "late_rate": 0.2, "shape": 16},
        16.0,
        0.8 * (100 / 16 + 100) + 0.2 * (1600 / 16 + 1600) - 256 + 1 / 12,
    ),
]


@pytest.mark.parametrize(("spec", "mean", "variance"), MOMENTS, ids=lambda value: str(value)[:24])
def test_a_law_has_its_mean_and_variance(spec: dict[str, object], mean: float, variance: float) -> None:
    law = law_from(spec)
    values = law.quantile(GRID)
    assert law.mean == pytest.approx(mean)
    assert values.mean() == pytest.approx(mean, rel=0.01)
    assert values.var() == pytest.approx(variance, rel=0.02, abs=1e-12)
    assert values.min() >= 0


def test_a_bimodal_law_is_late_as_often_as_it_says() -> None:
    values = Bimodal(on_time_mean=10, late_mean=60, late_rate=0.25, shape=40).quantile(GRID)
    assert np.mean(values > 30) == pytest.approx(0.25, abs=0.002)


@pytest.mark.parametrize("mean", [0.0, 1e-6, 0.03, 0.7, 3.0, 40.0, 900.0])
def test_poisson_quantiles_equal_the_reference(mean: float) -> None:
    u = np.concatenate([GRID[::97], [1e-12, 1 - 1e-12]])
    expected = stats.poisson.ppf(u, mean) if mean > 0 else np.zeros(len(u))
    assert poisson_quantile(u, np.full(len(u), mean)).tolist() == expected.tolist()


@pytest.mark.parametrize(
    "spec",
    [
        {"law": "weibull", "mean": 3},
        {"mean": 3},
        {"law": "gamma", "mean": 3},
        {"law": "gamma", "mean": 3, "shape": 2, "scale": 1},
        {"law": "gamma", "mean": "3", "shape": 2},
        {"law": "gamma", "mean": -3, "shape": 2},
        {"law": "uniform", "low": 5, "high": 2},
        {"law": "geometric", "mean": 0.5},
        {"law": "bimodal", "on_time_mean": 40, "late_mean": 10, "late_rate": 0.2, "shape": 16},
    ],
    ids=str,
)
def test_a_law_out_of_range_is_refused(spec: dict[str, object]) -> None:
    with pytest.raises(OperatorError) as caught:
        law_from(spec)
    assert caught.value.code == "bad-law"
