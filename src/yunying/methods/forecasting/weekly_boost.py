"""A pooled boosted forecast of weekly counts: trees, learned over all series, correct each one's level and season.

LightGBM with a Poisson loss whose start is the plain forecast's logarithm, so with no trees it is that forecast.
"""

from dataclasses import dataclass

import lightgbm
import numpy as np
from numpy.typing import NDArray

from yunying.methods.forecasting.weekly_features import LEAST_WEEKS, WeeklyFeatures, weekly_features
from yunying.methods.forecasting.weekly_history import WeeklyHistory
from yunying.methods.forecasting.weekly_level import weekly_level_forecast

Floats = NDArray[np.float64]

LEAST_WEEKS_TO_BOOST = 92
"""With less than a year and three quarters one season cannot be told from a trend; the plain forecast cost less."""
TREES = 300
AGE_HALF_LIFE_WEEKS = 52.0
LARGE_SERIES_DAMPING = 0.3
PARAMETERS = {
    "objective": "poisson", "learning_rate": 0.03, "num_leaves": 16, "min_data_in_leaf": 150, "lambda_l2": 100.0,
    "max_bin": 63, "feature_fraction": 0.4, "bagging_fraction": 0.6, "bagging_freq": 1, "verbose": -1, "num_threads": 2,
    "deterministic": True, "force_row_wise": True,
}  # fmt: skip


@dataclass(frozen=True)
class WeeklyBoost:
    """Trees as text, one model per seed; none where there is too little to learn from, which means the plain forecast.

    Args:
        models: LightGBM's own text form, which it reads back.
        ahead: how many weeks ahead it was trained for.
    """

    models: tuple[str, ...]
    ahead: int


def weekly_boost_fit(history: WeeklyHistory, ahead: int, seed: int, repeats: int = 2) -> WeeklyBoost:
    """Learn from every week of the history that has a year before it, each seen as it was known then.

    Args:
        history: of n series.
        ahead: weeks, >= 1; one model serves them all.
        seed: of the sampling of rows and columns; the same seed and data give the same model.
        repeats: models whose mean is the forecast.
    """
    if history.weeks < LEAST_WEEKS_TO_BOOST or not len(history.units):
        return WeeklyBoost((), ahead)
    columns, target, start, weight = _examples(history, ahead)
    if not target.any():
        return WeeklyBoost((), ahead)
    models = []
    for repeat in range(repeats):
        data = lightgbm.Dataset(columns, target, weight=weight, init_score=np.log(start))
        model = lightgbm.train({**PARAMETERS, "seed": seed + repeat}, data, TREES)
        models.append(model.model_to_string())
    return WeeklyBoost(tuple(models), ahead)


def weekly_boost_forecast(model: WeeklyBoost, history: WeeklyHistory) -> Floats:
    """Mean demand of the weeks after the history, shape (n, ahead)."""
    if not model.models:
        return np.maximum(weekly_level_forecast(history, model.ahead), 0.02)
    seen = weekly_features(history, model.ahead)
    correction = np.zeros(seen.start.shape)
    for text in model.models:
        trees = lightgbm.Booster(model_str=text)
        for step in range(model.ahead):
            correction[:, step] += trees.predict(seen.columns[step], raw_score=True) / len(model.models)
    return np.asarray(seen.start * np.exp(correction))


def _examples(history: WeeklyHistory, ahead: int) -> tuple[NDArray[np.float32], Floats, Floats, Floats]:
    """Features, what was sold, the plain forecast and the weight of each example."""
    columns, target, start, weight = [], [], [], []
    for week in range(history.weeks - 1, LEAST_WEEKS - 1, -1):
        seen: WeeklyFeatures = weekly_features(history.before(week), ahead)
        recent = 0.5 ** ((history.weeks - week) / AGE_HALF_LIFE_WEEKS)
        for step in range(min(ahead, history.weeks - week)):
            columns.append(seen.columns[step].astype(np.float32))
            target.append(history.units[:, week + step])
            start.append(seen.start[:, step])
            weight.append(recent / (1.0 + LARGE_SERIES_DAMPING * seen.start[:, step]))
    return np.vstack(columns), np.concatenate(target), np.concatenate(start), np.concatenate(weight)
