"""Sold-out days tell how many buyers take another one; where nobody does, nothing is believed."""

import numpy as np
import pytest

from yunying.methods.forecasting.history import DemandHistory
from yunying.methods.forecasting.substitution import UNSEEN, substitution_fit
from yunying.methods.forecasting.tests.conftest import Make

DAYS = 365


def kinds(make: Make, rate: float, seed: int) -> tuple[DemandHistory, np.ndarray]:
    """Thirty kinds of four; each product is out for some days now and then, and a share of its buyers takes another."""
    rng = np.random.default_rng(seed)
    kind = np.repeat(np.arange(30), 4)
    level = rng.lognormal(1.0, 0.5, len(kind))[:, None] * np.ones(DAYS)
    out = np.zeros((len(kind), DAYS), dtype=bool)
    for product in range(len(kind)):
        for start in rng.integers(0, DAYS, 6):
            out[product, start : start + rng.integers(1, 6)] = True
    there = ~out
    usual, missing = level * there, level * out
    by_kind = np.repeat(np.eye(30), 4, axis=0)
    spill = by_kind @ (by_kind.T @ missing)
    whole = by_kind @ (by_kind.T @ usual)
    mean = usual * (1 + rate * np.divide(spill, whole, out=np.zeros_like(spill), where=whole > 0))
    return make(rng.poisson(mean * there), exposure=there.astype(float)), kind


@pytest.mark.parametrize("rate", [0.0, 0.3, 0.6])
def test_the_rate_is_found(make: Make, rate: float) -> None:
    found = [substitution_fit(*kinds(make, rate, seed)) for seed in range(6)]
    assert np.mean([each.rate for each in found]) == pytest.approx(rate, abs=0.08)
    # The error that is stated is the one that is seen.
    errors = np.array([each.standard_error for each in found])
    assert 0.01 < errors.mean() < 0.1
    if rate == 0:
        assert np.mean([each.believed for each in found]) < 0.02
    else:
        assert all(0 < each.believed < each.rate for each in found)


def test_nothing_is_believed_where_nothing_was_sold_out(make: Make) -> None:
    always = make(np.full((4, 60), 3.0))
    assert substitution_fit(always, np.array([0, 0, 1, 1])) == UNSEEN
    assert substitution_fit(always, np.full(4, -1)).believed == 0.0
