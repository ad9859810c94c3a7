"""The truth that no shop sees: what was wanted, what was lost, and what every product really earned each day."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

PROFIT_SIGNS: dict[str, int] = {
    "paid": 1,
    "refunds": -1,
    "goods": -1,
    "goods_back": 1,
    "commission": -1,
    "payment_fee": -1,
    "shipping": -1,
    "write_downs": -1,
    "capital": -1,
}
"""The parts of contribution profit that belong to a product, with their signs; in minor units, without tax.

``paid`` and ``refunds`` (returns and cancellations) are net of tax; ``goods`` is the cost of what was paid,
``goods_back`` of what came back and can be sold again; ``capital`` is the closing stock's cost times the yearly rate
over 365.
"""
UNIT_COLUMNS = ("expected", "demand", "sold", "lost", "opening", "received", "restocked", "written_off", "on_hand")
"""Units; ``expected`` is by the true laws without the day's shock, ``on_hand`` the closing stock."""


@dataclass
class Ledger:
    """One entry a day; each column holds arrays over products, ``ad_spend`` and ``ad_lift`` over channels."""

    columns: dict[str, list[Floats]] = field(
        default_factory=lambda: {name: [] for name in (*UNIT_COLUMNS, *PROFIT_SIGNS)}
    )
    ad_spend: list[Floats] = field(default_factory=list)
    ad_lift: list[Floats] = field(default_factory=list)

    def copy(self) -> "Ledger":
        """A ledger that grows alone; the days so far are shared, for nothing changes them."""
        return Ledger(
            {name: list(days) for name, days in self.columns.items()}, list(self.ad_spend), list(self.ad_lift)
        )

    def append(self, columns: dict[str, Floats], ad_spend: Floats, ad_lift: Floats) -> None:
        """Close a day."""
        for name, days in self.columns.items():
            days.append(columns[name])
        self.ad_spend.append(ad_spend)
        self.ad_lift.append(ad_lift)

    def matrix(self, name: str, start_day: int, end_day: int) -> Floats:
        """Shape (days, products): one column over the days from start (inside) to end (outside)."""
        return np.array(self.columns[name][start_day:end_day])
