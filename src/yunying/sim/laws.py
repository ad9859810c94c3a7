"""Laws of chance on whole numbers of days or units, chosen by name in a world's settings.

Every law is written as its quantile function, so that one uniform number that is keyed by day and subject gives one
value, whatever else happened before.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import special

from yunying.kernel.errors import OperatorError

Floats = NDArray[np.float64]
Wholes = NDArray[np.int64]


class Law(Protocol):
    """A distribution on 0, 1, 2, ...; ``mean`` is that of the law before its values are rounded to whole numbers."""

    @property
    def mean(self) -> float:
        """Expected value, at least 0."""

    def quantile(self, u: Floats) -> Wholes:
        """The smallest value whose probability of not being exceeded reaches ``u``, each u in (0, 1)."""


def _rounded(values: Floats) -> Wholes:
    return np.maximum(0, np.floor(values + 0.5)).astype(np.int64)


def _require(truth: bool, what: str) -> None:
    if not truth:
        raise OperatorError(
            "bad-law", f"A law of chance is out of range: {what}.", "Correct it in the world's settings."
        )


@dataclass(frozen=True)
class Constant:
    """Always ``value`` (at least 0)."""

    value: float

    def __post_init__(self) -> None:
        _require(self.value >= 0, "constant needs value >= 0")

    @property
    def mean(self) -> float:
        """The value."""
        return self.value

    def quantile(self, u: Floats) -> Wholes:
        """The rounded value for every u."""
        return _rounded(np.full(np.shape(u), self.value))


@dataclass(frozen=True)
class Uniform:
    """Whole numbers from ``low`` to ``high``, both inside, each as likely."""

    low: int
    high: int

    def __post_init__(self) -> None:
        _require(0 <= self.low <= self.high, "uniform needs 0 <= low <= high")

    @property
    def mean(self) -> float:
        """Half way."""
        return (self.low + self.high) / 2

    def quantile(self, u: Floats) -> Wholes:
        """Each value holds an equal piece of (0, 1)."""
        values: Wholes = (self.low + np.floor(u * (self.high - self.low + 1))).astype(np.int64)
        return values


@dataclass(frozen=True)
class Gamma:
    """Gamma with a mean and a shape (both above 0); the coefficient of variation is 1 / sqrt(shape)."""

    mean: float
    shape: float

    def __post_init__(self) -> None:
        _require(self.mean > 0 and self.shape > 0, "gamma needs mean > 0 and shape > 0")

    def quantile(self, u: Floats) -> Wholes:
        """Inverse of the regularised incomplete gamma function."""
        return _rounded(special.gammaincinv(self.shape, u) * self.mean / self.shape)


@dataclass(frozen=True)
class LogNormal:
    """Log-normal with a mean (above 0) and the standard deviation ``sigma`` of its logarithm (at least 0)."""

    mean: float
    sigma: float

    def __post_init__(self) -> None:
        _require(self.mean > 0 and self.sigma >= 0, "log_normal needs mean > 0 and sigma >= 0")

    def quantile(self, u: Floats) -> Wholes:
        """Exponential of the normal quantile."""
        return _rounded(self.mean * np.exp(self.sigma * special.ndtri(u) - self.sigma**2 / 2))


@dataclass(frozen=True)
class Geometric:
    """Number of trials up to the first success: 1, 2, 3, ... with ``mean`` at least 1."""

    mean: float

    def __post_init__(self) -> None:
        _require(self.mean >= 1, "geometric needs mean >= 1")

    def quantile(self, u: Floats) -> Wholes:
        """ceil(log(1 - u) / log(1 - 1 / mean))."""
        if self.mean == 1:
            return np.ones(np.shape(u), dtype=np.int64)
        values: Wholes = np.maximum(1, np.ceil(np.log1p(-u) / np.log1p(-1 / self.mean))).astype(np.int64)
        return values


@dataclass(frozen=True)
class Poisson:
    """Poisson with ``mean`` at least 0."""

    mean: float

    def __post_init__(self) -> None:
        _require(self.mean >= 0, "poisson needs mean >= 0")

    def quantile(self, u: Floats) -> Wholes:
        """Inverse of the Poisson distribution function."""
        return poisson_quantile(np.asarray(u, dtype=np.float64), np.full(np.shape(u), float(self.mean)))


@dataclass(frozen=True)
class Bimodal:
    """A gamma around ``on_time_mean``, or, with probability ``late_rate`` (0 to 1), around ``late_mean``."""

    on_time_mean: float
    late_mean: float
    late_rate: float
    shape: float

    def __post_init__(self) -> None:
        _require(
            0 < self.on_time_mean <= self.late_mean and 0 <= self.late_rate <= 1 and self.shape > 0,
            "bimodal needs 0 < on_time_mean <= late_mean, late_rate from 0 to 1 and shape > 0",
        )

    @property
    def mean(self) -> float:
        """The mixture's mean."""
        return (1 - self.late_rate) * self.on_time_mean + self.late_rate * self.late_mean

    def quantile(self, u: Floats) -> Wholes:
        """A mixture by parts of (0, 1): the upper ``late_rate`` is late. Not monotone in u where the parts overlap."""
        on_time = np.asarray(u) < 1 - self.late_rate
        share = np.where(on_time, 1 - self.late_rate, self.late_rate)
        within = np.clip((u - np.where(on_time, 0.0, 1 - self.late_rate)) / share, 1e-12, 1 - 1e-12)
        mean = np.where(on_time, self.on_time_mean, self.late_mean)
        return _rounded(special.gammaincinv(self.shape, within) * mean / self.shape)


