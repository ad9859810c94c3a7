"""What becomes of the day's lines: paid, shipped, cancelled or sent back, each on its own later day."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from yunying.sim.draws import Draws, Purpose
from yunying.sim.lines import REAL, TEST, Lines, LineStates, share_of
from yunying.sim.settings import WorldSettings

Wholes = NDArray[np.int64]


def placed(lines: Lines) -> LineStates:
    """All lines as they are ordered."""
    return LineStates(
        "placed", lines, lines.seconds, lines.quantity, lines.amount_minor, lines.tax_minor, _zeros(lines)
    )


def paid(lines: Lines) -> LineStates:
    """All lines as they are paid, within ten minutes and on the same day."""
    seconds = np.minimum(lines.seconds + 30 + (lines.rank * 97 + lines.product * 31) % 570, 86399)
    return LineStates("paid", lines, seconds, lines.quantity, lines.amount_minor, lines.tax_minor, _zeros(lines))


def unpaid_states(lines: Lines, day: int) -> list[tuple[int, LineStates]]:
    """Lines that are never paid: the platform cancels them the next day, and no money moves."""
    if not len(lines):
        return []
    none = _zeros(lines)
    return [(day + 1, LineStates("cancelled", lines, lines.seconds, lines.quantity, none, none, none))]


def later_states(settings: WorldSettings, draws: Draws, lines: Lines, category: Wholes) -> list[tuple[int, LineStates]]:
    """The states after payment with their days.

    Args:
        settings: the laws of after-sales.
        draws: the world's luck.
        lines: paid lines of one day.
        category: of each product.
    """
    if not len(lines):
        return []
    rules = settings.after_sales
    shipped_day = lines.day + rules.ship_delay.quantile(draws.uniform_of(Purpose.SHIP_DELAY, lines.subject))
    is_real = lines.reality == REAL
    is_cancelled = is_real & (draws.uniform_of(Purpose.CANCEL, lines.subject) < rules.cancel_rate)
    is_shipped = ~is_cancelled & (lines.reality != TEST)
    rates = np.array([entry.return_rate for entry in settings.catalogue.categories])[category[lines.product]]
    is_returned = is_shipped & is_real & (draws.uniform_of(Purpose.RETURN, lines.subject) < rates)
    delay = np.maximum(1, rules.return_delay.quantile(draws.uniform_of(Purpose.RETURN_DELAY, lines.subject)))
    cancelled_day = np.maximum(lines.day + 1, shipped_day)
    return [
        *_by_day(cancelled_day, is_cancelled, lines, _cancelled),
        *_by_day(shipped_day, is_shipped, lines, _shipped),
        *_by_day(shipped_day + delay, is_returned, lines, lambda some: _returned(settings, draws, some)),
    ]


def _by_day(
    days: Wholes, which: NDArray[np.bool_], lines: Lines, states: Callable[[Lines], LineStates]
) -> list[tuple[int, LineStates]]:
    return [(int(day), states(lines.take(which & (days == day)))) for day in np.unique(days[which])]


def _shipped(lines: Lines) -> LineStates:
    none = _zeros(lines)
    # A parcel leaves after it was paid; on a later day, in the afternoon.
    seconds = np.minimum(lines.seconds + 3600, 86399)
    return LineStates("shipped", lines, seconds, lines.quantity, none, none, none)


def _cancelled(lines: Lines) -> LineStates:
    return LineStates(
        "cancelled", lines, lines.seconds, lines.quantity, lines.amount_minor, lines.tax_minor, lines.quantity
    )


def _returned(settings: WorldSettings, draws: Draws, lines: Lines) -> LineStates:
    rules = settings.after_sales
    is_partial = draws.uniform_of(Purpose.PARTIAL_RETURN, lines.subject) < rules.partial_return_rate
    quantity = np.where(is_partial, 1, lines.quantity)
    is_good = draws.uniform_of(Purpose.RESTOCK, lines.subject) < rules.restock_rate
    return LineStates(
        "refunded",
        lines,
        lines.seconds,
        quantity,
        share_of(lines.amount_minor, quantity, lines.quantity),
        share_of(lines.tax_minor, quantity, lines.quantity),
        np.where(is_good, quantity, 0),
    )


def _zeros(lines: Lines) -> Wholes:
    return np.zeros(len(lines), dtype=np.int64)
