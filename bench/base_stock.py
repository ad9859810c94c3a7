"""Base stock with a normal forecast, as one who has stockpyl would keep it, for ``bench.purchasing``.

Every review, each product is ordered up to S = mean (L + R) + z sd sqrt(L + R): mean and standard deviation of the paid
units a day over a trailing window, L the lead time that the supplier promises, R the days of a review, z the normal
quantile of the critical ratio. A unit too few costs its margin at the list price; a unit too many the capital, the
obsolescence that purchasing assumes at least, and the category's spoilage, over a review.
"""

import json
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from yunying.kernel.command import Command
from yunying.practices.purchasing.policy import PurchasingPolicy
from yunying.sim.book import Book
from yunying.sim.rule_orders import orders_wanted
from yunying.sim.world import World

Floats = NDArray[np.float64]
Levels = Callable[[Floats, Floats, Floats, Floats, Floats], Floats]
"""S of each product from overage and underage cost, mean and deviation a day, and days of protection."""

WINDOW_DAYS = 56
STOCKPYL = """
import json, sys
from stockpyl.newsvendor import newsvendor_normal
print(json.dumps("ready"), flush=True)
for line in sys.stdin:
    rows = json.loads(line)
    # Its lead time is counted in periods beyond the first one, and its deviation must not be 0.
    found = [newsvendor_normal(h, p, mu, max(sd, 1e-9), lead_time=days - 1)[0] for h, p, mu, sd, days in rows]
    print(json.dumps(found), flush=True)
"""


def levels_by_formula(overage: Floats, underage: Floats, mean: Floats, deviation: Floats, days: Floats) -> Floats:
    """Base stock levels, shape (n,)."""
    z = stats.norm.ppf(underage / (underage + overage))
    return np.asarray(mean * days + z * deviation * np.sqrt(days))


class Stockpyl:
    """The same levels from stockpyl itself, in a process of the Python that has it.

    ``farthest`` is the largest distance from the formula that was seen, in units.
    """

    def __init__(self, python: str) -> None:
        self._child = subprocess.Popen(
            [python, "-c", STOCKPYL], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.farthest = 0.0
        if self._answer() != "ready":
            raise SystemExit(f"{python} has no stockpyl 1.0.2: install it there, or leave --peer out")

    def __call__(self, overage: Floats, underage: Floats, mean: Floats, deviation: Floats, days: Floats) -> Floats:
        """Base stock levels, shape (n,)."""
        rows = np.column_stack([overage, underage, mean, deviation, days]).tolist()
        assert self._child.stdin is not None
        self._child.stdin.write(json.dumps(rows) + "\n")
        self._child.stdin.flush()
        levels = np.array(self._answer(), dtype=float)
        formula = levels_by_formula(overage, underage, mean, deviation, days)
        self.farthest = max(self.farthest, float(np.abs(levels - formula).max(initial=0.0)))
        return levels

    def _answer(self) -> object:
        assert self._child.stdout is not None
        line = self._child.stdout.readline()
        return json.loads(line) if line else None

    def close(self) -> None:
        """End the process."""
        self._child.communicate()


@dataclass
class BaseStock:
    """The rule, for one world; ``levels`` is the formula or stockpyl."""

    world: World
    review_days: int
    levels: Levels

    def __call__(self, day: date, book: Book) -> Sequence[Command]:
        """The morning's orders."""
        kept = np.array(list(book.paid_units)[-WINDOW_DAYS:], dtype=float)
        lived = np.clip(book.day - book.first_day, 1, len(kept))
        # A product's days before its launch say nothing of its demand.
        seen = np.arange(len(kept))[:, None] >= len(kept) - lived
        mean = kept.sum(axis=0, where=seen) / lived
        deviation = np.sqrt((((kept - mean) ** 2) * seen).sum(axis=0) / np.maximum(lived - 1, 1))
        overage, underage = self._costs(book)
        chosen = np.flatnonzero(book.is_on_sale & (mean > 0) & (underage > 0))
        protection = np.array([book.promised_days[offer.supplier] for offer in book.offers]) + float(self.review_days)
        wanted = np.zeros(len(mean), dtype=np.int64)
        level = self.levels(overage[chosen], underage[chosen], mean[chosen], deviation[chosen], protection[chosen])
        wanted[chosen] = np.ceil(level - (book.on_hand + book.on_order)[chosen])
        return orders_wanted(book, wanted, mean)

    def _costs(self, book: Book) -> tuple[Floats, Floats]:
        """What a unit too many and too few costs each product, in minor units."""
        settings, policy = self.world.settings, PurchasingPolicy()
        cost = np.array([offer.unit_cost_micros for offer in book.offers]) / book.micros_per_minor
        price = np.array([self.world.list_price_minor(key) for key in book.products], dtype=float)
        store, spoils = settings.store, self.world.truth.spoilage_rate
        fees = price * (store.commission_rate + store.payment_fee_rate) + store.shipping_order_minor
        margin = price / (1 + store.tax_rate) - fees - cost
        daily = cost * ((store.capital_rate + policy.least_obsolescence_rate) / 365 + spoils)
        overage = daily * self.review_days
        # Beyond purchasing's highest ratio a normal tail promises more than anybody knows.
        most = policy.highest_ratio / (1 - policy.highest_ratio)
        return overage, np.minimum(margin, overage * most)
