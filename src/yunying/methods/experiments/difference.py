"""The difference of two samples and the relative lift, from what can be kept of a sample of any size."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from scipy import stats

from yunying.kernel.results import NotMeasured


@dataclass(frozen=True)
class Sample:
    """Count, mean and sum of squared deviations from the mean: no figure of it cancels, whatever the mean.

    Args:
        count: from 0.
        mean: 0 where there is nothing.
        deviations: sum of (x - mean) ** 2, from 0.
    """

    count: int
    mean: float
    deviations: float

    @property
    def variance(self) -> float:
        """With count - 1 in the denominator; NaN below two values."""
        return self.deviations / (self.count - 1) if self.count > 1 else math.nan

    def joined(self, other: "Sample") -> "Sample":
        """Both samples as one (Chan, Golub, LeVeque 1979).

        Example:
            >>> sample_of([1.0, 2.0]).joined(sample_of([6.0]))
            Sample(count=3, mean=3.0, deviations=14.0)
        """
        count = self.count + other.count
        if count == 0:
            return self
        apart = other.mean - self.mean
        mean = self.mean + apart * other.count / count
        deviations = self.deviations + other.deviations + apart**2 * self.count * other.count / count
        return Sample(count, mean, deviations)


def sample_of(values: Iterable[float]) -> Sample:
    """One pass over the values (Welford 1962).

    Example:
        >>> sample_of([1e9 + 1, 1e9 + 2, 1e9 + 3])
        Sample(count=3, mean=1000000002.0, deviations=2.0)
    """
    count, mean, deviations = 0, 0.0, 0.0
    for value in values:
        count += 1
        apart = value - mean
        mean += apart / count
        deviations += apart * (value - mean)
    return Sample(count, mean, deviations)


def proportion(successes: int, count: int) -> Sample:
    """A sample of ones and zeros, with the variance p (1 - p) of their law.

    Args:
        successes: ones, 0 to count.
        count: from 1.

    Example:
        >>> proportion(1, 2)
        Sample(count=2, mean=0.5, deviations=0.25)
    """
    rate = successes / count
    return Sample(count, rate, rate * (1.0 - rate) * (count - 1))


@dataclass(frozen=True)
class Difference:
    """Treated against control, in the outcome's unit, or as a share of the control's mean.

    Args:
        effect, low, high, standard_error: in that unit; low and high enclose the truth with the asked confidence.
        p_value: two-sided, of no effect.
        degrees: of freedom of Student's t (Welch and Satterthwaite).
    """

    effect: float
    low: float
    high: float
    standard_error: float
    p_value: float
    degrees: float


def mean_difference(treated: Sample, control: Sample, *, confidence: float = 0.95) -> Difference | NotMeasured:
    """Difference of the means, treated minus control, with unequal variances (Welch 1947).

    For skewed outcomes or small arms its interval is too narrow: see ``cuped.adjusted_difference``.

    Args:
        treated, control: independent samples.
        confidence: of the interval, between 0 and 1.

    Returns:
        NotMeasured below two units in an arm, without spread, or with values that are not finite.

    Source:
        The figures of the example are those of the tests of gbstats.

    Example:
        >>> control = Sample(3407, 1396.87 / 3407, 52377.9767 - 1396.87**2 / 3407)
        >>> treated = Sample(3461, 2422.7 / 3461, 134698.29 - 2422.7**2 / 3461)
        >>> found = mean_difference(treated, control)
        >>> round(found.effect, 2), round(found.standard_error, 5), round(found.p_value, 5)
        (0.29, 0.12478, 0.02016)
    """
    refusal = _refusal(treated, control)
    if refusal is not None:
        return refusal
    variance = treated.variance / treated.count + control.variance / control.count
    return _judged(treated.mean - control.mean, variance, _degrees(treated, control), confidence)


def relative_lift(treated: Sample, control: Sample, *, confidence: float = 0.95) -> Difference | NotMeasured:
    """Difference of the means as a share of the control's mean, by the delta method.

    The control's mean is itself uncertain and stands in both places: variance = treated variance / control mean^2 +
    control variance * treated mean^2 / control mean^4. Leaving the second place out makes the interval too narrow. The
    degrees of freedom are those of the difference of the means.

    Args:
        treated, control: independent samples.
        confidence: of the interval, between 0 and 1.

    Returns:
        NotMeasured as for ``mean_difference``, or where the control's mean is not above twice its standard error: a
        share of what may be nothing has no interval.

    Example:
        >>> control = Sample(3407, 1396.87 / 3407, 52377.9767 - 1396.87**2 / 3407)
        >>> treated = Sample(3461, 2422.7 / 3461, 134698.29 - 2422.7**2 / 3461)
        >>> found = relative_lift(treated, control)
        >>> round(found.effect, 5), round(found.standard_error, 5), round(found.p_value, 5)
        (0.70732, 0.37879, 0.06191)
    """
    refusal = _refusal(treated, control)
    if refusal is not None:
        return refusal
    base = control.mean
    if base <= 2.0 * math.sqrt(control.variance / control.count):
        return NotMeasured("The mean of the control units is too close to zero for a relative lift.")
    ratio = treated.mean / base
    parts = treated.variance / treated.count, control.variance / control.count
    variance = (parts[0] + parts[1] * ratio**2) / base**2
    return _judged(ratio - 1.0, variance, _degrees(treated, control), confidence)


def _refusal(treated: Sample, control: Sample) -> NotMeasured | None:
    for name, sample in (("treated", treated), ("control", control)):
        if sample.count < 2:
            return NotMeasured(f"There are {sample.count} {name} units; at least 2 are needed.")
        if not (math.isfinite(sample.mean) and math.isfinite(sample.deviations)):
            return NotMeasured(f"The outcome of the {name} units is not finite.")
    if treated.deviations <= 0 and control.deviations <= 0:
        return NotMeasured("All units of an arm have the same outcome: there is no spread to judge by.")
    return None


def _degrees(treated: Sample, control: Sample) -> float:
    parts = [(sample.variance / sample.count, sample.count - 1) for sample in (treated, control)]
    return sum(part for part, _ in parts) ** 2 / sum(part**2 / degrees for part, degrees in parts)


def _judged(effect: float, variance: float, degrees: float, confidence: float) -> Difference:
    error = math.sqrt(variance)
    reach = float(stats.t.ppf(0.5 + confidence / 2.0, degrees)) * error
    p_value = 2.0 * float(stats.t.sf(abs(effect) / error, degrees))
    return Difference(effect, effect - reach, effect + reach, error, p_value, degrees)
