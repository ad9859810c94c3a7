"""Factors of the days: the week, the year by category, and the big sales and holidays of the calendar."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from yunying.kernel.periods import Period
from yunying.methods.calendars import occurrences
from yunying.sim.settings import Category, WorldSettings

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class DayFactors:
    """Shape (days, categories): what each day multiplies demand by, 1 on average but for the calendar's events."""

    by_category: Floats


def day_factors(settings: WorldSettings) -> DayFactors:
    """The factors of every day of the horizon, by category."""
    days = tuple(Period(settings.start_date, settings.start_date + timedelta(days=settings.horizon_days)))
    week = np.array(settings.demand.week)
    weekday = (week / week.mean())[[day.weekday() for day in days]]
    of_year = np.array([day.timetuple().tm_yday for day in days], dtype=np.float64)
    events = event_factors(settings)
    columns = [
        weekday * year_factor(category, of_year) * events**category.sale_sensitivity
        for category in settings.catalogue.categories
    ]
    return DayFactors(np.column_stack(columns))


def year_factor(category: Category, day_of_year: Floats) -> Floats:
    """exp(a cos(angle from the peak)) / I0(a): mean 1 over the year (von Mises shape).

    Args:
        category: its amplitude a and peak day.
        day_of_year: 1 to 366, any shape.
    """
    angle = 2 * np.pi * (day_of_year - category.season_peak_day) / 365.25
    factor: Floats = np.exp(category.season_amplitude * np.cos(angle)) / np.i0(category.season_amplitude)
    return factor


def event_factors(settings: WorldSettings) -> Floats:
    """Shape (days,): the product of all events' factors on each day of the horizon."""
    first, count = settings.start_date.toordinal(), settings.horizon_days
    factors = np.ones(count)
    for slug, effect in sorted(settings.events.items()):
        for event in occurrences(slug):
            start = event.period.start_date.toordinal() - first
            end = event.period.end_date.toordinal() - first
            _multiply(factors, start - effect.before_days, start, effect.before)
            _multiply(factors, start, end, effect.window)
            _multiply(factors, end, end + effect.after_days, effect.after)
            for day in event.peak_dates:
                place = day.toordinal() - first
                _multiply(factors, place, place + 1, effect.peak / effect.window)
    return factors


def _multiply(factors: Floats, start: int, end: int, factor: float) -> None:
    factors[max(0, start) : max(0, end)] *= factor
