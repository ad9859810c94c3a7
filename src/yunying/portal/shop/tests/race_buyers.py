"""A process of buyers who place orders at once with others; prints what became of the sends as JSON.

Run as: race_buyers.py careful|careless BASKET...
"""

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from unittest import mock

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yunying.config.settings")

import django

django.setup()

from django.db import OperationalError
from django.db.models import F

from yunying.kernel.errors import OperatorError
from yunying.kernel.tests.meeting import NEAR, came, late_at
from yunying.portal.shop import placing
from yunying.portal.shop.models import Basket, Order, Reservation, ReservationLine, Stock
from yunying.portal.shop.placing import order_place
from yunying.portal.shop.tests.furnished import NOW, check_out


def careless_reserve(
    order: Order, needed: dict[int, int], expires_at: object, between: Callable[[int], None] | None = None
) -> None:
    """The control: reads what there is, compares, then writes, as everybody writes it first.

    Args:
        between: called before it writes, with what will be left.
    """
    reservation = Reservation.objects.create(order=order, expires_at=expires_at)
    for variant, quantity in needed.items():
        row = Stock.objects.get(variant=variant)
        if row.on_hand - row.reserved < quantity:
            raise OperatorError("out-of-stock", "There is not enough.", "Take fewer.")
        if between is not None:
            between(row.on_hand - row.reserved - quantity)
        ReservationLine.objects.create(reservation=reservation, variant_id=variant, quantity=quantity)
        Stock.objects.filter(variant=variant).update(reserved=F("reserved") + quantity)


def sold_meanwhile(left: int) -> None:
    """What may happen between any two statements of a process: the others buy what is left."""
    if left < NEAR:
        late_at("near", gone="out-of-stock")


def send(pk: int, seen: dict[int, object]) -> str:
    basket = Basket.objects.select_related("shop").get(pk=pk)
    try:
        order_place(basket, seen[pk], NOW)
    except OperatorError as error:
        came(error.code)
        return error.code
    except OperationalError as error:
        return "deadlock" if "deadlock" in str(error) else f"error: {error}"
    return "ordered"


def main() -> None:
    deed, *ids = sys.argv[1:]
    baskets = [int(pk) for pk in ids]
    seen = {
        pk: check_out(Basket.objects.get(pk=pk), key=f"key-{pk:06d}", provider="bank-transfer") for pk in set(baskets)
    }  # fmt: skip
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    started = time.perf_counter()
    slowest = 0.0
    told: Counter[str] = Counter()
    reserve = partial(careless_reserve, between=sold_meanwhile)
    change = mock.patch.object(placing, "stock_reserve", reserve) if deed == "careless" else mock.MagicMock()
    with change:
        for pk in baskets:
            began = time.perf_counter()
            told[send(pk, seen)] += 1
            slowest = max(slowest, time.perf_counter() - began)
    sys.stdout.write(json.dumps({"told": told, "slowest": slowest, "took": time.perf_counter() - started}) + "\n")


if __name__ == "__main__":
    main()
