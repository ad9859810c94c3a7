"""One visit: somebody looks around, perhaps buys, and pays."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import numpy as np

from yunying.sim.visitors.browser import Browser
from yunying.sim.visitors.memory import Memory, Shopper
from yunying.sim.visitors.reading import Card, Choice, Form, Page
from yunying.sim.visitors.tastes import Tastes

PAYMENTS = {"gateway-simulator": 0.85, "cash-on-delivery": 0.1, "bank-transfer": 0.05}
"""What people like to pay with, among what is offered."""
MOST_WORDS = 200


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
        page = self._arrive(query, referer)
        page = self._consent(page)
        for _ in range(1 + int(self.rng.poisson(self.tastes.looks_a_visit))):
            card = self._choose(page.cards)
            if card is None:
                break
            looked = self.browser.get(card.path)
            self._consider(looked, card.path)
            page = looked if self.rng.random() < self.tastes.follow_rate and looked.cards else page
        if self.units and self.rng.random() < self.tastes.check_out_rate:
            self._check_out()

    def _arrive(self, query: str, referer: str) -> Page:
        page = self.browser.get(f"{self.shop}?{query}" if query else self.shop, referer=referer)
        self._learn(page.cards)
        kind = float(self.rng.random())
        categories = [each for each in page.links if "category=" in each]
        if kind < 0.25 and categories:
            return self.browser.get(str(self.rng.choice(categories)))
        search = page.form(has="q")
        if kind < 0.4 and search is not None and self.memory.words:
            self.counts["searches"] += 1
            found = self.browser.submit(search, {"q": str(self.rng.choice(self.memory.words))})
            return found if found.cards else page
        more = [each for each in page.links if "page=" in each]
        return self.browser.get(more[-1]) if kind > 0.8 and more else page

    def _learn(self, cards: Sequence[Card]) -> None:
        for card in cards:
            if card.title and card.title not in self.memory.words and len(self.memory.words) < MOST_WORDS:
                self.memory.words.append(card.title)

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

    def _consider(self, page: Page, path: str) -> None:
        self.counts["looks"] += 1
        form, product = page.form(has="variant"), product_of(path)
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
