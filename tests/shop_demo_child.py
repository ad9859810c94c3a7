"""A shop lives some weeks by HTTP, the desk acts on it, and it lives on; what came of it is printed as JSON.

Everything happens under one clock, which goes forward with the shop's days.
"""

import json
import os
import sys
from datetime import date, timedelta
from pathlib import Path
from urllib.request import Request, urlopen

os.environ["DJANGO_SETTINGS_MODULE"] = "yunying.config.settings"
os.environ["YUNYING_SHOP_PAYMENTS"] = "gateway-simulator,cash-on-delivery,bank-transfer"

import django

django.setup()

from yunying.accounts.database import database_ready
from yunying.accounts.people import person_make
from yunying.connectors.portal.past import past_live
from yunying.interventions.deciding import proposals_approve
from yunying.interventions.proposing import intervention_compose
from yunying.interventions.selectors.interventions import proposals_ranked
from yunying.kernel.command import Command
from yunying.loop.day import day_do
from yunying.loop.demo_company import SHOP
from yunying.loop.demo_shop import terms_publish
from yunying.loop.dispatch import dispatch_store
from yunying.loop.home import Home
from yunying.loop.inbox_drain import inbox_drain
from yunying.loop.sites import desk_tell
from yunying.org.active import scope_of_the_program
from yunying.portal.demo_clock import PastClock, past_clock
from yunying.portal.demo_shop import shop_served
from yunying.portal.facade import command_apply, day_begins
from yunying.practices.purchasing.policy import PurchasingPolicy
from yunying.practices.purchasing.read import read
from yunying.sim.visitors.tastes import Tastes

FIRST, DAYS, SPAN = date(2026, 3, 2), 31, 3
PRODUCT, SKU, RAISED = "maofeng", "MF100", "124.80"
QUIET, BUSY, ON_HAND = 0.3, 14.0, 76
OPENING = 5.0
"""Visits on the first day, so that the history of sales begins with it."""
# Nobody is drawn by a product's own appeal, and all look at the front page first: what differs is what the desk did.
TASTES = Tastes(
    appeal_spread=0.0, product_rate=0.0, category_rate=0.0, search_rate=0.0, slot_pull=8.0, position_decay=1.5,
    buy_rate=0.9, looks_a_visit=1.0, coupon_rate=0.0, return_rate=0.0, cancel_rate=0.0, no_tracking_rate=0.0,
    bot_rate=0.0,
)  # fmt: skip


