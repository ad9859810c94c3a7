"""What the crowd wants: how likely, how price-bound, with which habits; every number is a setting with a reason."""

from dataclasses import dataclass
from zlib import crc32

import numpy as np

from yunying.kernel.errors import OperatorError


@dataclass(frozen=True)
class Tastes:
    """How the crowd shops; rates are shares of visits, of views or of orders, from 0 to 1.

    Far more visits end with an order than in a real shop, so that a few visits a day make enough sales to decide on.

    Args:
        elasticity_low, elasticity_high: a product's own elasticity lies between: demand is price ** -elasticity. The
            usual figure is 2.6 (Bijmolt, van Heerde and Pieters 2005).
        buy_rate: of views of an average product at the price that the crowd knew first.
        appeal_spread: standard deviation of a product's log appeal.
        position_decay: how fast attention falls along a page: position ** -decay.
        slot_pull: how much more a card in a recommendation slot is looked at than one in the list.
    """

    elasticity_low: float = 1.8
    elasticity_high: float = 3.2
    buy_rate: float = 0.4
    appeal_spread: float = 0.8
    position_decay: float = 0.35
    slot_pull: float = 1.6
    product_rate: float = 0.4
    category_rate: float = 0.15
    search_rate: float = 0.1
    looks_a_visit: float = 1.0
    follow_rate: float = 0.3
    more_units: float = 0.6
    check_out_rate: float = 0.9
    coupon: str = "TEA10"
    coupon_rate: float = 0.08
    decline_rate: float = 0.02
    leave_rate: float = 0.02
    known_rate: float = 0.35
    consent_yes: float = 0.6
    consent_no: float = 0.15
    no_tracking_rate: float = 0.08
    bot_rate: float = 0.05
    chinese_rate: float = 0.8
    cancel_rate: float = 0.03
    return_rate: float = 0.05
    review_rate: float = 0.2
    question_rate: float = 0.03

    def __post_init__(self) -> None:
        rates = {name: value for name, value in vars(self).items() if name.endswith("_rate")}
        for name, value in rates.items():
            if not 0 <= value <= 1:
                raise OperatorError("bad-rate", f"{name} {value} is out of range.", "Give a share from 0 to 1.")
        if not 0 <= self.elasticity_low <= self.elasticity_high:
            raise OperatorError("bad-rate", "The elasticities are out of order.", "Give the low one first.")

    def elasticity(self, product: str) -> float:
        """A product's own elasticity: the same in every run, so that a change of its price can be foreseen."""
        return float(_of(product, 1).uniform(self.elasticity_low, self.elasticity_high))

    def appeal(self, product: str) -> float:
        """How much more than others a product is wanted; its mean over products is about one."""
        return float(np.exp(_of(product, 2).normal(-(self.appeal_spread**2) / 2, self.appeal_spread)))

    def buy_chance(self, product: str, price: float, known_price: float) -> float:
        """The chance that somebody who looks at a product buys it.

        >>> tastes = Tastes()
        >>> round(tastes.buy_chance("cup", 58.0, 48.0) / tastes.buy_chance("cup", 48.0, 48.0), 3) == round(
        ...     (58 / 48) ** -tastes.elasticity("cup"), 3)
        True
        """
        pull = (price / known_price) ** -self.elasticity(product)
        return float(min(self.buy_rate * self.appeal(product) * pull, 0.95))


def _of(product: str, what: int) -> np.random.Generator:
    return np.random.default_rng([crc32(product.encode()), what])
