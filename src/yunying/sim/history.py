"""Living a world day by day, for those who want the facts as they come, or as batches to publish."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice

import pyarrow as pa

from yunying.facts.batch import FactBatch
from yunying.sim.book import Rule
from yunying.sim.settings import WorldSettings
from yunying.sim.tables import joined_tables
from yunying.sim.world import World


def live(world: World, days: int, rule: Rule | None = None) -> Iterator[tuple[date, dict[str, pa.Table]]]:
    """Each lived day with its facts by table; the rule, if any, gives each morning's commands from the books.

    The world moves on as the iterator is consumed.
    """
    for _ in range(days):
        day = world.today
        yield day, world.step(day, rule(day, world.book) if rule else ())


def live_batches(world: World, days: int, rule: Rule | None = None, *, days_per_batch: int = 30) -> Iterator[FactBatch]:
    """The same days as batches for the one writer of facts; a batch's number is its last day, counted from 1.

    Args:
        world: moves on as the iterator is consumed; its store's id names the store and, behind ``sim/``, the source.
        days: how many days to live, the last batch may be shorter than the others.
        rule: gives each morning's commands.
        days_per_batch: at least 1; a batch becomes visible as a whole.
    """
    lived = live(world, days, rule)
    while part := list(islice(lived, days_per_batch)):
        yield batch_of(world.settings, part)


def batch_of(settings: WorldSettings, lived: Sequence[tuple[date, dict[str, pa.Table]]]) -> FactBatch:
    """Lived days, at least one, in their order, as one batch; its number is the last day's, counted from 1."""
    store = settings.store.id
    return FactBatch(
        source=f"sim/{store}",
        number=(lived[-1][0] - settings.start_date).days + 1,
        store=store,
        tables=joined_tables([tables for _, tables in lived]),
        primary="order_line",
        note={"from_date": lived[0][0].isoformat(), "to_date": lived[-1][0].isoformat()},
    )
