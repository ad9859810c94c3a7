"""Living a world day by day, for those who want the facts as they come."""

from collections.abc import Iterator
from datetime import date

import pyarrow as pa

from yunying.sim.book import Rule
from yunying.sim.world import World


def live(world: World, days: int, rule: Rule | None = None) -> Iterator[tuple[date, dict[str, pa.Table]]]:
    """Each lived day with its facts by table; the rule, if any, gives each morning's commands from the books.

    The world moves on as the iterator is consumed.
    """
    for _ in range(days):
        day = world.today
        yield day, world.step(day, rule(day, world.book) if rule else ())
