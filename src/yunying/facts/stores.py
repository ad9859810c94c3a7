"""What is recorded of the stores themselves: their one currency and one time zone."""

from dataclasses import dataclass

from yunying.facts.reader import FactReader
from yunying.kernel.errors import OperatorError


@dataclass(frozen=True)
class StoreSettings:
    """One store: what every figure of it stands on. ``capital_rate`` is a share of the money tied up, a year."""

    store: str
    title: str
    currency: str
    time_zone: str
    capital_rate: float


def stores_known(facts: FactReader) -> dict[str, StoreSettings]:
    """Every store that has facts, by id."""
    table = facts.table("store")
    rows = facts.to_arrow(table.order_by("store")).to_pylist()
    return {
        row["store"]: StoreSettings(
            row["store"], row["title"] or row["store"], row["currency"], row["time_zone"], row["capital_rate"]
        )
        for row in rows
    }


def store_settings(facts: FactReader, store: str) -> StoreSettings:
    """The settings of one store.

    Raises:
        OperatorError: no facts of that store are published.
    """
    known = stores_known(facts)
    if store not in known:
        listed = ", ".join(known) or "none yet"
        raise OperatorError(
            "unknown-store", f"There are no facts of a store {store!r}.", f"Stores: {listed}. Import a file first."
        )
    return known[store]
