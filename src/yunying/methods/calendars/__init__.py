"""Big sales and holidays as data: which ones touch a span of days, and what each day is to each of them."""

from yunying.methods.calendars.events import FIRST_YEAR, LAST_YEAR, Event, event_slugs, events_between, occurrences
from yunying.methods.calendars.features import EventFeatures, event_features

__all__ = [
    "FIRST_YEAR",
    "LAST_YEAR",
    "Event",
    "EventFeatures",
    "event_features",
    "event_slugs",
    "events_between",
    "occurrences",
]
