"""A pooled boosted correction of the robust forecast: trees, learned over all products, say how wrong it tends to be.

LightGBM with a Poisson loss whose start is the robust forecast's logarithm, so with no trees it is that forecast. Days
ahead are corrected in buckets: a bucket of days can be learned where a single day is noise.
"""

from dataclasses import dataclass

import lightgbm
import numpy as np
from numpy.typing import NDArray

from yunying.methods.forecasting.age_curve import AgeCurve
from yunying.methods.forecasting.boost_features import BUCKETS, BoostFeatures
from yunying.methods.forecasting.history import DemandHistory
from yunying.methods.forecasting.memory import LevelTracks, Memory

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]
Ints = NDArray[np.int64]

ORIGIN_STEP_DAYS = 14
TRAINED_DAYS = 364
LEAST_DAYS = 84
"""Days before the first origin that is learned from."""
MOST_EXAMPLES = 60_000
LEAST_EXAMPLES = 2_000
TREES = 120
AGE_HALF_LIFE_DAYS = 364.0
LARGE_SERIES_DAMPING = 0.3
LARGEST_CORRECTION = 3.0
PARAMETERS = {
    "objective": "poisson", "learning_rate": 0.05, "num_leaves": 8, "min_data_in_leaf": 300, "lambda_l2": 100.0,
    "max_bin": 63, "feature_fraction": 0.5, "bagging_fraction": 0.7, "bagging_freq": 1, "verbose": -1, "num_threads": 1,
    "deterministic": True, "force_row_wise": True,
}  # fmt: skip


@dataclass(frozen=True)
class DemandBoost:
    """The trees, in LightGBM's own text form, which it reads back."""

    trees: str


@dataclass(frozen=True)
class RobustTrack:
    """What the robust forecast knows of n products at o origins, as they were known then.

    Args:
        tracks: levels under any memory.
        memory: of each volume class.
        volume: shape (n,): class of each product.
        by_day: float32, shape (g, t + h): factors of days, those ahead included.
        group: shape (n,).
        age: what age says beyond the level; None where lives are not known.
    """

    tracks: LevelTracks
    memory: tuple[Memory, ...]
    volume: Ints
    by_day: Floats32
    group: Ints
    age: AgeCurve | None = None

    def levels(self) -> tuple[Floats, Floats]:
        """Level and log growth per day, each of shape (n, o)."""
        level = np.zeros((len(self.volume), len(self.tracks.origins)))
        growth = np.zeros_like(level)
        for which, memory in enumerate(self.memory):
            members = self.volume == which
            if members.any():
                found = self.tracks.under(memory)
                level[members], growth[members] = found[0][members], found[1][members]
        return level, growth

    def ahead(self, at: int, days: int, level: Floats, growth: Floats) -> Floats:
        """Mean demand per day of full stock after one of the origins, shape (n, days)."""
        origin = int(self.tracks.origins[at])
        factors = self.by_day[self.group, origin : origin + days]
        return np.asarray(level[:, None] * self.tracks.ahead(at, growth, days, self.age) * factors)

    def could_sell(self, chosen: Ints, span: slice) -> Floats32:
        """Share of each past day on sale times its factors; where lives are known, ends are days without demand."""
        if self.tracks.outcomes is None:
            return self.tracks.exposure[chosen, span]
        return self.tracks.outcomes.exposure[chosen, span]

    def alive(self, at: int) -> NDArray[np.bool_]:
        """Which products had not ended at an origin, shape (n,)."""
        if self.tracks.outcomes is None:
            return np.ones(len(self.volume), dtype=bool)
        return self.tracks.outcomes.alive(at)


def training_origins(days: int) -> Ints:
    """Origins every two weeks over the last year that leave twelve weeks before and one week after them."""
    first = max(LEAST_DAYS, days - TRAINED_DAYS - BUCKETS[0].end)
    return np.arange(days - BUCKETS[0].end, first - 1, -ORIGIN_STEP_DAYS)[::-1]


