"""Products, categories and the store stray as they do together, and their paths add up."""

import numpy as np
import pytest

from yunying.kernel.errors import InternalError
from yunying.methods.forecasting.reconciliation import reconciled, shrunk_covariance, summing_matrix
from yunying.methods.forecasting.scenario_paths import common_errors, own_variance, scenario_paths, total_paths
from yunying.methods.forecasting.shared_errors import SharedErrors, shared_errors_measured
from yunying.methods.forecasting.variance_law import VarianceLaw

LAW = VarianceLaw(28, 1.5, 0.3, 1.0)
SHARED = SharedErrors(28, 0.02, 0.03)
GROUP = np.repeat(np.arange(5), 40)
MEAN = np.random.default_rng(1).lognormal(2, 0.6, (len(GROUP), 1)) * np.full((1, 4), 0.25)


def test_a_product_alone_has_the_variance_of_its_law() -> None:
    rng = np.random.default_rng(2)
    mean = np.full((1, 4), 5.0)
    common = common_errors(SHARED, 1, 40_000, rng)
    total = scenario_paths(mean, LAW, SHARED, np.array([0]), common, rng).sum(axis=2)[0]
    assert total.mean() == pytest.approx(20.0, rel=0.02)
    assert total.var() == pytest.approx(1.5 * 20 + 0.3 * 400, rel=0.05)


def test_the_parts_add_up_in_every_path_whatever_is_held_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    module = "yunying.methods.forecasting.scenario_paths.CHUNK"
    monkeypatch.setattr(module, 60)
    total = total_paths(MEAN, LAW, SHARED, GROUP, 5, 300, np.random.default_rng(3))
    rng = np.random.default_rng(3)
    common = common_errors(SHARED, 5, 300, rng)
    parts = [
        scenario_paths(MEAN[at : at + 60], LAW, SHARED, GROUP[at : at + 60], common, rng) for at in range(0, 200, 60)
    ]
    paths = np.concatenate(parts)
    assert np.array_equal(total, np.stack([paths[which == GROUP].sum(axis=0) for which in range(5)]))
    assert np.array_equal(total.sum(axis=0), paths.sum(axis=0))


def test_totals_of_a_world_whose_products_err_together_are_covered_and_without_common_errors_are_not() -> None:
    rng = np.random.default_rng(4)
    mean = MEAN.sum(axis=1)

    def covered(shared: SharedErrors) -> tuple[float, float]:
        total = total_paths(mean[:, None], LAW, shared, GROUP, 5, 1000, np.random.default_rng(5))[:, :, 0]
        store, held = total.sum(axis=0), np.quantile(total, [0.1, 0.9], axis=1)
        low, high = np.quantile(store, [0.1, 0.9])
        return (
            float(((real >= held[0]) & (real <= held[1])).mean()),
            float(((real.sum(axis=1) >= low) & (real.sum(axis=1) <= high)).mean()),
        )

    own = own_variance(LAW, SHARED)
    level = rng.gamma(1 / 0.02, 0.02, (400, 1)) * rng.gamma(1 / 0.03, 0.03, (400, 5))[:, GROUP]
    around = level * rng.gamma(1 / own, own, (400, 200)) * mean
    units = rng.poisson(rng.standard_gamma(around / 0.5) * 0.5)
    real = np.stack([units[:, which == GROUP].sum(axis=1) for which in range(5)], axis=1)
    assert covered(SHARED) == pytest.approx((0.8, 0.8), abs=0.06)
    category, store = covered(SharedErrors(28, 0.0, 0.0))
    assert category < 0.6
    assert store < 0.5


def test_common_errors_are_found_again() -> None:
    rng = np.random.default_rng(6)
    mean = np.repeat(MEAN.sum(axis=1, keepdims=True), 400, axis=1)
    store, group = rng.gamma(1 / 0.02, 0.02, 400), rng.gamma(1 / 0.03, 0.03, (5, 400))
    real = rng.poisson(mean * store * group[GROUP] * rng.gamma(1 / 0.2, 0.2, mean.shape)).astype(float)
    found = shared_errors_measured(mean, real, GROUP, 28, 28)
    assert found.store == pytest.approx(0.02, rel=0.3)
    assert found.group == pytest.approx(0.03, rel=0.3)
    # Errors that are each product's own leave next to nothing in common.
    alone = rng.poisson(mean * rng.gamma(1 / 0.2, 0.2, mean.shape)).astype(float)
    found = shared_errors_measured(mean, alone, GROUP, 28, 28)
    assert max(found.store, found.group) < 0.003


def test_few_origins_are_drawn_to_the_prior_and_none_give_it() -> None:
    nothing = np.zeros((3, 0))
    assert shared_errors_measured(nothing, nothing, np.array([0, 0, 1]), 28, 28) == SharedErrors(28, 0.02, 0.01)


def test_a_mean_that_is_no_number_is_refused() -> None:
    rng = np.random.default_rng(1)
    with pytest.raises(InternalError, match="finite"):
        scenario_paths(np.array([[np.nan]]), LAW, SHARED, np.array([0]), common_errors(SHARED, 1, 10, rng), rng)


def test_reconciled_forecasts_add_up_and_err_less_than_what_they_are_made_of() -> None:
    rng, group = np.random.default_rng(7), np.repeat([0, 1], 4)
    summing = summing_matrix(group, 2)
    truth = summing @ rng.uniform(5, 20, 8)
    noise = np.concatenate([[4.0], [3.0, 3.0], np.full(8, 3.0)])
    past = rng.normal(0, 1, (11, 60)) * noise[:, None]
    covariance = shrunk_covariance(past)
    before, after = [], []
    for _ in range(200):
        base = truth + rng.normal(0, 1, 11) * noise
        found = reconciled(base, summing, covariance)
        assert found[0] == pytest.approx(found[3:].sum())
        assert found[1] == pytest.approx(found[3:7].sum())
        before.append((base - truth) ** 2)
        after.append((found - truth) ** 2)
    assert (np.mean(after, axis=0)[:3] < 0.9 * np.mean(before, axis=0)[:3]).all()
    assert np.mean(after) < 0.9 * np.mean(before)
