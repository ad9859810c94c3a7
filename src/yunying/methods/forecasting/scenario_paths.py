"""Paths of demand that products, categories and the store share: the parts add up in every one of them.

A path has one error of the store, one of each group, one of each product's own level, and counting noise in every
period. Each product alone still has the variance of its law; together they stray as products that err together do.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from yunying.kernel.errors import InternalError
from yunying.methods.forecasting.shared_errors import SharedErrors
from yunying.methods.forecasting.variance_law import VarianceLaw

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CHUNK = 1_000
LEAST_OWN = 1e-4


@dataclass(frozen=True)
class CommonErrors:
    """The drawn errors that products have in common, mean 1.

    Args:
        store: shape (m,).
        group: shape (g, m).
    """

    store: Floats
    group: Floats

    def of(self, group: Ints) -> Floats:
        """What the level of products of these groups is multiplied by in each path, shape (n, m)."""
        return np.asarray(self.store * self.group[group])


def common_errors(shared: SharedErrors, groups: int, draws: int, rng: np.random.Generator) -> CommonErrors:
    """Gamma errors at evenly spread quantiles, in random order, so that a few hundred paths hold the tails in measure.

    Args:
        groups: g.
        draws: m, at least 1.
    """
    return CommonErrors(_even(shared.store, 1, draws, rng)[0], _even(shared.group, groups, draws, rng))


def scenario_paths(
    mean: Floats, law: VarianceLaw, shared: SharedErrors, group: Ints, common: CommonErrors, rng: np.random.Generator
) -> Floats:
    """Paths of n products over h periods.

    Args:
        mean: shape (n, h): forecast of each period, >= 0, the law's bias not yet applied.
        law: of the whole horizon.
        shared: of the same horizon; what it leaves of the law's ``beta`` is each product's own.
        group: shape (n,): 0..g-1.
        common: the same for all products that are to add up.

    Returns:
        Shape (n, m, h): counts.

    Raises:
        InternalError: a mean is below zero or not a number.
    """
    if not (np.isfinite(mean).all() and (mean >= 0).all()):
        raise InternalError("mean demand must be finite and not below zero")
    draws = len(common.store)
    level = common.of(group)
    own = own_variance(law, shared)
    if own > LEAST_OWN:
        level = level * rng.gamma(1.0 / own, own, size=(len(mean), draws))
    around = level[:, :, None] * (mean * law.bias)[:, None, :]
    if law.alpha > 1.0 + 1e-9:
        around = rng.standard_gamma(around / (law.alpha - 1.0)) * (law.alpha - 1.0)
    return rng.poisson(around).astype(float)


def own_variance(law: VarianceLaw, shared: SharedErrors) -> float:
    """The squared relative error of a product's own level, so that all parts together have the law's beta."""
    common = (1.0 + shared.store) * (1.0 + shared.group)
    return max((1.0 + law.beta) / common - 1.0, 0.0)


def total_paths(
    mean: Floats, law: VarianceLaw, shared: SharedErrors, group: Ints, groups: int, draws: int,
    rng: np.random.Generator,
) -> Floats:  # fmt: skip
    """The same paths summed over the products of each group: shape (g, m, h); summed over groups they are the store's.

    Only ``CHUNK`` products are held at once.

    >>> rng, law, shared = np.random.default_rng(1), VarianceLaw(28, 1.2, 0.3, 1.0), SharedErrors(28, 0.01, 0.0)
    >>> total = total_paths(np.full((400, 1), 5.0), law, shared, np.zeros(400, dtype=np.int64), 1, 500, rng)
    >>> total.shape, bool(0.09 < total.std() / total.mean() < 0.12)
    ((1, 500, 1), True)
    """
    common = common_errors(shared, groups, draws, rng)
    found = np.zeros((groups, draws, mean.shape[1]))
    for some in _chunks(len(mean)):
        np.add.at(found, group[some], scenario_paths(mean[some], law, shared, group[some], common, rng))
    return found


def _chunks(count: int) -> Iterator[slice]:
    return (slice(at, at + CHUNK) for at in range(0, count, CHUNK))


def _even(variance: float, rows: int, draws: int, rng: np.random.Generator) -> Floats:
    if variance <= 1e-9:
        return np.ones((rows, draws))
    ranks = np.tile((np.arange(draws) + 0.5) / draws, (rows, 1))
    values = special.gammaincinv(1.0 / variance, rng.permuted(ranks, axis=1)) * variance
    return np.asarray(values / values.mean(axis=1, keepdims=True))