def demand_boost_fit(history: DemandHistory, robust: RobustTrack, seed: int) -> DemandBoost | None:
    """Learn the correction from past origins; None where there are too few examples to learn from.

    Args:
        history: of n products.
        robust: of the same products at ``training_origins``; its units have censored days raised.
        seed: of the sampling of examples, rows and columns; the same seed and data give the same trees.
    """
    origins = robust.tracks.origins
    if not len(origins) or not len(history.units):
        return None
    features = BoostFeatures(history, robust.tracks.units, robust.by_day)
    level, growth = robust.levels()
    every = len(history.units) * len(origins) * len(BUCKETS)
    share, rng = min(1.0, MOST_EXAMPLES / max(every, 1)), np.random.default_rng(seed)
    parts: list[tuple[Floats32, Floats, Floats, Floats]] = []
    for at, origin in enumerate(origins.tolist()):
        chosen = np.flatnonzero((rng.random(len(level)) < share) & robust.alive(at))
        if len(chosen):
            age = 0.5 ** ((history.days - origin) / AGE_HALF_LIFE_DAYS)
            parts += _examples(history, robust, features, at, chosen, level[:, at], growth[:, at], age)
    if sum(len(part[1]) for part in parts) < LEAST_EXAMPLES:
        return None
    columns, target, start, weight = (np.concatenate([part[place] for part in parts]) for place in range(4))
    if not target.any():
        return None
    data = lightgbm.Dataset(columns, target, weight=weight, init_score=np.log(start))
    return DemandBoost(lightgbm.train({**PARAMETERS, "seed": seed % 2**31}, data, TREES).model_to_string())


def _examples(
    history: DemandHistory, robust: RobustTrack, features: BoostFeatures, at: int, chosen: Ints,
    level: Floats, growth: Floats, age: float,
) -> list[tuple[Floats32, Floats, Floats, Floats]]:  # fmt: skip
    """Features, what was wanted, the robust forecast of the days in stock, and the weight, for each bucket."""
    origin = int(robust.tracks.origins[at])
    columns = features.at(origin, level[chosen], chosen)
    curves = robust.tracks.ahead(at, growth, BUCKETS[-1].end, robust.age)[chosen]
    found = []
    for bucket, seen in zip(BUCKETS, columns, strict=True):
        span = slice(origin + bucket.first, origin + bucket.end)
        if span.stop > history.days:
            break
        # Days on which a discount drew buyers are the promotion's, and are forecast with it.
        could = robust.could_sell(chosen, span)
        usual = could > 0
        if history.discount is not None:
            usual = usual & (history.discount[chosen, span] <= 0)
        curve = curves[:, bucket.first : bucket.end]
        start = (could * curve).sum(axis=1, where=usual) * level[chosen]
        real = robust.tracks.units[chosen, span].sum(axis=1, where=usual, dtype=float)
        kept = (start > 1e-4) & (usual.mean(axis=1) >= 0.5)
        weight = age / (1.0 + LARGE_SERIES_DAMPING * start)
        found.append((seen[kept], real[kept], start[kept], weight[kept]))
    return found


def corrections(boost: DemandBoost, history: DemandHistory, robust: RobustTrack, horizon_days: int) -> Floats:
    """What the trees multiply the robust forecast of each day after the history by, shape (n, horizon_days).

    Args:
        robust: of the same products with one origin, the history's end.
    """
    level, _ = robust.levels()
    features = BoostFeatures(history, robust.tracks.units, robust.by_day)
    columns = features.at(history.days, level[:, 0], np.arange(len(level)))
    trees = lightgbm.Booster(model_str=boost.trees)
    found = np.ones((len(level), horizon_days))
    for number, (bucket, seen) in enumerate(zip(BUCKETS, columns, strict=True)):
        if bucket.first >= horizon_days:
            break
        # What lies beyond the last bucket is corrected as its last days are.
        end = horizon_days if number == len(BUCKETS) - 1 else bucket.end
        score = np.asarray(trees.predict(seen, raw_score=True, num_threads=1))
        bound = np.log(LARGEST_CORRECTION)
        found[:, bucket.first : end] = np.exp(np.clip(score, -bound, bound))[:, None]
    return found
