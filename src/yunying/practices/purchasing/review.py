"""How often each product is ordered: as often as its waiting stock costs more than the work of an order line."""

import numpy as np

from yunying.kernel.money import minor_digits
from yunying.practices.purchasing.inputs import Floats, Ints
from yunying.practices.purchasing.policy import PurchasingPolicy
from yunying.practices.purchasing.unit_money import UnitMoney

LONGEST_OVERAGE_DAYS = 7


def overage_days(review: Ints, daily: Floats) -> Floats:
    """Days that a unit too many waits, shape (n,): too much is not undone at the next review where sales are rarer.

    Args:
        review: days from one order to the next, shape (n,).
        daily: demand, units a day, shape (n,).
    """
    return np.maximum(review, np.minimum(1.0 / np.maximum(daily, 1e-9), LONGEST_OVERAGE_DAYS))


def review_days(daily: Floats, money: UnitMoney, policy: PurchasingPolicy, currency: str) -> Ints:
    """Days that an order of each product is to last, shape (n,).

    The economic order quantity in days: sqrt(2 K / (h d)), between the days of the list and those of the policy.

    Args:
        daily: shape (n,): demand d, units a day.
        money: holds h, what a unit costs on a day of waiting: capital, storage and spoilage. The end of a product is
            left out: it takes all stock, and who looks more often also meets each day on which a level is overrated.

    Source: Harris (1913); Silver, Pyke and Thomas (2017), section 4.1.
    """
    work = policy.order_line_minor * 10.0 ** -minor_digits(currency)
    economic = np.sqrt(2.0 * work / np.maximum((money.capital_per_day + money.cost * money.spoilage) * daily, 1e-12))
    longest = max(policy.review_days, policy.list_days)
    return np.clip(np.rint(np.minimum(economic, longest)), policy.list_days, longest).astype(np.int64)
