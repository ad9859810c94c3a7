"""The demo: a simulated store lives, its facts are published month by month, and today's plan is made from them."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from yunying.kernel.periods import Period
from yunying.loop.home import Home
from yunying.loop.plan import Plan, day_after_last, plan_make
from yunying.metrics.evaluate import evaluate
from yunying.metrics.table import MetricTable
from yunying.sim.history import live_batches
from yunying.sim.loading import load_settings
from yunying.sim.minmax import MinMaxRule
from yunying.sim.world import World

WORLD = "demo"
SEED = 2026
# The demo world samples its events, so nothing that counts visitors is shown.
KEY_NUMBERS = ("paid_amount", "paid_orders", "spend_per_buyer", "refund_rate", "stock_value", "contribution_profit")


def demo_build(home: Home, days: int, *, progress: Callable[[str, float], None] = lambda step, share: None) -> bool:
    """Live ``days`` days and publish them in batches; True if anything had to be built.

    The store's own buyer so far was the minimum/maximum rule of an ERP system. A build that was cut off goes on:
    batches that are published are skipped by their number.
    """
    settings = load_settings(WORLD)
    home.facts.recover()
    if home.facts.snapshots.last_number(f"sim/{settings.store.id}") >= days:
        return False
    for batch in live_batches(World(settings, SEED), days, MinMaxRule(14.0, 35.0)):
        home.facts.write(batch)
        progress(f"day {batch.number} of {days}", batch.number / days)
    return True


def demo_plan(home: Home, *, made_at: datetime) -> tuple[Plan, MetricTable]:
    """Today's plan of the demo store, and yesterday's key numbers beside those of the day before."""
    store = load_settings(WORLD).store.id
    made = plan_make(home, store, as_of=None, made_at=made_at)
    with home.facts.read([store]) as facts:
        today: date = day_after_last(facts, store)
        table = evaluate(
            facts, KEY_NUMBERS, store=store, period=Period(today - timedelta(days=1), today), compare="previous"
        )
    return made, table