class Weeks:
    """The shop's weeks, one after another."""

    def __init__(self, home: Home) -> None:
        self.home, self.lived = home, 0
        self.manager = person_make("manager", "a long enough password")

    @property
    def today(self) -> date:
        return FIRST + timedelta(days=self.lived)

    def live(self, days: int, visits: float) -> dict[str, int]:
        self.lived += days
        folder = self.home.path / "hands" / SHOP / "portal"
        counts = past_live(SHOP, folder, FIRST, self.today, visits_a_day=visits, seed=11, buys_by_rule=False,
                           tastes=TASTES)  # fmt: skip
        self.publish()
        return dict(counts)

    def buy_list(self) -> dict[str, int]:
        """What the loop proposes to buy this morning: the identity and the quantity of the product's order."""
        with past_clock(PastClock(day_begins(SHOP, self.today))):
            day_do(self.home, SHOP, "test", now=day_begins(SHOP, self.today), reports=False)
        rows = [row for row in proposals_ranked(SHOP, 1000) if row.practice == "purchasing"]
        mine = next((row for row in rows if row.subject == SKU), None)
        quantity = sum(line["quantity"] for line in mine.params["lines"]) if mine else 0
        return {"rows": len(rows), "id": mine.pk if mine else 0, "quantity": quantity}

    def approve(self, *identities: int) -> None:
        with past_clock(PastClock(day_begins(SHOP, self.today) + timedelta(hours=8))):
            done = proposals_approve(SHOP, list(identities), self.manager)
            assert all(each.is_done for each in done), done
            sent = dispatch_store(self.home, SHOP, "test", ignore_wait=True)
            assert sent == {"applied": len(identities), "failed": 0, "later": 0}, sent
        self.publish()

    def compose(self, kind: str, **params: object) -> int:
        with past_clock(PastClock(day_begins(SHOP, self.today) + timedelta(hours=8))):
            return int(intervention_compose(SHOP, self.manager, Command(kind, 1, params)).pk)

    def page(self, path: str) -> str:
        """A page of the shop as it is at nine in the morning."""
        asked = {"User-Agent": "Mozilla/5.0", "Accept-Language": "en"}
        morning = PastClock(day_begins(SHOP, self.today) + timedelta(hours=9))
        with past_clock(morning), shop_served() as site:
            answer = urlopen(Request(site + path, headers=asked), timeout=30)
            return answer.read().decode()

    def on_hand(self) -> int:
        with self.home.facts.read([SHOP]) as facts:
            rows = facts.to_arrow(facts.table("stock_level")).to_pylist()
        return max((row["date"], row["on_hand"]) for row in rows if row["product"] == SKU)[1]

    def facts(self, since: date) -> dict[str, float]:
        """The product's paid units and orders from a day on, its stock, and what the next buy list counts as coming."""
        with self.home.facts.read([SHOP]) as facts:
            lines = [row for row in facts.to_arrow(facts.table("order_line")).to_pylist()
                     if row["product"] == SKU and row["state"] == "paid" and row["date"] >= since]  # fmt: skip
            levels = {row["date"]: row["on_hand"] for row in facts.to_arrow(facts.table("stock_level")).to_pylist()
                      if row["product"] == SKU}  # fmt: skip
            moved = sum((1 if row["direction"] == "in" else -1) * row["quantity"]
                        for row in facts.to_arrow(facts.table("stock_movement")).to_pylist()
                        if row["product"] == SKU and row["date"] >= since)  # fmt: skip
            found = read(facts, SHOP, self.today, PurchasingPolicy())
        mine = found.products.index(SKU)
        return {
            "units": sum(row["quantity"] for row in lines), "orders": len({row["order"] for row in lines}),
            "moved": moved, "stock": levels[max(levels)], "stock_before": levels[since - timedelta(days=1)],
            "last_day": (max(levels) - FIRST).days,
            "inbound": int(found.inbound.quantity[found.inbound.product == mine].sum()),
        }  # fmt: skip

    def publish(self) -> None:
        inbox_drain(self.home, SHOP, now=day_begins(SHOP, self.today))
        desk_tell(self.home, SHOP)


def told() -> dict[str, object]:
    weeks, found = Weeks(Home(Path(os.environ["YUNYING_HOME"]))), {}
    weeks.home.facts.recover()
    weeks.live(1, OPENING)
    weeks.live(DAYS - 2, QUIET)
    # Enough for the weeks to come: what is not there cannot be sold.
    goods = {"sku": SKU, "quantity": ON_HAND - weeks.on_hand()}
    command_apply(SHOP, "receive-goods", goods, key="shelf", actor="test", now=day_begins(SHOP, weeks.today))
    weeks.live(1, QUIET)
    terms_publish(weeks.home, FIRST, weeks.today)
    found["list_before"] = weeks.buy_list()
    # The teahouse has its set at this place; the room is made by the shop itself.
    room = {"sku": "SET", "slot": "front"}
    command_apply(SHOP, "unfeature-product", room, key="room", actor="test", now=day_begins(SHOP, weeks.today))
    dates = {"start_date": str(weeks.today), "end_date": "2099-01-01"}
    weeks.approve(weeks.compose("feature", product=SKU, slot="front", **dates))
    found["front"] = weeks.page(f"/shop/{SHOP}/")
    begun = weeks.today
    found["featured"] = weeks.live(SPAN, BUSY)
    found["featured_facts"] = weeks.facts(begun)
    found["list_after"] = weeks.buy_list()
    weeks.approve(found["list_after"]["id"], weeks.compose("set_price", product=SKU, list_price=RAISED))
    found["page"] = weeks.page(f"/shop/{SHOP}/product/{PRODUCT}/")
    begun = weeks.today
    found["raised"] = weeks.live(SPAN, BUSY)
    found["raised_facts"] = weeks.facts(begun)
    found["ratio"] = (float(RAISED) / 78.0) ** -TASTES.elasticity(PRODUCT)
    found["more_units"] = TASTES.more_units
    return found


if __name__ == "__main__":
    database_ready()
    with scope_of_the_program():
        json.dump(told(), sys.stdout)
