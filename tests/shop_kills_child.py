"""Kills buyers and drainers while orders are placed and paid: shop_kills_child.py KILLS careful|hasty; prints JSON.

``hasty`` tells the facts after the order's transaction instead of in it: the control.
"""

import json
import os
import random
import secrets
import signal
import sys
import time
from pathlib import Path
from unittest import mock

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yunying.config.settings")

import django

django.setup()

from django.db import OperationalError, connections, transaction
from django.db.models import Sum
from django.test import Client
from django.utils import timezone

from yunying.accounts.database import database_ready
from yunying.inbox.box import inbox_state
from yunying.kernel.errors import OperatorError
from yunying.kernel.ids import digest
from yunying.loop.home import Home
from yunying.loop.inbox_drain import inbox_drain
from yunying.portal.shop.facts import orders as told_orders
from yunying.portal.shop.facts.rows import facts_write
from yunying.portal.shop.models import Order, Payment, Shop, Stock
from yunying.portal.shop.payments import notice_apply
from yunying.portal.shop.placing import order_place
from yunying.portal.shop.providers.contract import Notice
from yunying.portal.shop.tests.furnished import NOW, basket_with, check_out, shop_furnished

HOME = Home(Path(os.environ["YUNYING_HOME"]))
ACKNOWLEDGED, CLICKED = HOME.path / "acknowledged", HOME.path / "clicked"
VISITOR = "0123456789abcdef01234567"


def buy(shop: Shop, careful: bool) -> None:
    basket = basket_with(shop, TEA=1)
    held: list[tuple] = []
    change = (
        mock.MagicMock() if careful else mock.patch.object(told_orders, "facts_write", lambda *row: held.append(row))
    )
    with change:
        order = order_place(basket, check_out(basket, f"key-{basket.pk:06d}", "bank-transfer"), NOW)
        payment = Payment.objects.get(order=order)
        charge = f"c-{order.pk}"
        told = Notice(charge, payment.reference, "paid", charge, payment.amount_minor, payment.currency)
        notice_apply(payment.provider, told, NOW)
    for row in held:
        # What may happen between any two statements of a process, made likely.
        time.sleep(0.02)
        with transaction.atomic():
            facts_write(*row)
    with ACKNOWLEDGED.open("a") as log:
        log.write(f"{order.number}\n")


def click() -> None:
    """A batch of two events, sent twice, as a browser does that heard no answer."""
    client = Client(HTTP_ACCEPT_LANGUAGE="en", HTTP_USER_AGENT="Mozilla/5.0")
    client.cookies.load({"shop_consent": "yes", "shop_visitor": VISITOR, "shop_visit": f"{VISITOR}||"})
    ids = [secrets.token_hex(8) for _ in range(2)]
    body = json.dumps({"events": [{"id": each, "type": "click", "page": "list"} for each in ids]})
    for _ in range(2):
        answer = client.post("/shop/teahouse/events/", body, content_type="text/plain")
        if answer.status_code == 200:
            with CLICKED.open("a") as log:
                log.writelines(f"c-{digest(f'{VISITOR}/{each}', 32)}\n" for each in ids)


def forever(deed: object) -> int:
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        while True:
            try:
                deed()  # type: ignore[operator]
            except (OperationalError, OperatorError):
                time.sleep(0.01)
    return pid


def killed(kills: int, careful: bool) -> int:
    """A buyer, a browser and a drainer at a time, killed after a moment."""
    shop, rng, done = shop_furnished(tea=100_000), random.Random(5), 0
    # Whatever is imported at the first request is imported before the first fork.
    assert Client().get("/shop/teahouse/").status_code == 200
    while done < kills:
        pids = [
            forever(lambda: buy(shop, careful)),
            forever(click),
            forever(lambda: inbox_drain(HOME, shop.slug, now=timezone.now())),
        ]
        time.sleep(rng.uniform(0.3, 1.5))
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            done += 1
    return done


def told() -> dict[str, object]:
    HOME.facts.recover()
    while inbox_state("teahouse")[0]:
        inbox_drain(HOME, "teahouse", now=timezone.now())
    with HOME.facts.read() as reader:
        lines = reader.to_arrow(reader.table("order_line")).to_pylist()
        moves = reader.to_arrow(reader.table("stock_movement")).to_pylist()
        clicks = reader.to_arrow(reader.table("event").event).to_pylist()
    goods = [row for row in lines if row["line_kind"] == "goods"]
    by_state = {state: [row["order"] for row in goods if row["state"] == state] for state in ("placed", "paid")}
    acknowledged = set(ACKNOWLEDGED.read_text().split()) if ACKNOWLEDGED.exists() else set()
    clicked = set(CLICKED.read_text().split()) if CLICKED.exists() else set()
    paid = Payment.objects.filter(state="paid").aggregate(n=Sum("amount_minor"))["n"] or 0
    signs = {"in": 1, "out": -1}
    return {
        "acknowledged": len(acknowledged),
        "acknowledged_but_lost": len(acknowledged - set(by_state["paid"])),
        "placed_agree": sorted(by_state["placed"]) == sorted(Order.objects.values_list("number", flat=True)),
        "paid_agree": sum(row["amount_minor"] for row in lines if row["state"] == "paid") == paid,
        "stock_agrees": sum(signs[row["direction"]] * row["quantity"] for row in moves if row["product"] == "TEA")
        == Stock.objects.get(variant__sku="TEA").on_hand,
        "clicked": len(clicked),
        "clicked_but_lost": len(clicked - set(clicks)),
        "clicked_twice": len(clicks) - len(set(clicks)),
        "aside": inbox_state("teahouse")[1],
    }


if __name__ == "__main__":
    database_ready()
    hits = killed(int(sys.argv[1]), sys.argv[2] == "careful")
    sys.stdout.write(json.dumps({"kills": hits, **told()}))
