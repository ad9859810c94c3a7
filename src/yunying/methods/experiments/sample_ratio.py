"""Whether as many units are held out as should be: a draw that leaks spoils every effect measured with it."""

from dataclasses import dataclass

from scipy import stats

from yunying.kernel.errors import InternalError

LEAST_EXPECTED = 100.0
"""Below this expected count in an arm the exact binomial is used instead of the normal approximation."""


@dataclass(frozen=True)
class SampleRatio:
    """Counts of the arms against the rate that they were drawn with.

    Args:
        chi_square: Pearson's statistic with one degree of freedom, from 0.
        p_value: of counts as far off or further, 0 to 1; exact where an arm expects few units.
        is_sound: the counts are no reason to doubt the draw.
    """

    chi_square: float
    p_value: float
    is_sound: bool


def sample_ratio(treated: int, control: int, *, control_rate: float, unsound_below: float = 0.001) -> SampleRatio:
    """Test the counts of both arms (sample ratio mismatch).

    The gate is asked of every experiment, and most are sound: at 0.001 one sound experiment in a thousand is stopped,
    while a leak of the size that matters gives far smaller values (Fabijan et al. 2019 use 0.0005 to 0.01).

    Args:
        treated, control: units found in each arm, from 0.
        control_rate: share of the units that should be controls, above 0 and below 1.
        unsound_below: p-values below it are unsound, 0 to 1.

    Raises:
        InternalError: a count is negative, there is no unit, or the rate is not between 0 and 1.

    Source:
        Kohavi, Tang, Xu 2020, Trustworthy Online Controlled Experiments, chapter 21: 821,588 against 815,482 users.

    Example:
        >>> found = sample_ratio(821_588, 815_482, control_rate=0.5)
        >>> round(found.chi_square, 4), f"{found.p_value:.4e}", found.is_sound
        (22.7744, '1.8218e-06', False)
        >>> sample_ratio(272, 28, control_rate=0.1).is_sound
        True
    """
    count = treated + control
    if min(treated, control) < 0 or count == 0:
        raise InternalError(f"arms of {treated} and {control} units cannot be compared")
    if not 0.0 < control_rate < 1.0:
        raise InternalError(f"the control rate is between 0 and 1, not {control_rate}")
    expected = count * control_rate
    chi_square = (control - expected) ** 2 / (expected * (1.0 - control_rate))
    if min(expected, count - expected) < LEAST_EXPECTED:
        p_value = float(stats.binomtest(control, count, control_rate).pvalue)
    else:
        p_value = float(stats.chi2.sf(chi_square, 1))
    return SampleRatio(chi_square, p_value, p_value >= unsound_below)
