"""The ledger's steps as rows for the facts."""

from typing import Any

from yunying.interventions.models import Transition


def steps_unpublished(store: str, most: int) -> list[dict[str, Any]]:
    """Steps that are no facts yet, oldest first, as rows of the fact table ``intervention`` with an ``id`` more."""
    rows = Transition.objects.filter(is_published=False, intervention__store=store).select_related("intervention")
    return [_fact(step) for step in rows.order_by("id")[:most]]


def steps_published(ids: list[int]) -> None:
    """Say that these steps are facts now."""
    for at in range(0, len(ids), 500):
        Transition.objects.filter(id__in=ids[at : at + 500]).update(is_published=True)


def _fact(step: Transition) -> dict[str, Any]:
    row = step.intervention
    return {
        "id": step.pk,
        "intervention": str(row.pk),
        "revision": step.revision,
        "date": step.date,
        "at": step.at,
        "state": step.to_state,
        "action": step.action,
        "origin": row.origin,
        "practice": row.practice,
        "kind": row.kind,
        "subject": row.subject,
        "arm": row.arm,
        "cost_minor": row.cost_minor,
        "expected_minor": row.mid_minor,
        "reference": row.reference or None,
    }
