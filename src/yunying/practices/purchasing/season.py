"""A season's end: nothing is sold from a known day on, and what is left then is sold off below its cost."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from yunying.kernel.evidence import Sentence
from yunying.practices.purchasing.inputs import Floats, Inputs, Ints

NO_END = 0
"""In place of an ordinal, where no end is known."""


@dataclass(frozen=True)
class Season:
    """How the end of sale bears on an order of today; n products.

    Args:
        days_after: shape (n,): days of sale that follow the cover period, 0 where it holds the end, infinite where none
            is known.
        last_share: shape (n,): 1 where no later order can arrive before the end, 0 where that end is far.
    """

    days_after: Floats
    last_share: Floats

    def of(self, chosen: Ints) -> "Season":
        """The season of some products only."""
        return Season(self.days_after[chosen], self.last_share[chosen])

    def too_many(self, left: Floats, rate: Floats) -> Floats:
        """Units that the end will find in the store of those left after the cover period, shape (n, m) or (1, 1).

        Args:
            left: shape (n, m), >= 0.
            rate: shape (n, 1): units sold a day, above 0.
        """
        if self.is_endless:
            return np.zeros((1, 1))
        return np.asarray(np.maximum(left - rate * self.days_after[:, None], 0.0))

    @property
    def is_endless(self) -> bool:
        """Whether no end is known of any product, as in most stores: nothing is to be reckoned then."""
        return bool(np.isinf(self.days_after).all())


def season_of(inputs: Inputs, lead_days: Floats, review_days: Ints) -> Season:
    """The season of products whose order takes ``lead_days`` and must last ``review_days``, both of shape (n,)."""
    after = np.maximum(days_of_sale(inputs) - lead_days - review_days, 0.0)
    return Season(after, np.clip(1.0 - after / review_days, 0.0, 1.0))


def days_of_sale(inputs: Inputs) -> Floats:
    """Days from today on which each product is still sold, shape (n,); infinite where no end is known."""
    end = _ends(inputs)
    return np.where(end == NO_END, np.inf, np.maximum(end - inputs.as_of.toordinal(), 0).astype(float))


def open_days(inputs: Inputs, horizon_days: int) -> Floats:
    """1 on each day ahead on which a product is still sold and 0 after, shape (n, horizon_days)."""
    return np.asarray(np.arange(horizon_days) < days_of_sale(inputs)[:, None], dtype=float)


def season_sentence(inputs: Inputs, product: int, days: int) -> Sentence | None:
    """What the proposal says of an end that lies within ``days``; nothing where there is none."""
    end = int(_ends(inputs)[product])
    if end == NO_END or end - inputs.as_of.toordinal() > days:
        return None
    last = date.fromordinal(end - 1).isoformat()
    return Sentence(
        en=f"It is sold until {last}: only demand up to then counts, and what is left is sold off below its cost.",
        zh=f"该商品销售至 {last}：只计入此前的需求，剩余库存按低于成本清仓计算。",
    )


def _ends(inputs: Inputs) -> Ints:
    return inputs.sale_end if len(inputs.sale_end) else np.full(len(inputs.products), NO_END, dtype=np.int64)
