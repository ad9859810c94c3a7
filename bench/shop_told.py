"""Beside a killed server: ``drain`` publishes facts until it is killed; ``told FILE`` compares what clients heard."""

import json
import os
import sys
import time
from collections import Counter
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "yunying.config.settings"

import django

django.setup()

from django.db import OperationalError  # noqa: E402
from django.utils import timezone  # noqa: E402

from yunying.inbox.box import inbox_state  # noqa: E402
from yunying.kernel.ids import digest  # noqa: E402
from yunying.loop.home import Home  # noqa: E402
from yunying.loop.inbox_drain import inbox_drain  # noqa: E402
from yunying.portal.shop.identity import shop_problems  # noqa: E402
from yunying.portal.shop.models import Order, Shop, Stock  # noqa: E402

HOME, SHOP = Home(Path(os.environ["YUNYING_HOME"])), "teahouse"


def drain() -> None:
    while True:
        try:
            inbox_drain(HOME, SHOP, now=timezone.now())
        except OperationalError:
            time.sleep(0.05)
        time.sleep(0.2)


def told(heard: dict) -> dict[str, object]:
    """Orders by key and events by id as clients were told, against the database and the facts."""
    HOME.facts.recover()
    while inbox_state(SHOP)[0]:
        inbox_drain(HOME, SHOP, now=timezone.now())
    with HOME.facts.read() as reader:
        lines = reader.to_arrow(reader.table("order_line")).to_pylist()
        clicks = reader.to_arrow(reader.table("event").event).to_pylist()
    goods = Counter(row["order"] for row in lines if (row["line_kind"], row["state"]) == ("goods", "placed"))
    orders = {order.key: order for order in Order.objects.all()}
    acknowledged = {key: orders.get(key) for key in heard["orders"]}
    sent = {f"c-{digest(f'{visitor}/{own}', 32)}" for visitor, own in heard["events"]}
    counted = Counter(clicks)
    return {
        "orders_acknowledged": len(acknowledged),
        "orders_lost": sum(order is None for order in acknowledged.values()),
        "orders_told_otherwise": sum(
            order is not None and any(order.token not in address for address in heard["orders"][key])
            for key, order in acknowledged.items()
        ),
        "orders_kept": len(orders),
        "orders_nobody_sent": len(set(orders) - set(heard["sent"])),
        "orders_missing_in_facts": sum(order.number not in goods for order in orders.values()),
        "orders_twice_in_facts": sum(count > 1 for count in goods.values()),
        "events_acknowledged": len(sent),
        "events_lost": len(sent - set(counted)),
        "events_twice": sum(count > 1 for count in counted.values()),
        "reserved": Stock.objects.get(variant__sku="TEA").reserved,
        "books": shop_problems(Shop.objects.get()),
        "set_aside": inbox_state(SHOP)[1],
    }


if __name__ == "__main__":
    if sys.argv[1] == "drain":
        drain()
    print(json.dumps(told(json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")))))
