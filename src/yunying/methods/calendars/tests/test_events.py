"""The dates in the table are right, the windows follow the years, and days outside the table are refused."""

import math
from datetime import date, timedelta
from itertools import pairwise

import pytest

from yunying.kernel.errors import OperatorError
from yunying.kernel.periods import Period
from yunying.methods.calendars import event_features, event_slugs, events_between, occurrences

# From the gazetted calendars: Spring Festival, Dragon Boat and Mid-Autumn.
PUBLISHED = {
    2008: ((2, 7), (6, 8), (9, 14)),
    2017: ((1, 28), (5, 30), (10, 4)),
    2020: ((1, 25), (6, 25), (10, 1)),
    2023: ((1, 22), (6, 22), (9, 29)),
    2025: ((1, 29), (5, 31), (10, 6)),
    2033: ((1, 31), (6, 1), (9, 8)),
}


def peak(slug: str, year: int) -> date:
    return next(day for event in occurrences(slug) for day in event.peak_dates if day.year == year)


@pytest.mark.parametrize("year", PUBLISHED)
def test_lunar_holidays_fall_on_the_published_days(year: int) -> None:
    found = tuple(peak(slug, year) for slug in ("spring_festival", "dragon_boat", "mid_autumn"))
    assert found == tuple(date(year, month, day) for month, day in PUBLISHED[year])


def test_lantern_is_the_fifteenth_day_of_the_lunar_year() -> None:
    for year in range(2005, 2041):
        assert peak("lantern", year) - peak("spring_festival", year) == timedelta(days=14)


def test_lunar_months_keep_their_distance() -> None:
    """Months of 29 or 30 days, and at most one leap month between two holidays."""
    for year in range(2008, 2041):
        to_dragon_boat = (peak("dragon_boat", year) - peak("spring_festival", year)).days
        to_mid_autumn = (peak("mid_autumn", year) - peak("dragon_boat", year)).days
        assert 4 * 29 + 4 <= to_dragon_boat <= 5 * 30 + 4
        assert 3 * 29 + 10 <= to_mid_autumn <= 4 * 30 + 10


def test_a_lunar_year_has_twelve_or_thirteen_months() -> None:
    days = [event.peak_dates[0] for event in occurrences("spring_festival")]
    lengths = {(later - earlier).days for earlier, later in pairwise(days)}
    assert lengths <= {353, 354, 355, 383, 384, 385}


def test_easter_follows_the_gregorian_rule() -> None:
    """Anonymous Gregorian algorithm (Meeus 1991, Astronomical Algorithms, chapter 8)."""
    for year in range(2005, 2041):
        a, b, c = year % 19, year // 100, year % 100
        d, e = b // 4, b % 4
        g = (b - (b + 8) // 25 + 1) // 3
        h = (19 * a + b - d - g + 15) % 30
        i, k = c // 4, c % 4
        ell = (32 + 2 * e + 2 * i - h - k) % 7
        m = (a + 11 * h + 22 * ell) // 451
        month, day = divmod(h + ell - 7 * m + 114, 31)
        assert peak("easter", year) == date(year, month, day + 1)


def test_black_friday_is_the_day_after_the_fourth_thursday_of_november() -> None:
    for year in range(2005, 2041):
        day = peak("black_friday", year)
        assert day.weekday() == 4
        assert 22 <= (day - timedelta(days=1)).day <= 28


def test_double_11_was_one_day_in_2009_and_starts_in_october_today() -> None:
    by_year = {event.peak_dates[-1].year: event for event in occurrences("double_11")}
    assert by_year[2009].period == Period(date(2009, 11, 11), date(2009, 11, 12))
    assert by_year[2026].period == Period(date(2026, 10, 14), date(2026, 11, 12))
    assert by_year[2026].peak_dates == (date(2026, 11, 1), date(2026, 11, 11))
    assert 2008 not in by_year


def test_every_event_is_well_formed() -> None:
    for slug in event_slugs():
        for event in occurrences(slug):
            assert event.kind in {"sale", "holiday"}
            assert event.region in {"CN", "western"}
            assert all(day in event.period for day in event.peak_dates)


def test_an_event_that_only_touches_the_period_is_found_and_its_neighbour_is_not() -> None:
    day_after = Period(date(2026, 11, 12), date(2026, 11, 13))
    last_day = Period(date(2026, 11, 11), date(2026, 11, 12))
    assert "double_11" not in {event.slug for event in events_between(day_after)}
    assert [event.slug for event in events_between(last_day, regions=("CN",))] == ["double_11"]


def test_regions_are_told_apart() -> None:
    november = Period(date(2026, 11, 1), date(2026, 12, 1))
    assert [event.slug for event in events_between(november, regions=("western",))] == ["black_friday"]


def test_features_count_the_days_to_and_from_an_event() -> None:
    features = event_features(Period(date(2026, 12, 8), date(2026, 12, 14)), ["double_12", "double_11"])
    assert features.active[:, 0].tolist() == [False, False, True, True, True, False]
    assert features.peak[:, 0].tolist() == [False, False, False, False, True, False]
    assert features.days_until_start[:3, 0].tolist() == [2, 1, 0]
    assert features.days_since_start[2:, 0].tolist() == [0, 1, 2, 3]
    assert not features.active[:, 1].any()


def test_before_an_event_existed_its_features_are_unknown_not_zero() -> None:
    features = event_features(Period(date(2008, 11, 11), date(2008, 11, 12)), ["double_11"])
    assert math.isnan(features.days_since_start[0, 0])
    assert not features.active[0, 0]


@pytest.mark.parametrize("year", [2004, 2041])
def test_a_day_outside_the_table_is_refused(year: int) -> None:
    with pytest.raises(OperatorError) as caught:
        events_between(Period(date(year, 5, 1), date(year, 5, 2)))
    assert caught.value.code == "calendar-out-of-range"


def test_an_unknown_event_is_refused_with_the_known_ones() -> None:
    with pytest.raises(OperatorError, match="double_11") as caught:
        event_features(Period(date(2026, 1, 1), date(2026, 1, 2)), ["double_13"])
    assert caught.value.code == "unknown-event"
