"""What a basket costs: goods, discount, shipping, tax; arithmetic only, in integer minor units."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True)
class Totals:
    """Amounts in minor units; ``tax_minor`` is inside the total, by whichever way it came there."""

    goods_minor: int
    discount_minor: int
    shipping_minor: int
    tax_minor: int
    total_minor: int


def totals_of(
    goods_minor: int, discount_minor: int, shipping_minor: int, tax_rate: Decimal, *, prices_hold_tax: bool
) -> Totals:
    """Add up; tax is on goods and shipping, after the discount.

    >>> totals_of(10_000, 1_000, 300, Decimal("0.13"), prices_hold_tax=True)
    Totals(goods_minor=10000, discount_minor=1000, shipping_minor=300, tax_minor=1070, total_minor=9300)
    >>> totals_of(10_000, 0, 0, Decimal("0.13"), prices_hold_tax=False).total_minor
    11300
    """
    net = goods_minor - discount_minor + shipping_minor
    exact = net * tax_rate / (1 + tax_rate) if prices_hold_tax else net * tax_rate
    tax_minor = int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    return Totals(goods_minor, discount_minor, shipping_minor, tax_minor, net + (0 if prices_hold_tax else tax_minor))


def shares_of(amount_minor: int, weights: Sequence[int]) -> list[int]:
    """Split an amount by weights so that the parts sum to it exactly; the largest remainders get the odd units.

    >>> shares_of(100, [1, 1, 1]), shares_of(5, [0, 0])
    ([34, 33, 33], [5, 0])
    """
    whole = sum(weights)
    if whole == 0:
        return [amount_minor, *[0] * (len(weights) - 1)]
    shares = [amount_minor * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda at: (-(amount_minor * weights[at] % whole), at))
    for at in by_remainder[: amount_minor - sum(shares)]:
        shares[at] += 1
    return shares


def part_of(amount_minor: int, quantity: int, before: int, after: int) -> int:
    """What the units from ``before`` to ``after`` of a line cost; over all units the parts sum to the amount.

    >>> [part_of(100, 3, n, n + 1) for n in range(3)]
    [33, 33, 34]
    """
    return amount_minor * after // quantity - amount_minor * before // quantity
