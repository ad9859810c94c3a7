"""A shop and a foreign one, each with an order in every state, a question, a review, a coupon, a count."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from yunying.accounts.people import Person, person_make
from yunying.portal.moderation.submitting import Written, submission_make
from yunying.portal.policy import role_set
from yunying.portal.shop.baskets import basket_add, basket_open, basket_priced, basket_seen, shipping_methods
from yunying.portal.shop.catalogue import Goods, product_put, shop_open
from yunying.portal.shop.conversations import conversation_begin
from yunying.portal.shop.coupon_work import coupon_new
from yunying.portal.shop.members import member_join
from yunying.portal.shop.models import MoneyToReturn, Order, Payment, ShippingMethod, Shop
from yunying.portal.shop.payments import notice_apply
from yunying.portal.shop.placing import CheckOut, order_place
from yunying.portal.shop.prices import price_schedule
from yunying.portal.shop.providers.contract import Notice
from yunying.portal.shop.refunds import refund_lines
from yunying.portal.shop.returns import return_ask
from yunying.portal.shop.reviews import review_write
from yunying.portal.shop.states import order_deliver, order_ship
from yunying.portal.shop.stock_work import take_begin
from yunying.portal.shop.tests.furnished import ADDRESS

OWN, FOREIGN, CANARY = "own", "foreign", "canary-7f3a"
PASSWORD = "staff-password-1"


@dataclass
class World:
    people: dict[str, Person] = field(default_factory=dict)
    ids: dict[str, dict[str, object]] = field(default_factory=dict)

    def shop(self, slug: str = OWN) -> Shop:
        return Shop.objects.get(slug=slug)


def world_make() -> World:
    world = World()
    for slug, word in ((OWN, "plain"), (FOREIGN, CANARY)):
        world.ids[slug] = _fill(slug, word)
    for name, role, slug in (("clerk", "clerk", OWN), ("manager", "manager", OWN), ("stranger", "manager", FOREIGN)):
        world.people[name] = person_make(name, PASSWORD, may_act=False)
        role_set(world.people[name], role, world.shop(slug), "test", holds=True)
    world.people["shopper"] = member_join("shopper", PASSWORD, timezone.now())
    return world


def order_in(shop: Shop, sku: str, state: str, *, name: str, provider: str = "bank-transfer", quantity: int = 2,
             email: str = "", person: int | None = None) -> Order:  # fmt: skip
    """An order that came to a state by the shop's own services."""
    now = timezone.now()
    basket = basket_open(shop, "", now, person)
    basket_add(basket, shop.products.get(variants__sku=sku).variants.select_related("product").get(sku=sku), quantity,
               now)  # fmt: skip
    method = shipping_methods(shop)[0]
    seen = basket_seen(shop, basket_priced(basket, method, now), shipping_methods(shop))
    sent = CheckOut(f"key-{basket.token}", seen, method.pk, provider, {**ADDRESS, "name": name, "email": email})
    order = order_place(basket, sent, now)
    if state == "placed":
        return order
    payment = Payment.objects.get(order=order)
    notice_apply(provider, Notice(f"n{payment.pk}", payment.reference, "paid", f"c{payment.pk}", payment.amount_minor,
                                  "CNY"), now)  # fmt: skip
    if state in ("shipped", "delivered"):
        order_ship(order, f"SF{order.pk}", now, "SF Express")
    if state == "delivered":
        order_deliver(order, now)
    order.refresh_from_db()
    return order


def _fill(slug: str, word: str) -> dict[str, object]:
    now = timezone.now()
    shop_open(slug, f"Shop {slug}", "CNY", "Asia/Shanghai")
    shop = Shop.objects.get(slug=slug)
    ShippingMethod.objects.create(shop=shop, title="Courier", fee_minor=800)
    sku = f"{word.upper()}-1"
    product = product_put(shop, f"cup-{slug}", f"{word} cup", [Goods(sku, 9_900, 3_000, 100)], now)
    orders = {state: order_in(shop, sku, state, name=f"{word} buyer")
              for state in ("placed", "accepted", "shipped", "delivered")}  # fmt: skip
    delivered = orders["delivered"]
    refund = refund_lines(delivered, {1: 100}, 0, f"refund-{slug}", f"{word} dent", now)
    sent_back = return_ask(delivered, {1: 1}, "return-key", f"{word} too small", now)
    review = review_write(delivered, 1, 4, f"{word} fine", "", now)
    question = conversation_begin(shop, f"{word} question", f"{word} text", now)
    coupon = coupon_new(shop, {"code": f"{word[:20]}-TEN", "off_minor": 1_000, "most_uses": 5, "starts_at": now,
                               "ends_at": now + timedelta(days=9)}, "test", now)  # fmt: skip
    payment = Payment.objects.filter(order=orders["placed"]).get()
    charge = MoneyToReturn.objects.create(
        provider="bank-transfer", charge=f"{word}-charge", reference=payment.reference, amount_minor=1, currency="CNY",
        reason="wrong-amount", noticed_at=now,
    )  # fmt: skip
    take = take_begin(shop, f"{word} count", [], "test", now)
    [coming] = price_schedule(product.variants.get(), 8_800, now + timedelta(days=400))
    writer = member_join(f"writer-{slug}", PASSWORD, now)
    written = submission_make(Written(slug, "comment", "article/1", f"{word} comment", person=writer), now)
    return {"submission": written.pk, "writer": writer.pk, "writer_name": writer.get_username(),
            "coming": coming, "product": product.slug, "product_id": product.pk, "variant": product.variants.get().pk,
            "sku": sku, "refund": refund.pk,
            "return": sent_back.pk, "review": review.pk, "question": question.pk, "coupon": coupon.pk,
            "charge": charge.pk, "count": take.pk,
            **{state: order.number for state, order in orders.items()}}  # fmt: skip
