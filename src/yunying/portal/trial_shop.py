"""A shop in which commands are tried out: made, looked at, and taken away again without a trace in the rows."""

from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from yunying.accounts.database import database_ready
from yunying.inbox.box import inbox_leave, inbox_take
from yunying.portal.facade import command_apply
from yunying.portal.shop.baskets import basket_add, basket_open, basket_priced, basket_seen, shipping_methods
from yunying.portal.shop.catalogue import Goods, product_put, shop_open
from yunying.portal.shop.models import (
    Address,
    AppliedCommand,
    Coupon,
    Feature,
    Message,
    Order,
    PurchaseOrderLine,
    ShippingMethod,
    Shop,
    SlotPlan,
    Stock,
    Variant,
)
from yunying.portal.shop.placing import CheckOut, order_place
from yunying.portal.shop.prices import prices_at

ORDER_NUMBER, RECEIPT = "000000000001", "first-delivery"


def trial_shop_make(slug: str) -> None:
    """Tea, a pot, and one order whose buyer gave a mail address."""
    database_ready()
    now = timezone.now() - timedelta(days=1)
    shop = shop_open(slug, "Trial", "CNY", "Asia/Shanghai")
    product_put(shop, "longjing", "Longjing tea", [Goods("TEA", 9_900, 3_000, 100)], now, supplier="S01")
    product_put(shop, "pot", "Clay pot", [Goods("POT", 20_000, 8_000, 50)], now)
    method = ShippingMethod.objects.create(shop=shop, title="Courier", fee_minor=800)
    basket = basket_open(shop, "", now)
    basket_add(basket, Variant.objects.select_related("product").get(shop=shop, sku="TEA"), 1, now)
    seen = basket_seen(shop, basket_priced(basket, method, now), shipping_methods(shop))
    address = {
        "name": "A", "phone": "13800000000", "email": "buyer@example.org", "country": "CN", "region": "R",
        "city": "C", "district": "D", "street": "S", "postcode": "",
    }  # fmt: skip
    order = order_place(basket, CheckOut("trial-key-1", seen, method.pk, "bank-transfer", address), now)
    Order.objects.filter(pk=order.pk).update(number=ORDER_NUMBER)
    # The mail on placing names the number that the order had before, which no two shops share.
    Message.objects.filter(shop=shop).delete()
    command_apply(slug, "receive-goods", {"sku": "POT", "quantity": 7}, key=RECEIPT, actor="trial", now=now)


def trial_shop_holds(slug: str) -> Any:
    """All that commands can change, without what differs from one clock to another."""
    shop, now = Shop.objects.get(slug=slug), timezone.now()
    prices = prices_at(list(Variant.objects.filter(shop=shop).values_list("pk", flat=True)), now)
    return {
        "prices": sorted(price.price_minor for price in prices.values()),
        "stock": list(Stock.objects.filter(variant__shop=shop).order_by("pk").values_list("on_hand", "reserved")),
        "features": sorted(Feature.objects.filter(shop=shop).values_list("slot", "product__slug", "position")),
        "plans": list(_plans(shop)),
        "coupons": sorted(
            Coupon.objects.filter(shop=shop, ends_at__gt=now).values_list("code", "off_minor", "most_uses")
        ),
        "purchases": sorted(
            PurchaseOrderLine.objects.filter(purchase__shop=shop)
            .annotate(number=F("purchase__number"))
            .values_list("number", "position", "quantity", "received", "cancelled")
        ),
        "messages": list(Message.objects.filter(shop=shop).order_by("pk").values_list("to", "subject", "state")),
        "commands": sorted(AppliedCommand.objects.filter(shop=shop).values_list("key", "kind")),
    }  # fmt: skip


def trial_shop_condition(slug: str) -> Any:
    """What of it commands change, without the record of the commands."""
    held = trial_shop_holds(slug)
    del held["commands"]
    return held


def trial_shop_clear(prefix: str) -> None:
    """Take every trial's shop away, and what it told."""
    for shop in Shop.objects.filter(slug__startswith=prefix):
        with transaction.atomic():
            _delete(shop)
        published = 0
        while (taken := inbox_take(shop.slug, published, lambda table, content: str(id(content)))) is not None:
            inbox_leave(shop.slug, taken.number)
            published = taken.number


def _plans(shop: Shop) -> Any:
    for plan in SlotPlan.objects.filter(shop=shop, cleared_at=None).order_by("-pk"):
        yield plan.slot, sorted(plan.chances.values_list("product__slug", "weight")), plan.explore_rate


def _delete(shop: Shop) -> None:
    """Whatever hangs on the shop, the farthest first: protected rows are tried again when others have gone."""
    addresses = list(Order.objects.filter(shop=shop).values_list("address", flat=True))
    waiting = [model for model in apps.get_app_config("shop").get_models() if _way(model) is not None]
    for _ in range(len(waiting)):
        left = []
        for model in waiting:
            try:
                with transaction.atomic():
                    model._default_manager.filter(**{f"{_way(model)}": shop}).delete()
            except models.ProtectedError:
                left.append(model)
        waiting = left
        if not waiting:
            break
    Address.objects.filter(pk__in=addresses).delete()
    shop.delete()


def _way(model: type[models.Model], depth: int = 4) -> str | None:
    """The path of foreign keys from a model to its shop; None where there is none."""
    fields = [field for field in model._meta.concrete_fields if isinstance(field, models.ForeignKey)]
    for field in fields:
        if field.related_model is Shop:
            return field.name
    for field in fields:
        related = field.related_model
        if depth and related is not model and isinstance(related, type) and related._meta.app_label == "shop":
            way = _way(related, depth - 1)
            if way is not None:
                return f"{field.name}__{way}"
    return None