LAWS: Mapping[str, Callable[..., Law]] = {
    "constant": Constant,
    "uniform": Uniform,
    "gamma": Gamma,
    "log_normal": LogNormal,
    "geometric": Geometric,
    "poisson": Poisson,
    "bimodal": Bimodal,
}
"""The laws by the names that settings use."""


def law_from(spec: Mapping[str, object]) -> Law:
    """The law that a mapping names, such as ``{"law": "gamma", "mean": 12, "shape": 4}``.

    Raises:
        OperatorError: ``bad-law`` for an unknown name, an unknown, missing or mistyped parameter, or one out of range.

    >>> law_from({"law": "bimodal", "on_time_mean": 10, "late_mean": 40, "late_rate": 0.1, "shape": 9}).mean
    13.0
    """
    name = spec.get("law")
    if not isinstance(name, str) or name not in LAWS:
        raise OperatorError("bad-law", f"There is no law of chance {name!r}.", f"Use one of: {', '.join(LAWS)}.")
    params = {key: value for key, value in spec.items() if key != "law"}
    numeric = all(isinstance(value, int | float) and not isinstance(value, bool) for value in params.values())
    try:
        if numeric:
            return LAWS[name](**params)
    except TypeError:
        pass
    wanted = ", ".join(LAWS[name].__annotations__)
    raise OperatorError(
        "bad-law", f"The law {name} cannot take {params}.", f"Give exactly these, each a number: {wanted}."
    )


def poisson_quantile(u: Floats, mean: Floats) -> Wholes:
    """Poisson quantiles for each pair of u (0 to 1, outside excluded) and mean (at least 0); equal shapes.

    With one u, a larger mean never gives a smaller count: two futures that differ in price share their luck.

    >>> poisson_quantile(np.array([0.1, 0.5, 0.9]), np.array([2.0, 2.0, 2.0])).tolist()
    [0, 2, 4]
    """
    safe = np.maximum(mean, 1e-300)
    upper = np.ceil(special.pdtrik(u, safe))
    upper = np.where(np.isfinite(upper), np.maximum(upper, 0), 0)
    lower = np.maximum(upper - 1, 0)
    # pdtrik solves in floating point; where it lands one too high, the count below already reaches u.
    count = np.where(special.pdtr(lower, safe) >= u, lower, upper)
    return np.where(mean <= 0, 0, count).astype(np.int64)
