"""Simulated histories whose truth is known."""

from collections.abc import Callable
from datetime import date

import numpy as np
import pytest

from yunying.methods.forecasting.history import DemandHistory

FIRST = date(2023, 1, 2)  # a Monday
Make = Callable[..., DemandHistory]


def history_of(units: np.ndarray, **parts: np.ndarray) -> DemandHistory:
    """A history of plain units: always on sale, nothing censored, one group, unless ``parts`` say otherwise."""
    units = np.asarray(units, dtype=np.float32)
    whole = {
        "exposure": np.ones_like(units),
        "censored": np.zeros(units.shape, dtype=bool),
        "group": np.zeros(len(units), dtype=np.int64),
        **parts,
    }
    groups = int(whole["group"].max(initial=0)) + 1
    exposure = whole["exposure"].astype(np.float32)
    return DemandHistory(FIRST, units, exposure, whole["censored"], whole["group"], groups)


def counts(mean: np.ndarray, alpha: float, rng: np.random.Generator) -> np.ndarray:
    """Negative binomial counts with variance ``alpha`` times their mean; Poisson where alpha is 1."""
    if alpha > 1:
        mean = rng.standard_gamma(mean / (alpha - 1)) * (alpha - 1)
    return rng.poisson(mean).astype(np.float32)


@pytest.fixture(scope="session")
def make() -> Make:
    return history_of
