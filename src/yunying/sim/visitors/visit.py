"""One visit: somebody looks around, perhaps buys, and pays."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

import numpy as np

from yunying.sim.visitors.browser import Browser
from yunying.sim.visitors.memory import Memory, Shopper
from yunying.sim.visitors.reading import Card, Choice, Form, Page
from yunying.sim.visitors.tastes import Tastes

PAYMENTS = {"gateway-simulator": 0.85, "cash-on-delivery": 0.1, "bank-transfer": 0.05}
"""What people like to pay with, among what is offered."""
MOST_TALK = 300


class Visit:
    """One person in the shop, until he goes.

    Args:
        shop: the path of the shop's first page, such as ``/shop/teahouse/``.
        number: the shopper's place in the memory.
        counts: what happened, by name; it is added to.
    """

    def __init__(
        self, browser: Browser, shop: str, memory: Memory, number: int, tastes: Tastes, rng: np.random.Generator,
        now: datetime, counts: Counter[str],
    ) -> None:  # fmt: skip
        self.browser, self.shop, self.memory, self.number = browser, shop, memory, number
        self.tastes, self.rng, self.now, self.counts = tastes, rng, now, counts
        self.units = 0

    def live(self, query: str, referer: str) -> None:
        """Come in, look at some products, put what pleases into the basket, and go or check out."""
        page = self._consent(self._arrive(query, referer))
        if page.form(has="variant") is not None:
            self._consider(page)
        for _ in range(1 + int(self.rng.poisson(self.tastes.looks_a_visit))):
            card = self._choose(page.cards)
            if card is None:
                break
            looked = self.browser.get(card.path)
            self._consider(looked)
            page = looked if self.rng.random() < self.tastes.follow_rate and looked.cards else page
        if self.units and self.rng.random() < self.tastes.check_out_rate:
            self._check_out()

    def _arrive(self, query: str, referer: str) -> Page:
        """The first page: a product or a category that the crowd talks of, a search, or the shop's front."""
        kind, talk = float(self.rng.random()), self.memory.talk
        products = [each for each in talk if "/product/" in each]
        categories = [each for each in talk if "category=" in each]
        path = self.shop
        if kind < self.tastes.product_rate and products:
            pull = np.array([self.tastes.appeal(product_of(each)) for each in products])
            path = products[int(self.rng.choice(len(products), p=pull / pull.sum()))]
        elif kind < self.tastes.product_rate + self.tastes.category_rate and categories:
            path = str(self.rng.choice(categories))
        elif kind > 1 - self.tastes.search_rate and talk:
            self.counts["searches"] += 1
            path = f"{self.shop}?{urlencode({'q': str(self.rng.choice(list(filter(None, talk.values()))))})}"
        if query:
            path += ("&" if "?" in path else "?") + query
        page = self.browser.get(path, referer=referer)
        self._learn(page)
        return page

    def _learn(self, page: Page) -> None:
        talk = self.memory.talk
        for card in page.cards:
            if card.title and len(talk) < MOST_TALK:
                talk.setdefault(card.path, card.title)
        for each in page.links:
            if "?category=" in each and each.startswith(self.shop) and len(talk) < MOST_TALK:
                talk.setdefault(each, "")

    def _consent(self, page: Page) -> Page:
        form = page.form(has="consent")
        if form is None or len(form.buttons) < 2:
            return page
        chance = self.rng.random()
        if chance >= self.tastes.consent_yes + self.tastes.consent_no:
            return page
        answer = "yes" if chance < self.tastes.consent_yes else "no"
        self.counts[f"consent_{answer}"] += 1
        return self.browser.submit(form, {}, ("consent", answer))

    def _choose(self, cards: Sequence[Card]) -> Card | None:
        """The card that is looked at: by appeal, by place, and sooner in a slot than in the list."""
        there = [each for each in cards if each.price is not None and not each.is_gone]
        if not there:
            return None
        weights = np.array([
            self.tastes.appeal(product_of(each.path)) * each.position**-self.tastes.position_decay
            * (1.0 if each.slot == "list" else self.tastes.slot_pull)
            for each in there
        ])  # fmt: skip
        return there[int(self.rng.choice(len(there), p=weights / weights.sum()))]

    def _consider(self, page: Page) -> None:
        self.counts["looks"] += 1
        form, product = page.form(has="variant"), product_of(page.path)
        offers = [each for each in form.open_choices("variant") if each.price] if form else []
        if form is None or not offers:
            return
        known = [self.memory.known_price(product, each.value, float(each.price or 0)) for each in offers]
        # Which variant: the one whose price is lowest beside what it should cost, with chance.
        at = int(np.argmin([float(each.price or 0) / worth * self.rng.uniform(0.6, 1.4)
                            for each, worth in zip(offers, known, strict=True)]))  # fmt: skip
        if self.rng.random() >= self.tastes.buy_chance(product, float(offers[at].price or 0), known[at]):
            return
        quantity = 1 + int(self.rng.poisson(self.tastes.more_units))
        put = self.browser.submit(form, {"variant": offers[at].value, "quantity": str(quantity)})
        if put.status == 200:
            self.units += quantity
            self.counts["carts"] += 1
        else:
            self.counts["refused"] += 1

    def _check_out(self) -> None:
        basket = self.browser.get(f"{self.shop}basket/")
        coupon = basket.form(has="coupon")
        if coupon is not None and self.rng.random() < self.tastes.coupon_rate:
            basket = self.browser.submit(coupon, {"coupon": self.tastes.coupon})
            self.counts["coupons"] += basket.status == 200
        page = self.browser.get(f"{self.shop}check-out/")
        for _ in range(2):
            form = page.form(has="shipping_method")
            if form is None:
                self.counts["refused"] += 1
                return
            page = self.browser.submit(form, self._filled(form))
            if "/order/" in page.path:
                self._ordered(page)
                return
        self.counts["refused"] += 1

    def _filled(self, form: Form) -> dict[str, str]:
        shopper = self.memory.shoppers[self.number]
        methods = form.open_choices("shipping_method")
        return {
            "name": shopper.name, "phone": shopper.phone, "email": "", "country": "CN", "region": shopper.region,
            "city": shopper.city, "district": shopper.district, "street": f"茶香路 {1 + self.number % 200} 号",
            "postcode": "", "note": "", "shipping_method": methods[0].value if methods else "",
            "provider": self._payment(form.open_choices("provider")),
        }  # fmt: skip

    def _payment(self, offered: Sequence[Choice]) -> str:
        liked = np.array([PAYMENTS.get(each.value, 0.0) for each in offered])
        if not liked.sum():
            return offered[0].value if offered else ""
        return offered[int(self.rng.choice(len(offered), p=liked / liked.sum()))].value

    def _ordered(self, page: Page) -> None:
        self.counts["orders"] += 1
        self.counts["units"] += self.units
        order = urlsplit(page.path).path
        to_gateway = [each for each in page.links if "/gateway-simulator/" in each]
        chance = self.rng.random()
        if to_gateway and chance >= self.tastes.leave_rate:
            gateway = self.browser.get(to_gateway[0])
            form = gateway.form(has="pay")
            is_declined = chance < self.tastes.leave_rate + self.tastes.decline_rate
            if form is not None:
                self.browser.submit(form, {}, ("decline" if is_declined else "pay", "1"))
                self.counts["declined" if is_declined else "paid"] += 1
                if is_declined:
                    return
        self._mean(order)

    def _mean(self, order: str) -> None:
        """What will become of the order; whoever cancels it does nothing else with it."""
        tastes, memory = self.tastes, self.memory
        if self.rng.random() < tastes.cancel_rate:
            memory.plan("cancel", order, self.number, self.now + timedelta(hours=float(self.rng.uniform(0.5, 5))))
            return
        for deed, rate, low, high in (
            ("ask", tastes.question_rate, 0.5, 3), ("return", tastes.return_rate, 4, 8),
            ("review", tastes.review_rate, 4, 12),
        ):  # fmt: skip
            if self.rng.random() < rate:
                memory.plan(deed, order, self.number, self.now + timedelta(days=float(self.rng.uniform(low, high))))


def product_of(path: str) -> str:
    """A product's name in its address."""
    return urlsplit(path).path.rstrip("/").rpartition("/")[2]


def browser_keeps(browser: Browser, shopper: Shopper) -> None:
    """What stays in his browser until the next visit: his choice and the keys that live for a year."""
    shopper.cookies = {name: value for name, (value, _) in browser.cookies.items() if name.startswith("shop_")
                       and name not in ("shop_basket", "shop_visit")}  # fmt: skip
