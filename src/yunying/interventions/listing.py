"""Short lists of the ledger for the command line."""

from typing import Any

from yunying.interventions import states
from yunying.interventions.ledger import store_row
from yunying.interventions.models import Intervention, Measurement
from yunying.kernel.errors import OperatorError

_COLUMNS = (
    "id", "state", "origin", "practice", "kind", "subject", "title_en", "title_zh", "currency", "low_minor",
    "mid_minor", "high_minor", "delay_loss_minor", "cost_minor", "arm", "as_of", "expires_date", "revision",
    "reference",
)  # fmt: skip
_MEASURED = (
    "id", "practice", "as_of", "is_final", "is_measured", "method", "reason_en", "reason_zh", "currency",
    "low_minor", "mid_minor", "high_minor", "expected_minor", "interventions",
)  # fmt: skip


def ledger_rows(store: str, state: str, most: int) -> list[dict[str, Any]]:
    """Interventions in a state, ``open`` for what waits, ranked by what a day of delay loses.

    Raises:
        OperatorError: there is no such state or store.
    """
    store_row(store)
    if state != "open" and state not in states.TITLES:
        raise OperatorError("unknown-state", f"There is no state {state!r}.", f"Use open, {', '.join(states.TITLES)}.")
    wanted = states.OPEN if state == "open" else (state,)
    rows = Intervention.objects.filter(store=store, state__in=wanted)
    return list(rows.order_by("-delay_loss_minor", "-mid_minor", "id").values(*_COLUMNS)[:most])


def measurement_rows(store: str, most: int) -> list[dict[str, Any]]:
    """The newest measurements."""
    store_row(store)
    return list(Measurement.objects.filter(store=store).order_by("-as_of", "-id").values(*_MEASURED)[:most])
