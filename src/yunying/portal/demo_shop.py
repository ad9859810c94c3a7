"""The demo's shop: opened with its goods, served to whoever asks by HTTP, and worked in by its own people."""

import math
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from zoneinfo import ZoneInfo

from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.db.models import Sum

from yunying.accounts.database import database_ready
from yunying.kernel.money import to_major
from yunying.portal.facade import command_apply
from yunying.portal.news.sample import portal_sample
from yunying.portal.shop.facts.stock import days_close
from yunying.portal.shop.holds import books_check
from yunying.portal.shop.invoices import invoices_sweep
from yunying.portal.shop.models import (
    Order,
    Payment,
    PurchaseOrder,
    PurchaseOrderLine,
    Return,
    Review,
    Shop,
    Stock,
    StockMovement,
)
from yunying.portal.shop.payments import notice_apply, payments_sweep
from yunying.portal.shop.providers.contract import Notice
from yunying.portal.shop.refunds import refund_send, refunds_sweep
from yunying.portal.shop.returns import return_receive
from yunying.portal.shop.reviews import work_review
from yunying.portal.shop.sample import TIME_ZONE, sample_open
from yunying.portal.shop.states import order_deliver, order_ship

SHIP_AFTER, DELIVER_AFTER, BACK_AFTER = timedelta(hours=3), timedelta(days=2), timedelta(days=3)
LOW_DAYS, HIGH_DAYS, MEAN_DAYS = 10, 24, 28
"""The buyer's rule: what lasts less than the first is filled up to the second, by the mean sales of the third."""
LEAD_DAYS = {"longwu": 6, "wuyi": 9, "fuzhou": 8, "menghai": 12, "yixing": 14, "longquan": 12, "jingdezhen": 10,
             "tongxiang": 5, "anji": 6}  # fmt: skip
PACK, LEAST_A_DAY = 6, 0.1


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:
        """Thousands of visits need no lines of their own."""


@contextmanager
def shop_served() -> Iterator[str]:
    """Serve this process's site on a free port of this machine; its address. One request at a time, in its order."""
    server: WSGIServer = make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=_Quiet)

    def serve() -> None:
        try:
            server.serve_forever(poll_interval=0.05)
        finally:
            connections.close_all()

    thread = Thread(target=serve, name="demo-shop", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def demo_shop_open(slug: str, day: date) -> bool:
    """Open the teahouse under a slug as a day begins; whether it is new."""
    database_ready()
    if Shop.objects.filter(slug=slug).exists():
        return False
    sample_open(slug, datetime.combine(day, time(), ZoneInfo(TIME_ZONE)))
    return True


def demo_shop_work(slug: str, now: datetime) -> list[str]:
    """What the shop's people and its minute's turn do by a moment; the problems of its books."""
    shop = Shop.objects.get(slug=slug)
    payments_sweep(now)
    for order in Order.objects.filter(shop=shop, state="accepted", placed_at__lte=now - SHIP_AFTER).order_by("pk"):
        order_ship(order, f"SF{order.number}", now)
    for order in Order.objects.filter(shop=shop, state="shipped", shipped_at__lte=now - DELIVER_AFTER).order_by("pk"):
        order_deliver(order, now)
        _collect(order, now)
    for sent in Return.objects.filter(order__shop=shop, state="asked", asked_at__lte=now - BACK_AFTER).order_by("pk"):
        refund = return_receive(sent, now, is_sellable=sent.pk % 5 != 0)
        if refund is not None:
            refund_send(refund, now)
    for review in Review.objects.filter(shop=shop, state="waiting").order_by("pk"):
        work_review(review, is_shown=True, answer="", actor="demo", now=now)
    refunds_sweep(now)
    invoices_sweep(now)
    return list(books_check(shop, now))


def demo_shop_close(slug: str, now: datetime) -> None:
    """Tell the closing stock of the days that are over."""
    days_close(Shop.objects.get(slug=slug), now)


def demo_portal_open(now: datetime) -> None:
    """A portal around the shop, with articles; one that is there stays as it is."""
    portal_sample("demo", now)


def demo_shop_receive(slug: str, now: datetime) -> None:
    """Goods that are due come in."""
    shop = Shop.objects.get(slug=slug)
    for purchase in PurchaseOrder.objects.filter(shop=shop, promised_date__lte=now.date()).order_by("pk"):
        for line in purchase.lines.select_related("variant").order_by("position"):
            left = line.quantity - line.received - line.cancelled
            if left > 0:
                params = {"sku": line.variant.sku, "quantity": left, "purchase": purchase.number}
                key = f"in-{purchase.number}-{line.position}"
                command_apply(slug, "receive-goods", params, key=key, actor="demo", now=now)


def demo_shop_order(slug: str, now: datetime) -> int:
    """The buyer orders by his rule from each supplier; how many lines."""
    shop = Shop.objects.get(slug=slug)
    wanted: dict[str, list[dict[str, object]]] = {}
    a_day, coming = _sold_a_day(shop, now), _coming(shop)
    for row in Stock.objects.filter(variant__shop=shop).select_related("variant__product").order_by("variant"):
        mean = max(a_day.get(row.variant_id, 0.0), LEAST_A_DAY)
        there = row.on_hand - row.reserved + coming[row.variant_id]
        if there < LOW_DAYS * mean + 1:
            packs = max(math.ceil((HIGH_DAYS * mean - there) / PACK), 1)
            line = {"sku": row.variant.sku, "quantity": packs * PACK,
                    "unit_cost": str(to_major(row.variant.cost_minor, shop.currency))}  # fmt: skip
            wanted.setdefault(row.variant.product.supplier, []).append(line)
    for supplier, lines in sorted(wanted.items()):
        number = f"{now:%y%m%d}-{supplier or 'any'}"
        # Suppliers keep their usual time within two days.
        late = (now.toordinal() + len(supplier)) % 3
        promised = now.date() + timedelta(days=LEAD_DAYS.get(supplier, 10) + late)
        params = {"number": number, "supplier": supplier, "lines": lines, "promised_date": promised.isoformat()}
        command_apply(slug, "order-goods", params, key=f"po-{number}", actor="demo", now=now)
    return sum(map(len, wanted.values()))


def _collect(order: Order, now: datetime) -> None:
    """The courier brings the money of a parcel that was paid at the door."""
    for payment in Payment.objects.filter(order=order, state="begun", provider="cash-on-delivery"):
        charge = f"door-{payment.reference}"
        paid = Notice(charge, payment.reference, "paid", charge, payment.amount_minor, payment.currency)
        notice_apply(payment.provider, paid, now)


def _sold_a_day(shop: Shop, now: datetime) -> dict[int, float]:
    """The mean sales of the last weeks by variant."""
    movements = StockMovement.objects.filter(variant__shop=shop)
    opened = movements.order_by("at").values_list("at", flat=True).first()
    days = max(min((now - opened).days, MEAN_DAYS), 7) if opened else MEAN_DAYS
    sold = movements.filter(at__gt=now - timedelta(days=MEAN_DAYS), reason="sale").values("variant")
    return {
        variant: -units / days for variant, units in sold.annotate(units=Sum("change")).values_list("variant", "units")
    }


def _coming(shop: Shop) -> Counter[int]:
    """What is ordered and has not come, by variant."""
    lines = PurchaseOrderLine.objects.filter(purchase__shop=shop)
    found: Counter[int] = Counter()
    for line in lines:
        found[line.variant_id] += line.quantity - line.received - line.cancelled
    return found
