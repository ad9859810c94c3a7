"""Forecasts of totals and of their parts made to agree: minimum trace reconciliation with a shrunk covariance.

Rows of a hierarchy are the store, then the groups, then the products. ``bench.forecast`` compares it with plain sums of
product forecasts, which is what purchasing uses.

Source: Wickramasuriya, Athanasopoulos and Hyndman (2019), Optimal forecast reconciliation for hierarchical and grouped
    time series through trace minimization, JASA 114(526); Schäfer and Strimmer (2005) for the shrinkage.
"""

import numpy as np
from numpy.typing import NDArray

from yunying.kernel.errors import InternalError

Floats = NDArray[np.float64]


def summing_matrix(group: NDArray[np.int64], groups: int) -> Floats:
    """Which products each row sums: shape (1 + g + n, n).

    Args:
        group: shape (n,): 0..g-1.
        groups: g.

    >>> summing_matrix(np.array([0, 1, 1]), 2).astype(int).tolist()
    [[1, 1, 1], [1, 0, 0], [0, 1, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1]]
    """
    n = len(group)
    return np.vstack([np.ones((1, n)), (np.arange(groups)[:, None] == group).astype(float), np.eye(n)])


def shrunk_covariance(errors: Floats) -> Floats:
    """Covariance of one-step errors, its correlations drawn to zero as far as the data leave them unsure.

    Args:
        errors: shape (k, o): of k rows at o >= 2 origins, mean taken as 0.

    Returns:
        Shape (k, k), positive definite.

    Raises:
        InternalError: there are fewer than two origins.
    """
    origins = errors.shape[1]
    if origins < 2:
        raise InternalError("a covariance needs the errors of two origins at least")
    scale = np.sqrt(np.maximum((errors**2).mean(axis=1), 1e-9))
    standard = errors / scale[:, None]
    correlation = standard @ standard.T / origins
    square = (standard**2) @ (standard**2).T / origins
    doubt = (square - correlation**2) / max(origins - 1, 1)
    off = ~np.eye(len(errors), dtype=bool)
    total = float((correlation[off] ** 2).sum())
    share = min(max(float(doubt[off].sum()) / total if total > 0 else 1.0, 0.0), 1.0)
    drawn = np.where(off, (1.0 - share) * correlation, 1.0)
    # A hair on the diagonal: correlations of few origins are singular where none of them is drawn in.
    return np.asarray((drawn + 1e-6 * np.eye(len(errors))) * np.outer(scale, scale))


def reconciled(base: Floats, summing: Floats, covariance: Floats) -> Floats:
    """The coherent forecasts nearest to the given ones: S (S' W^-1 S)^-1 S' W^-1 y.

    Args:
        base: shape (k,): forecasts of all rows, which need not add up.
        summing: S, shape (k, n).
        covariance: W, shape (k, k), positive definite: of the base forecasts' errors.

    Returns:
        Shape (k,): the first rows are sums of the last n.

    A total of 10 over parts of 4 and 5, all as sure as each other: the unit that is lacking is shared by three.

    >>> summing = np.array([[1.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
    >>> reconciled(np.array([10.0, 4.0, 5.0]), summing, np.eye(3)).round(4).tolist()
    [9.6667, 4.3333, 5.3333]
    """
    weighed = np.linalg.solve(covariance, summing)
    parts = np.linalg.solve(summing.T @ weighed, weighed.T @ base)
    return np.asarray(summing @ parts)
