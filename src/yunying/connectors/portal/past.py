"""A past for a shop of this site: simulated visitors use its pages by HTTP, its own people do their work, day by day.

Nothing is written past the shop's own pages and services. What differs from a real past is the clock alone, which
stands in the past in the process that makes it, and nowhere else.
"""

import json
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

from yunying.facts.durable import write_durably
from yunying.kernel.errors import InternalError
from yunying.portal.demo_clock import PastClock, past_clock
from yunying.portal.demo_shop import (
    demo_portal_open,
    demo_shop_close,
    demo_shop_open,
    demo_shop_order,
    demo_shop_receive,
    demo_shop_work,
    shop_served,
)
from yunying.portal.facade import day_begins
from yunying.sim.visitors.crowd import Crowd, arrivals
from yunying.sim.visitors.memory import memory_read, memory_write
from yunying.sim.visitors.tastes import Tastes

WORK_HOURS, ORDER_WEEKDAYS = (10, 17), (0, 3)
"""When the shop's people ship and receive, and on which days the buyer orders, Monday and Thursday."""
MEMORY_NAME, PAST_NAME = "visitors.json", "past.json"
DayOver = Callable[[date, int], None]


def past_live(
    store: str, folder: Path, first_date: date, end_date: date, *, visits_a_day: float, seed: int,
    buys_by_rule: bool = True, day_over: DayOver = lambda day, lived: None, tastes: Tastes | None = None,
) -> Counter[str]:  # fmt: skip
    """Open the shop and let it live from a day until another, which lies outside; what its visitors did.

    A past that was cut off goes on with the day on which it was, whatever ``first_date`` says then; that day's visitors
    come once more.

    Args:
        buys_by_rule: whether the shop's buyer still orders by himself, or only receives what others order.
        folder: where the crowd's memory and the days that are over are kept.
        day_over: called after each day with it and the number of days lived.
    """
    (first_date, lived), counts = _lived(folder, first_date), Counter[str]()
    day = first_date + timedelta(days=lived)
    folder.mkdir(parents=True, exist_ok=True)
    demo_shop_open(store, first_date)
    clock = PastClock(day_begins(store, day))
    memory = memory_read(folder / MEMORY_NAME)
    with past_clock(clock), shop_served() as site:
        crowd = Crowd(site, f"/shop/{store}/", memory, clock, seed, tastes or Tastes())
        crowd.look()
        while day < end_date:
            _day(store, day, crowd, clock, visits_a_day, buys_by_rule)
            lived += 1
            memory_write(folder / MEMORY_NAME, memory)
            write_durably(folder / PAST_NAME, json.dumps({"first_date": str(first_date), "lived": lived}))
            day_over(day, lived)
            day += timedelta(days=1)
        counts += crowd.counts
    return counts


def portal_live(now: datetime) -> None:
    """Open a portal with articles around the shop; it has no past of its own."""
    demo_portal_open(now)


def _lived(folder: Path, first_date: date) -> tuple[date, int]:
    """The day on which the past began, and how many days are over."""
    path = folder / PAST_NAME
    if not path.exists():
        return first_date, 0
    held = json.loads(path.read_text(encoding="utf-8"))
    return date.fromisoformat(held["first_date"]), int(held["lived"])


def _day(store: str, day: date, crowd: Crowd, clock: PastClock, visits_a_day: float, buys: bool) -> None:
    midnight = day_begins(store, day)
    work = [(midnight + timedelta(hours=hour), True) for hour in WORK_HOURS]
    visits = [(moment, False) for moment in arrivals(midnight, visits_a_day, crowd.seed)]
    for moment, is_work in sorted(visits + work):
        clock.move(moment)
        if is_work:
            _work(store, clock, crowd)
            if buys and moment == work[0][0] and day.weekday() in ORDER_WEEKDAYS:
                demo_shop_order(store, moment)
        else:
            crowd.visit()
    clock.move(day_begins(store, day + timedelta(days=1)))
    # Nothing is done at midnight but to close the day: whatever else happened would be the next day's.
    demo_shop_close(store, clock())


def _work(store: str, clock: PastClock, crowd: Crowd) -> None:
    demo_shop_receive(store, clock())
    problems = demo_shop_work(store, clock())
    if problems:
        raise InternalError(f"the books of {store} do not agree: {problems[0]}")
    crowd.plans_do()
