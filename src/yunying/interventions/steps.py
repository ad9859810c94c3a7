"""The ledger's steps as rows for the facts."""

from collections.abc import Sequence
from typing import Any

from yunying.interventions.models import Transition


def steps_unpublished(store: str, most: int) -> list[dict[str, Any]]:
    """Steps that are no facts yet, oldest first, as rows of the fact table ``intervention`` with an ``id`` more."""
    rows = Transition.objects.filter(is_published=False, intervention__store=store).select_related("intervention")
    return [_fact(step) for step in rows.order_by("id")[:most]]


def steps_told(store: str, ids: Sequence[int]) -> list[dict[str, Any]]:
    """These steps as other programs are told of them."""
    rows = Transition.objects.filter(intervention__store=store).select_related("intervention", "actor")
    found = []
    for at in range(0, len(ids), 500):
        found += [_told(step) for step in rows.filter(id__in=ids[at : at + 500]).order_by("id")]
    return found


def steps_untold(store: str, most: int) -> list[dict[str, Any]]:
    """The newest steps that are no facts yet, oldest first, as other programs are told of them."""
    rows = Transition.objects.filter(is_published=False, intervention__store=store)
    newest = rows.select_related("intervention", "actor").order_by("-id")[:most]
    return [_told(step) for step in reversed(newest)]


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


def _told(step: Transition) -> dict[str, Any]:
    row = step.intervention
    return {
        "id": step.pk,
        "intervention": row.pk,
        "revision": step.revision,
        "at": step.at,
        "date": step.date,
        "from_state": step.from_state,
        "to_state": step.to_state,
        "action": step.action,
        "actor": step.actor.get_username() if step.actor else None,
        "origin": row.origin,
        "practice": row.practice,
        "kind": row.kind,
        "subject": row.subject,
        "title_en": row.title_en,
        "title_zh": row.title_zh,
        "currency": row.currency,
        "cost_minor": row.cost_minor,
        "expected_minor": row.mid_minor,
        "reference": row.reference or None,
    }
