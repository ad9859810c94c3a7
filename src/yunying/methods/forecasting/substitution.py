"""How many buyers take another product of the same kind when theirs is sold out.

On a day when some of a kind are out, those that are there sell more than they usually do; how much more, as a share of
what the missing ones would have sold, is the substitution rate.

Source: the proportional one-step substitution of Smith and Agrawal (2000), estimated by Kok and Fisher (2007), Demand
estimation and assortment optimization under substitution; here by weighted least squares over the days of all kinds.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yunying.methods.forecasting.history import DemandHistory
from yunying.methods.forecasting.shared_factors import around_each, beside_own_time

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]
Ints = NDArray[np.int64]

AROUND_DAYS = 28
"""Days on either side from which a product's usual sales are taken."""
CERTAIN = 1.645
"""Standard errors below the estimate that is believed: a rate that may be none is taken for none."""
MOST = 0.9
ROUNDS = 4


@dataclass(frozen=True)
class Substitution:
    """What a store's sold-out days say.

    Args:
        rate: estimated share of buyers who take another one.
        standard_error: of it; a million where nothing was seen.
    """

    rate: float
    standard_error: float

    @property
    def believed(self) -> float:
        """The lower end of the estimate, 0 to 0.9."""
        return float(np.clip(self.rate - CERTAIN * self.standard_error, 0.0, MOST))


UNSEEN = Substitution(0.0, 1e6)


def substitution_fit(history: DemandHistory, kind: Ints) -> Substitution:
    """The substitution rate of a store.

    A product's usual sales are those of the weeks around, less what the absent gave it there, which the rate itself
    tells: so both are found in turns.

    Args:
        history: of n products.
        kind: shape (n,): products of one kind may stand in for each other; -1 for none.
    """
    groups = [np.flatnonzero(kind == which) for which in np.unique(kind[kind >= 0]).tolist()]
    groups = [members for members in groups if len(members) > 1]
    day_rate = np.nan_to_num(beside_own_time(history), nan=1.0).astype(np.float32)
    found = UNSEEN
    for _ in range(ROUNDS):
        found = _from_days([_days_of(history, members, day_rate, found.rate) for members in groups])
    return found


def _from_days(days: Sequence[tuple[Floats, Floats, Floats]]) -> Substitution:
    """The rate by least squares, a day weighing by one over its usual sales, and its standard error."""
    more, there, gone = (np.concatenate([np.zeros(0), *(part[place] for part in days)]) for place in range(3))
    used = (gone > 0) & (there > 0)
    more, gone, weight = more[used], gone[used], gone[used] / there[used]
    bottom = float((gone * weight).sum())
    if bottom <= 0:
        return UNSEEN
    rate = float(np.clip((more * weight).sum() / bottom, -1.0, 1.0))
    return Substitution(rate, float(np.sqrt((((more - rate * gone) * weight) ** 2).sum()) / bottom))


def _days_of(history: DemandHistory, members: Ints, day_rate: Floats32, rate: float) -> tuple[Floats, Floats, Floats]:
    """On each day, of one kind: units above usual of those there, their usual units, and those of the ones sold out."""
    units, exposure = history.units[members], history.exposure[members]
    # What was half a day on sale is neither there nor gone.
    is_there = exposure >= 0.999
    is_gone = (exposure <= 0) & (np.cumsum(exposure > 0, axis=1) > 0)
    seen = around_each(exposure, AROUND_DAYS)
    usual = np.zeros_like(units)
    lift = np.ones(history.days, dtype=np.float32)
    for _ in range(2):
        sold, seen_lifted = around_each(units * (exposure > 0), AROUND_DAYS), around_each(exposure * lift, AROUND_DAYS)
        usual = np.divide(sold, seen_lifted, out=np.zeros_like(sold), where=seen >= 3) * day_rate
        there, gone = ((usual * which).sum(axis=0, dtype=float) for which in (is_there, is_gone))
        given = np.divide(gone, there, out=np.zeros_like(gone), where=there > 0)
        lift = (1.0 + rate * np.minimum(given, 3.0)).astype(np.float32)
    more = np.where(is_there, units, 0.0).sum(axis=0, dtype=float) - there
    return more, there, gone


def margin_beside_kin(margin: Floats, share: Floats, kind: Ints, is_there: NDArray[np.bool_], rate: float) -> Floats:
    """What serving a buyer adds when, without the product, some would have bought another of its kind.

    Args:
        margin: shape (n,): of a unit sold; NaN is passed on.
        share: shape (n,): usual sales, by which buyers choose among what is there.
        kind: shape (n,): -1 for none.
        is_there: shape (n,): in stock.
        rate: share of buyers who take another one, 0 to 1.

    Returns:
        Shape (n,), never above the margin; a kind with nobody else in stock leaves it as it is.

    Two of a kind are in stock and sell alike, and half of the buyers take the other one:

    >>> margin = np.array([10.0, 6.0, 8.0])
    >>> margin_beside_kin(margin, np.ones(3), np.array([0, 0, -1]), np.ones(3, bool), 0.5).tolist()
    [7.0, 1.0, 8.0]
    """
    used = (kind >= 0) & is_there & np.isfinite(margin)
    groups = int(kind.max(initial=-1)) + 1
    of_kind = np.where(kind >= 0, kind, groups)
    worth = np.where(used, share * np.maximum(np.nan_to_num(margin), 0.0), 0.0)
    weight = np.where(used, share, 0.0)
    total, whole = np.bincount(of_kind, worth, groups + 1), np.bincount(of_kind, weight, groups + 1)
    others, there = total[of_kind] - worth, whole[of_kind] - weight
    mean = np.divide(others, there, out=np.zeros(len(margin)), where=(there > 1e-12) & (kind >= 0))
    return np.asarray(margin - rate * mean)
