"""The minimum/maximum rule that ERP systems use, and its tuning: what a purchasing practice has to beat.

When on hand plus on order is below the minimum, order up to the maximum. Both are days of the mean paid demand of the
last days. The rule reads the store's books only; its tuning tries it out on copies of the world, by true profit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from yunying.kernel.command import Command
from yunying.kernel.errors import OperatorError
from yunying.kernel.periods import Period
from yunying.sim.book import Book, Rule
from yunying.sim.rule_orders import orders_wanted
from yunying.sim.world import World

MIN_DAYS_GRID = (3.0, 7.0, 14.0, 21.0, 30.0, 45.0, 70.0)
"""Minima that ``tune_minmax`` tries by default, in days of demand."""
EXTRA_DAYS_GRID = (3.0, 7.0, 14.0, 30.0, 60.0)
"""Days between minimum and maximum that it tries by default."""


@dataclass(frozen=True)
class MinMaxRule:
    """Order up to ``max_days`` of demand when the position is below ``min_days`` of it.

    Args:
        min_days, max_days: 0 <= min_days <= max_days.
        window_days: over how many days demand is averaged, 1 to 120.
        review_days: 1 reviews daily, 7 weekly.
    """

    min_days: float
    max_days: float
    window_days: int = 28
    review_days: int = 1

    def __post_init__(self) -> None:
        """Refuse what makes no rule (OperatorError ``bad-rule``)."""
        if not (0 <= self.min_days <= self.max_days and 1 <= self.window_days <= 120 and self.review_days >= 1):
            raise OperatorError(
                "bad-rule",
                f"{self} is no minimum/maximum rule.",
                "Give 0 <= min_days <= max_days, window_days from 1 to 120, and review_days from 1.",
            )

    def __call__(self, day: date, book: Book) -> Sequence[Command]:
        """The morning's purchase orders, one for each supplier that something is needed from."""
        if not book.paid_units or day.toordinal() % self.review_days:
            return ()
        daily = book.daily_units(self.window_days)
        position = book.on_hand + book.on_order
        is_needed = book.is_on_sale & (daily > 0) & (position < daily * self.min_days)
        wanted = np.ceil(daily * self.max_days - position).astype(np.int64)
        return orders_wanted(book, np.where(is_needed, wanted, 0), daily)


def tune_minmax(
    world: World,
    days: int = 182,
    *,
    min_days: Sequence[float] = MIN_DAYS_GRID,
    extra_days: Sequence[float] = EXTRA_DAYS_GRID,
    window_days: int = 28,
    review_days: int = 1,
) -> MinMaxRule:
    """The rule of the grid that would have earned most over the next days of this world.

    Args:
        world: as it stood when the days began; it is copied, never stepped.
        days: how many days each rule is tried for.
        min_days: minima to try, in days of demand.
        extra_days: maximum minus minimum to try.
        window_days: of every rule.
        review_days: of every rule.

    Returns:
        The rule with the highest true contribution profit; of equals, the one with the smaller stock.
    """
    best: tuple[float, MinMaxRule] | None = None
    for low in sorted(min_days):
        for extra in sorted(extra_days):
            rule = MinMaxRule(low, low + extra, window_days, review_days)
            profit = try_out(world, days, rule)
            if best is None or profit > best[0]:
                best = (profit, rule)
    if best is None:
        raise OperatorError("bad-grid", "The grid of rules is empty.", "Give at least one minimum and one extra.")
    return best[1]


def try_out(world: World, days: int, rule: Rule) -> float:
    """True contribution profit in minor units of the next days under any rule, lived by a copy of the world."""
    twin = world.copy()
    first = twin.today
    for _ in range(days):
        twin.advance(twin.today, rule(twin.today, twin.book))
    return twin.truth.profit(Period(first, twin.today)).total_minor
