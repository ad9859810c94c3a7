"""The crowd: people who come at random moments, and do what they meant to do."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np

from yunying.kernel.errors import OperatorError
from yunying.sim.visitors.aftercare import plan_do
from yunying.sim.visitors.browser import Browser
from yunying.sim.visitors.memory import Memory, Shopper
from yunying.sim.visitors.people import BOTS, headers_of, shopper_new, source_of
from yunying.sim.visitors.tastes import Tastes
from yunying.sim.visitors.visit import Visit, browser_keeps

HOUR_WEIGHTS = np.array([2, 1, 1, 1, 1, 1, 2, 4, 6, 8, 9, 9, 8, 7, 7, 8, 8, 8, 9, 11, 13, 13, 10, 5], float)
"""How many come in each hour of the shop's own day."""
WEEK_WEIGHTS = np.array([0.9, 0.9, 0.95, 1.0, 1.05, 1.15, 1.05])
"""How many come on each day of the week, from Monday."""


class Crowd:
    """Visitors of one shop.

    Args:
        site: the site's address, such as ``http://127.0.0.1:8000``.
        shop: the path of the shop's first page, such as ``/shop/teahouse/``.
        clock: gives the moment; cookies end by it, and buyers remember by it when they bought.
        seed: the same seed, memory and answers give the same visits.
    """

    def __init__(
        self, site: str, shop: str, memory: Memory, clock: Callable[[], datetime], seed: int, tastes: Tastes
    ) -> None:  # fmt: skip
        self.site, self.shop, self.memory, self.clock, self.tastes = site, shop, memory, clock, tastes
        self.seed = seed
        self.counts: Counter[str] = Counter()

    def look(self) -> None:
        """See that the shop is there, before anybody comes.

        Raises:
            OperatorError: nobody answers, or there is no shop at this address.
        """
        browser = Browser(self.site, {"User-Agent": BOTS[0]}, self.clock, lambda status: None)
        page = browser.get(self.shop)
        browser.close()
        if page.status != 200 or page.form(has="q") is None:
            raise OperatorError(
                "no-shop", f"There is no shop at {self.site}{self.shop}: it answered {page.status}.",
                "Give the address of its first page, such as http://127.0.0.1:8000/shop/teahouse/.",
            )  # fmt: skip

    def visit(self) -> None:
        """One visit by somebody new, by somebody who bought before, or by a program."""
        self.memory.visits += 1
        rng = np.random.default_rng([self.seed, self.memory.visits])
        self.counts["visits"] += 1
        if rng.random() < self.tastes.bot_rate:
            self._bot(rng)
            return
        shoppers = self.memory.shoppers
        is_known = bool(shoppers) and rng.random() < self.tastes.known_rate
        number = int(rng.integers(len(shoppers))) if is_known else len(shoppers)
        if not is_known:
            shoppers.append(shopper_new(rng, self.tastes.chinese_rate))
        browser = self._browser(shoppers[number], number)
        visit = Visit(browser, self.shop, self.memory, number, self.tastes, rng, self.clock(), self.counts)
        orders = self.counts["orders"]
        visit.live(*source_of(rng))
        browser_keeps(browser, shoppers[number])
        browser.close()
        if not is_known and self.counts["orders"] == orders:
            # Only buyers are remembered.
            shoppers.pop()

    def plans_do(self) -> None:
        """Whatever buyers meant to do by now."""
        now = self.clock()
        for place, plan in enumerate(self.memory.due(now)):
            rng = np.random.default_rng([self.seed, self.memory.visits, place])
            browser = self._browser(self.memory.shoppers[plan.shopper], plan.shopper)
            self.counts += plan_do(browser, plan, self.memory, rng, now)
            browser.close()

    def _bot(self, rng: np.random.Generator) -> None:
        self.counts["bots"] += 1
        agent = BOTS[int(rng.integers(len(BOTS)))]
        browser = Browser(self.site, {"User-Agent": agent}, self.clock, self._told)
        page = browser.get(self.shop)
        for card in page.cards[:2]:
            browser.get(card.path)
        browser.close()

    def _browser(self, shopper: Shopper, number: int) -> Browser:
        # Who wants no tracking wants it on every visit.
        is_private = bool(np.random.default_rng([self.seed, number, 7]).random() < self.tastes.no_tracking_rate)
        browser = Browser(self.site, headers_of(shopper, wants_no_tracking=is_private), self.clock, self._told)
        browser.cookies = {name: (value, None) for name, value in shopper.cookies.items()}
        return browser

    def _told(self, status: int) -> None:
        self.counts["requests"] += 1


def arrivals(midnight: datetime, visits_a_day: float, seed: int) -> list[datetime]:
    """The moments at which people come on a day: a Poisson process whose rate follows the hour and the weekday.

    Args:
        midnight: the day's first moment, aware, in the shop's time zone.
        visits_a_day: the mean over a week.
        seed: the same seed gives the same moments of the same day.
    """
    rng = np.random.default_rng([seed, midnight.toordinal()])
    count = int(rng.poisson(visits_a_day * WEEK_WEIGHTS[midnight.weekday()] / WEEK_WEIGHTS.mean()))
    hours = rng.choice(24, size=count, p=HOUR_WEIGHTS / HOUR_WEIGHTS.sum()) + rng.random(count)
    return [midnight + timedelta(hours=float(each)) for each in np.sort(hours)]
