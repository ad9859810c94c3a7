"""How soon waiting stock turns worthless: products that end and goods that spoil, learned from history."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yunying.methods.forecasting.history import DemandHistory

Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]

PRIOR_HAZARD = 0.1
PRIOR_DEATHS = 1.0
PRIOR_YEARS = 5.0
GROUP_DEATHS = 3.0
"""Weight of the belief that a group, or a class of ages, is as the whole store."""
SETTLED_DAYS = 30
"""A product that was there in the first days of the history is older than the history: its age is not known."""
SILENCE_DAYS = 45
SILENCE_SALES = 10.0
"""A product is taken for dead when it has been silent for so long that this many sales were to be expected."""
SHAPES = np.arange(0.6, 5.01, 0.2)
AGE_EDGES_DAYS = (60.0, 120.0, 180.0, 270.0, 365.0, 540.0)
"""Ages that part the classes in which deaths are held against those that the law expects."""


@dataclass(frozen=True)
class LifeLaw:
    """How long products of each group live, in years.

    Args:
        shape: Weibull shape of products whose launch was seen; above 1 the hazard rises with age.
        scale_years: Weibull scale by group.
        settled_hazard: deaths a year, by group, of products older than the history.
        actual_over_expected: deaths in each class of ages (``AGE_EDGES_DAYS``) over those that the Weibull law expects;
            empty is 1 everywhere.
    """

    shape: float
    scale_years: tuple[float, ...]
    settled_hazard: tuple[float, ...]
    actual_over_expected: tuple[float, ...] = ()

    def hazard(self, group: NDArray[np.int64], age_years: Floats, is_settled: Truths) -> Floats:
        """Yearly hazard of products of that age: shape (n,), between 0.01 and 20."""
        scale = np.array(self.scale_years)[group]
        by_age = self.shape / scale * (np.maximum(age_years, 1 / 365) / scale) ** (self.shape - 1)
        if self.actual_over_expected:
            classes = np.searchsorted(np.array(AGE_EDGES_DAYS) / 365.0, age_years, side="right")
            by_age = by_age * np.array(self.actual_over_expected)[classes]
        return np.clip(np.where(is_settled, np.array(self.settled_hazard)[group], by_age), 0.01, 20.0)


@dataclass(frozen=True)
class ProductAges:
    """First and last day of life seen, as indices into the history, and whether the product was there before it."""

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    is_dead: Truths
    is_settled: Truths

    def ended(self, days: int) -> Truths:
        """The days on which each product had ended, shape (n, days)."""
        return np.asarray(self.is_dead[:, None] & (np.arange(days) >= self.last[:, None]))


def product_ages(history: DemandHistory, is_on_sale: Truths) -> ProductAges:
    """What the history shows of each product's life.

    Args:
        is_on_sale: shape (n,): False where the shop itself has ended the product.
    """
    sold = history.units > 0
    lived = sold | (history.exposure > 0)
    first = np.where(lived.any(axis=1), lived.argmax(axis=1), history.days)
    last = np.where(sold.any(axis=1), history.days - sold[:, ::-1].argmax(axis=1), first)
    rate = history.units.sum(axis=1) / np.maximum(last - first, 1)
    is_silent = history.days - last >= np.maximum(SILENCE_DAYS, SILENCE_SALES / np.maximum(rate, 1e-9))
    is_dead = np.asarray(sold.any(axis=1) & (is_silent | ~is_on_sale), dtype=bool)
    return ProductAges(first, np.where(is_dead, last, history.days), is_dead, first < SETTLED_DAYS)


def life_fit(history: DemandHistory, is_on_sale: Truths) -> LifeLaw:
    """Fit lives by maximum likelihood with censoring; groups are shrunk to the store, the store to a mild prior.

    Source: Lawless (2003), Statistical Models and Methods for Lifetime Data, section 5.2.
    """
    ages = product_ages(history, is_on_sale)
    groups = history.groups
    years = np.maximum(ages.last - ages.first, 1) / 365.0
    seen = ~ages.is_settled & (ages.first < history.days)
    shape = _weibull_shape(years[seen], ages.is_dead[seen])
    powered = _pooled(years[seen], ages.is_dead[seen], history.group[seen], groups, shape)
    settled = 1.0 / _pooled(years[~seen], ages.is_dead[~seen], history.group[~seen], groups, 1.0)
    scale = powered ** (1 / shape)
    ratio = _actual_over_expected(years, ages, shape, scale[history.group])
    late = _late_over_expected(years[~seen], ages.is_dead[~seen], history, settled, history.group[~seen])
    return LifeLaw(shape, tuple(scale.tolist()), tuple((settled * late).tolist()), ratio)


def yearly_spoilage(written_off: Floats, unit_days: Floats, group: NDArray[np.int64], groups: int) -> Floats:
    """Units written off per unit-year of stock in each group, shrunk to the store's own rate.

    Args:
        written_off: shape (n,): units.
        unit_days: shape (n,): closing stock summed over days.
        group: shape (n,).
        groups: g.

    Returns:
        Shape (g,), >= 0; 0 where nothing was ever written off.

    >>> yearly_spoilage(np.array([10.0]), np.array([3650.0]), np.array([0]), 1).round(2).tolist()
    [1.0]
    """
    years = unit_days / 365.0
    store = written_off.sum() / max(years.sum(), 1.0)
    lost, held = np.bincount(group, written_off, groups), np.bincount(group, years, groups)
    return np.asarray((lost + store * PRIOR_YEARS) / (held + PRIOR_YEARS))


def _weibull_shape(years: Floats, is_dead: Truths) -> float:
    """The shape of the profile likelihood, drawn to 1 (no ageing) where few deaths were seen."""
    deaths = int(is_dead.sum())
    if deaths < 5:
        return 1.0
    powered = years[:, None] ** SHAPES
    likelihood = (
        deaths * np.log(SHAPES)
        + (SHAPES - 1) * np.log(years[is_dead]).sum()
        - deaths * np.log(powered.sum(axis=0) / deaths)
    )
    return float(SHAPES[int((likelihood - 2.0 * np.log(SHAPES) ** 2).argmax())])


def _actual_over_expected(years: Floats, ages: ProductAges, shape: float, scale: Floats) -> tuple[float, ...]:
    """By class of ages: where some products stay for good, a Weibull law of all expects the old ones to end soon.

    What was there before the history is at least as old as the time since its beginning. It counts from the median life
    on, where the law's median product has ended and those that stay are left.

    Source: Benjamin and Pollard (1993), The Analysis of Mortality and Other Actuarial Statistics (actual to expected).
    """
    edges = np.concatenate([[0.0], np.array(AGE_EDGES_DAYS) / 365.0, [np.inf]])
    entry = np.minimum(np.where(ages.is_settled, scale * np.log(2.0) ** (1 / shape), 0.0), years)
    lived = np.clip(edges, entry[:, None], years[:, None])
    expected = np.diff((lived / scale[:, None]) ** shape, axis=1).sum(axis=0)
    counted = ages.is_dead & (years > entry)
    at = np.searchsorted(edges, years[counted], side="right") - 1
    actual = np.bincount(at, minlength=len(edges) - 1).astype(float)
    found, before = [], 1.0
    for deaths, awaited in zip(actual.tolist(), expected.tolist(), strict=True):
        # A class that few have reached is taken for what the one before it is.
        before = (deaths + GROUP_DEATHS * before) / (awaited + GROUP_DEATHS)
        found.append(before)
    return tuple(found)


def _late_over_expected(
    years: Floats, is_dead: Truths, history: DemandHistory, hazard: Floats, group: NDArray[np.int64]
) -> Floats:
    """By group: deaths of settled products in the later half of the history over those that ``hazard`` expects.

    Those still there have outlived the others: what ended early says little of them.
    """
    middle = history.days / 730.0
    expected = np.bincount(group, np.maximum(years - middle, 0.0), history.groups) * hazard
    actual = np.bincount(group, (is_dead & (years > middle)).astype(float), history.groups)
    return np.asarray((actual + GROUP_DEATHS) / (expected + GROUP_DEATHS))


def _pooled(years: Floats, is_dead: Truths, group: NDArray[np.int64], groups: int, shape: float) -> Floats:
    """Time at risk per death (to the power of the shape) in each group."""
    risk = years**shape
    # The prior's years are lived in lives like those seen: ten years to the power of a shape above 1, taken as one
    # life, would outweigh every short life that ended.
    each = float(risk.mean() / years.mean()) if len(years) else 1.0
    mild = PRIOR_DEATHS / PRIOR_HAZARD * each
    store = (risk.sum() + mild) / (is_dead.sum() + PRIOR_DEATHS)
    at_risk, deaths = np.bincount(group, risk, groups), np.bincount(group, is_dead.astype(float), groups)
    return np.asarray((at_risk + store * GROUP_DEATHS) / (deaths + GROUP_DEATHS))
