"""The one row that every figure of a store stands on: its currency, its time zone, its cost of capital."""

import difflib
from dataclasses import dataclass
from decimal import Decimal

from yunying.facts.reader import FactReader
from yunying.kernel.errors import OperatorError


@dataclass(frozen=True)
class StoreRow:
    """What a store is measured in.

    Args:
        currency: ISO 4217 code; empty where a broken source left it so.
        time_zone: IANA name.
        capital_rate: cost of capital a year, a share of the money tied up.
    """

    store: str
    currency: str
    time_zone: str
    capital_rate: Decimal


def store_row(facts: FactReader, store: str) -> StoreRow:
    """The store's row; OperatorError ``unknown-store`` with the nearest names if none was published."""
    table = facts.table("store")
    rows = facts.to_arrow(table.select("store", "currency", "time_zone", "capital_rate")).to_pylist()
    for row in rows:
        if row["store"] == store:
            # The shortest decimal that reads back as the stored double: 0.08, not 0.08000000000000000167.
            return StoreRow(store, row["currency"], row["time_zone"], Decimal(str(row["capital_rate"])))
    known = sorted(row["store"] for row in rows)
    near = difflib.get_close_matches(store, known) or known[:5]
    remedy = f"Did you mean {', '.join(near)}?" if near else "Import facts for it first."
    raise OperatorError("unknown-store", f"There is no store {store!r} among the published facts.", remedy)
