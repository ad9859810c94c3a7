"""Periods of store-local dates, half-open: the first day belongs to the period, the end does not."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from yunying.kernel.errors import OperatorError


@dataclass(frozen=True, order=True)
class Period:
    """The days from ``start_date`` (inside) to ``end_date`` (outside).

    >>> week = Period(date(2026, 11, 2), date(2026, 11, 9))
    >>> week.days, date(2026, 11, 9) in week
    (7, False)
    """

    start_date: date
    end_date: date

    def __post_init__(self) -> None:
        if self.end_date <= self.start_date:
            raise OperatorError(
                "empty-period",
                f"The period from {self.start_date} to {self.end_date} holds no day.",
                "Give an end that lies after the start; the end itself is not part of the period.",
            )

    @property
    def days(self) -> int:
        """How many days the period holds, at least 1."""
        return (self.end_date - self.start_date).days

    def __contains__(self, day: date) -> bool:
        return self.start_date <= day < self.end_date

    def __iter__(self) -> Iterator[date]:
        return (self.start_date + timedelta(days=offset) for offset in range(self.days))

    def previous(self) -> "Period":
        """The period of the same length that ends where this one starts (环比)."""
        return Period(self.start_date - timedelta(days=self.days), self.start_date)

    def year_before(self) -> "Period":
        """The same dates one year earlier (同比); 29 February becomes 28 February.

        >>> Period(date(2024, 2, 29), date(2024, 3, 7)).year_before().start_date
        datetime.date(2023, 2, 28)
        """
        return Period(_year_earlier(self.start_date), _year_earlier(self.end_date))


def _year_earlier(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)
