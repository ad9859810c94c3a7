"""What the lists of proposals, interventions and measurements share."""

from collections.abc import Iterable
from typing import Any


def list_scale(rows: Iterable[Any]) -> tuple[int, int]:
    """One scale for the interval bars of a list, so that their lengths can be compared.

    A few very wide intervals must not flatten all others, so the scale ends at the 90th percentile of the bounds.
    """
    known = [row for row in rows if row.low_minor is not None and row.high_minor is not None]
    lows = sorted(row.low_minor for row in known)
    highs = sorted(row.high_minor for row in known)
    if not known:
        return (0, 1)
    place = len(known) // 10
    return (min(lows[place], 0), max(highs[-1 - place], 1))
