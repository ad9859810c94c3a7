"""The demo: a simulated store lives, its last weeks with the loop turning and its people deciding."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from yunying.accounts.people import Person, person_named
from yunying.connectors.sim.birth import WORLD_NAME
from yunying.connectors.sim.living_store import LivingStore
from yunying.interventions.budgets import budget_free, budget_set
from yunying.interventions.deciding import (
    intervention_revert,
    proposals_approve,
    proposals_reject,
    proposals_snooze,
)
from yunying.interventions.ledger import store_row
from yunying.interventions.listing import ledger_rows
from yunying.interventions.proposing import intervention_compose
from yunying.interventions.selectors.reports import report_latest
from yunying.kernel.command import Command
from yunying.kernel.periods import Period
from yunying.loop.day import day_do
from yunying.loop.demo_company import company_found, small_stores_live
from yunying.loop.demo_shop import demo_shop_live
from yunying.loop.dispatch import dispatch_store
from yunying.loop.home import Home
from yunying.loop.plan import Plan, day_after_last, plan_make
from yunying.loop.sites import desk_tell
from yunying.metrics.evaluate import evaluate
from yunying.metrics.table import MetricTable
from yunying.sim.loading import load_settings
from yunying.sim.minmax import MinMaxRule

WORLD = "demo"
SEED = 2026
FIRST_RULE = MinMaxRule(14.0, 35.0)
"""What the store's buyer did before anybody turned the loop; the products that are held out keep it."""
BUYING_DAYS, MOST_URGENT = (0, 3), 3
# The demo world samples its events, so nothing that counts visitors is shown.
KEY_NUMBERS = ("paid_amount", "paid_orders", "spend_per_buyer", "refund_rate", "stock_value", "contribution_profit")
Progress = Callable[[str, float], None]


def demo_build(
    home: Home,
    days: int,
    lived: int,
    *,
    shop_days: int = 0,
    now: Callable[[], datetime],
    progress: Progress = lambda step, share: None,
) -> bool:
    """Live ``days`` days, the last ``lived`` of them with the loop turning; True if anything had to be built.

    The shop of this site has a past of ``shop_days``; with none it is left out.

    A build that was cut off goes on where it was: every day and every decision has its own key.
    """
    store = load_settings(WORLD).store.id
    folder = home.path / "hands" / store / "sim"
    if (folder / WORLD_NAME).exists():
        living = LivingStore.open(folder)
    else:
        living = LivingStore.create(folder, WORLD, SEED, days - lived, FIRST_RULE)
    if living.days >= days and (home.path / "demo.built").exists():
        return False
    company_found()
    home.facts.recover()
    for batch in living.batches(home.facts.snapshots.last_number(living.source)):
        home.facts.write(batch)
        progress(f"day {batch.number} of {days}", 0.4 * batch.number / days)
    desk_tell(home, store, connector="sim")
    small_stores_live(home, now=now, progress=lambda step, share: progress(step, 0.4 + 0.1 * share))
    if shop_days:
        demo_shop_live(home, shop_days, now=now(), progress=lambda step, share: progress(step, 0.5 + 0.1 * share))
    _budget(home, store, lived)
    first = days - lived
    while True:
        number = living.days
        is_last = number >= days
        progress(f"day {number} of {days}", 0.6 + 0.4 * (number - first) / lived)
        day_do(home, store, "demo", now=now(), reports=is_last or (number - first) % 7 == 0)
        if is_last:
            break
        _decide(home, store, number - first)
        _send_and_live(home, store, living)
    (home.path / "demo.built").write_text("", encoding="ascii")
    return True


def demo_summary(home: Home, *, made_at: datetime) -> tuple[Plan, MetricTable]:
    """Today's plan of the demo store, and yesterday's key numbers beside those of the day before."""
    store = load_settings(WORLD).store.id
    made = plan_make(home, store, as_of=None, made_at=made_at)
    with home.facts.read([store]) as facts:
        today: date = day_after_last(facts, store)
        table = evaluate(
            facts, KEY_NUMBERS, store=store, period=Period(today - timedelta(days=1), today), compare="previous"
        )
    return made, table


