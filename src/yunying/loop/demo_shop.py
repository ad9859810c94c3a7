"""The demo's shop of its own: a past that visitors made by HTTP, its facts, its suppliers' terms, and a first plan."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from yunying.connectors.portal.past import past_live, portal_live
from yunying.interventions.budgets import budget_free, budget_set
from yunying.interventions.selectors.reports import report_latest
from yunying.loop.day import day_do
from yunying.loop.demo_company import SHOP
from yunying.loop.home import Home
from yunying.loop.inbox_drain import inbox_drain
from yunying.loop.published import rows_publish
from yunying.loop.sites import desk_tell

VISITS_A_DAY, SEED = 7.0, 2026
TIME_ZONE = "Asia/Shanghai"
SUPPLIERS = {
    "longwu": ("龙坞茶场", 6, 20_000), "wuyi": ("武夷茶厂", 9, 20_000), "fuzhou": ("福州花茶厂", 8, 10_000),
    "menghai": ("勐海茶业", 12, 30_000), "yixing": ("宜兴陶坊", 14, 30_000), "longquan": ("龙泉窑", 12, 10_000),
    "jingdezhen": ("景德镇瓷坊", 10, 20_000), "tongxiang": ("桐乡土产", 5, 0), "anji": ("安吉竹艺", 6, 0),
}  # fmt: skip
"""Of each supplier: its name, the days that it needs, and its smallest order in minor units."""
PACK = 6
Progress = Callable[[str, float], None]


def demo_shop_live(home: Home, days: int, *, now: datetime, progress: Progress = lambda step, share: None) -> None:
    """Make the shop's past of some days until this midnight, publish it, and let the loop turn once."""
    today = now.astimezone(ZoneInfo(TIME_ZONE)).date()
    first = today - timedelta(days=days)

    def over(day: date, lived: int) -> None:
        progress(f"{SHOP} {day}", lived / days)
        if lived % 7 == 0:
            inbox_drain(home, SHOP, now=now)

    past_live(
        SHOP, home.path / "hands" / SHOP / "portal", first, today,
        visits_a_day=VISITS_A_DAY, seed=SEED, day_over=over,
    )  # fmt: skip
    inbox_drain(home, SHOP, now=now)
    terms_publish(home, first, today)
    desk_tell(home, SHOP)
    portal_live(now)
    if budget_free(SHOP, "purchasing", today) is None:
        budget_set(SHOP, "purchasing", today, today + timedelta(days=90), 3_000_000, None)
    if not report_latest(SHOP, "numbers"):
        day_do(home, SHOP, "demo", now=now)


def terms_publish(home: Home, day: date, end_date: date) -> None:
    """What no page of the shop knows: the suppliers' price lists, and that no advertising was bought on these days."""
    with home.facts.read([SHOP]) as facts:
        if facts.to_arrow(facts.table("supplier_offer").filter(facts.table("supplier_offer").store == SHOP)).num_rows:
            return
        products = facts.to_arrow(facts.table("product").filter(facts.table("product").store == SHOP)).to_pylist()
    rows: Mapping[str, Sequence[Mapping[str, Any]]] = {
        "supplier": [
            {"supplier": slug, "date": day, "title": title, "minimum_order_minor": minimum}
            for slug, (title, _, minimum) in SUPPLIERS.items()
        ],
        "supplier_offer": [
            {"supplier": each["supplier"], "product": each["product"], "from_quantity": 1, "date": day,
             "unit_cost": Decimal(each["unit_cost"]), "lead_time_days": SUPPLIERS[each["supplier"]][1],
             "pack_quantity": PACK, "minimum_quantity": PACK}
            for each in products if each["supplier"] in SUPPLIERS and each["unit_cost"] is not None
        ],
        "ad_spend": [
            {"date": day + timedelta(days=each), "channel": "none", "campaign": "", "spend_minor": 0}
            for each in range((end_date - day).days)
        ],
    }  # fmt: skip
    rows_publish(home, SHOP, "terms", rows)
