"""Splitting one sum over many members so that nothing is lost to rounding."""

import numpy as np
from numpy.typing import NDArray

Int = NDArray[np.int64]

_SAFE_PRODUCT = 2.0**62


def spread(totals: Int, weights: Int, group: Int) -> Int:
    """Split each group's total over its members in proportion to their weights, by the largest remainder.

    Args:
        totals: int64, shape (groups,): what to split, minor units, not negative.
        weights: int64, shape (members,): not negative; members of a group without weight share evenly.
        group: int64, shape (members,): which group each member belongs to.

    Returns:
        int64, shape (members,): the shares; each group's shares sum to its total exactly.

    >>> spread(np.array([100]), np.array([1, 1, 1]), np.array([0, 0, 0])).tolist()
    [34, 33, 33]
    """
    groups = len(totals)
    sums = np.bincount(group, weights=weights, minlength=groups)
    weights = np.where(sums[group] == 0, 1, weights)
    exact_sums = np.zeros(groups, dtype=np.int64)
    np.add.at(exact_sums, group, weights)
    total, weight, whole = totals[group], weights, exact_sums[group]
    if float(np.max(total, initial=0)) * float(np.max(weight, initial=0)) > _SAFE_PRODUCT:
        total, weight, whole = total.astype(object), weight.astype(object), whole.astype(object)
    product = total * weight
    shares = (product // whole).astype(np.int64)
    remainders = (product % whole).astype(np.float64) / whole.astype(np.float64)
    given = np.zeros(groups, dtype=np.int64)
    np.add.at(given, group, shares)
    left = (totals - given)[group]
    order = np.lexsort((np.arange(len(group)), -remainders, group))
    sorted_groups = group[order]
    places = np.arange(len(group))
    starts = np.concatenate(([True], sorted_groups[1:] != sorted_groups[:-1])) if len(group) else np.empty(0, bool)
    rank = places - np.maximum.accumulate(np.where(starts, places, 0))
    shares[order] += (rank < left[order]).astype(np.int64)
    return shares