def _budget(home: Home, store: str, lived: int) -> None:
    today: date = store_row(store).today_date
    if budget_free(store, "purchasing", today) is not None:
        # A build that was cut off goes on within the budgets that it had set.
        return
    end = today + timedelta(days=lived + 35)
    budget_set(store, "purchasing", today, end, 150_000_000, None)
    budget_set(store, "", today, end, 180_000_000, None)
    budget_set(store, "", today, end, 30_000_000, None, person=person_named("caigou"), stops=False)


def _send_and_live(home: Home, store: str, living: LivingStore) -> None:
    dispatch_store(home, store, "demo", ignore_wait=True)
    living.advance()


def _decide(home: Home, store: str, day: int) -> None:
    """A morning at the desk: on two days a week most orders are approved, on the others only the most urgent ones."""
    rng = np.random.default_rng([SEED, day])
    buyer, manager, above = (person_named(each) for each in ("caigou", "dianzhang", "pinpai"))
    rows = ledger_rows(store, "proposed", 1000)
    luck = rng.random(len(rows))
    today: date = store_row(store).today_date
    most = len(rows) if today.weekday() in BUYING_DAYS else MOST_URGENT
    bought = [(row["id"], chance) for row, chance in zip(rows, luck, strict=True) if row["practice"] == "purchasing"]
    pick = [identity for identity, chance in bought[:most] if chance < 0.9]
    large = {row["id"] for row in rows if row["cost_minor"] >= 500_000}
    # What needs two people has the first one's approval then; of the others nothing is left for the second.
    for person in (manager, above):
        proposals_approve(store, [each for each in pick if each in large], person, at_once=True)
    proposals_approve(store, [each for each in pick if each not in large], buyer, at_once=True)
    left = [row["id"] for row, chance in zip(rows, luck, strict=True) if chance >= 0.97]
    proposals_reject(store, left[::2], manager, reason="供应商本周在换模具")
    proposals_snooze(store, left[1::2], buyer, until_date=today + timedelta(days=3))
    _compose(home, store, day, today, (manager, above), rows)


def _raise_loss_makers(home: Home, store: str, manager: Person, above: Person) -> None:
    """What the plan declines to buy because each unit sold loses money gets a price that pays."""
    items = report_latest(store, "abstentions").get("items", ())
    losing = [product for item in items if item["code"] == "no-margin" for product in item["subjects"]]
    with home.facts.read([store]) as facts:
        prices = facts.table("price")
        newest = prices.filter(prices.store == store, prices["product"].isin(losing)).order_by("date")
        known = {row["product"]: row["list_price"] for row in facts.to_arrow(newest).to_pylist()}
    for product, price in sorted(known.items()):
        command = Command("set_price", 1, {"product": product, "list_price": f"{float(price) * 1.6:.2f}"})
        row = intervention_compose(
            store, manager, command, title=f"亏本商品提价 {product}", note="每卖一件都亏，先提价"
        )
        proposals_approve(store, [row.pk], above, at_once=True)


def _compose(
    home: Home, store: str, day: int, today: date, two: tuple[Person, Person], rows: Sequence[dict[str, Any]]
) -> None:
    """What people did by hand in those weeks: a price, a promotion, and a price that was taken back.

    The second person approves what the first one composed.
    """
    manager, above = two
    products = [row["subject"] for row in rows if row["practice"] == "purchasing"]
    if day == 10 and len(products) > 4:
        chosen = tuple({"product": product} for product in sorted(products)[:4])
        command = Command(
            "start_promotion", 1,
            {"promotion": "中秋满减", "start_date": today.isoformat(), "end_date": str(today + timedelta(days=7)),
             "discount_rate_permille": 120, "products": chosen},
        )  # fmt: skip
        row = intervention_compose(store, manager, command, title="中秋满减：四款商品九折起", note="节前试一周")
        proposals_approve(store, [row.pk], above, at_once=True)
    if day == 2:
        _raise_loss_makers(home, store, manager, above)
    if day in (5, 40) and products:
        command = Command("set_price", 1, {"product": max(products), "list_price": "49.90"})
        row = intervention_compose(store, manager, command, note="对标同行")
        proposals_approve(store, [row.pk], above, at_once=True)
    if day == 44:
        for each in ledger_rows(store, "applied", 1000):
            if each["kind"] == "set_price":
                intervention_revert(store, each["id"], manager, reason="销量下滑，恢复原价")
