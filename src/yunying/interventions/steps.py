"""The ledger's steps as rows for the facts."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from yunying.interventions import states
from yunying.interventions.models import Intervention, Transition

START, STOP = "start_promotion", "stop_promotion"
ACTING = (*states.RUNNING, *states.DONE)
"""Decided or acting in the store."""


def steps_unpublished(store: str, most: int) -> list[dict[str, Any]]:
    """Steps that are no facts yet, oldest first, as rows of the fact table ``intervention`` with an ``id`` more."""
    rows = Transition.objects.filter(is_published=False, intervention__store=store).select_related("intervention")
    return [_fact(step) for step in rows.order_by("id")[:most]]


def promotions_known(store: str, ids: Sequence[int]) -> list[dict[str, Any]]:
    """What these steps say of promotions, as rows of the fact table ``promotion``; of two about one day the later.

    An approved promotion is to run from its first day on; one that is taken back ends on that day, or as it begins.
    """
    found: dict[tuple[str, str, Any], dict[str, Any]] = {}
    rows = Transition.objects.filter(intervention__store=store, intervention__kind__in=(START, STOP))
    for at in range(0, len(ids), 500):
        for step in rows.filter(id__in=ids[at : at + 500]).select_related("intervention").order_by("id"):
            is_on, was_on = step.to_state in ACTING, step.from_state in ACTING
            if step.intervention.kind == START and (is_on or was_on):
                _plan(found, step, step.intervention, is_on)
            elif step.intervention.kind == STOP and step.to_state in states.DONE:
                for begun in _begun(store, str(step.intervention.params["promotion"])):
                    _plan(found, step, begun, False)
    return list(found.values())


def _begun(store: str, name: str) -> list[Intervention]:
    rows = Intervention.objects.filter(store=store, kind=START, state__in=ACTING, params__promotion=name)
    return list(rows.order_by("pk"))


def _plan(found: dict[tuple[str, str, Any], dict[str, Any]], step: Transition, row: Intervention, is_on: bool) -> None:
    plans = [row.params]
    if not is_on:
        # An edit may have left products out that were approved before it.
        edits = Transition.objects.filter(intervention=row, action="edit").order_by("id")
        plans = [each.detail["before"] for each in edits if "before" in each.detail] + plans
    for plan in plans:
        start, end = (date.fromisoformat(plan[name]) for name in ("start_date", "end_date"))
        end = end if is_on else max(start, min(end, step.date))
        for line in plan["products"]:
            found[plan["promotion"], line["product"], step.date] = {
                "promotion": plan["promotion"], "product": line["product"], "date": step.date, "start_date": start,
                "end_date": end, "discount_rate": plan["discount_rate_permille"] / 1000, "intervention": str(row.pk),
            }  # fmt: skip


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
