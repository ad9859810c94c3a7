"""Rows of the ledger as programs see them."""

from typing import Any

from yunying.api.forms import InterventionShown, RunShown
from yunying.interventions.deciding import Outcome
from yunying.interventions.selectors.interventions import Shown

_SAME = tuple(name for name in InterventionShown.model_fields if name != "owner")
_RUN = tuple(name for name in RunShown.model_fields if name != "requested_by")


def intervention_plain(row: Any) -> dict[str, Any]:
    """One row of a list."""
    return {name: getattr(row, name) for name in _SAME} | {"owner": _name(row.owner)}


def intervention_whole(shown: Shown) -> dict[str, Any]:
    """One row with everything that is known of it."""
    return intervention_plain(shown.row) | {
        "params": shown.row.params,
        "evidence": dict(shown.evidence),
        "design": dict(shown.design),
        "history": [_step(each) for each in shown.transitions],
        "sendings": [_sending(each) for each in shown.entries],
        "measurements": [_look(each) for each in shown.measurements],
    }


def run_plain(run: Any) -> dict[str, Any]:
    """One run of a list."""
    return {name: getattr(run, name) for name in _RUN} | {"requested_by": _name(run.requested_by)}


def outcome_plain(outcome: Outcome) -> dict[str, Any]:
    """What became of one row of a bulk decision."""
    told = {"code": outcome.code, "what": outcome.what, "remedy": outcome.remedy}
    return {"id": outcome.id, "is_done": outcome.is_done, "error": None if outcome.is_done else told}


def _step(step: Any) -> dict[str, Any]:
    names = ("revision", "at", "date", "from_state", "to_state", "action", "reason", "detail")
    return {name: getattr(step, name) for name in names} | {"actor": _name(step.actor)}


def _sending(entry: Any) -> dict[str, Any]:
    # Where its files lie on this machine is nothing that a program has to know.
    receipt = entry.receipt.content if hasattr(entry, "receipt") else {}
    told = {name: receipt.get(name) for name in ("reference", "summary_en", "summary_zh")}
    return {name: getattr(entry, name) for name in ("purpose", "state", "attempts", "error")} | told


def _look(look: Any) -> dict[str, Any]:
    names = (
        "as_of", "is_final", "is_measured", "method", "reason_en", "reason_zh", "currency", "low_minor", "mid_minor",
        "high_minor",
    )  # fmt: skip
    shares = [{"person": _name(each.person), "low_minor": each.low_minor, "mid_minor": each.mid_minor,
               "high_minor": each.high_minor} for each in look.credits.all()]  # fmt: skip
    return {name: getattr(look, name) for name in names} | {"credits": shares}


def _name(person: Any) -> str | None:
    return person.get_username() if person is not None else None
