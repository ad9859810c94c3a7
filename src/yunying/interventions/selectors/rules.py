"""What people have set: budgets, approvals in advance, and a store's own thresholds."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from yunying.interventions.models import Budget, Setting, StandingApproval
from yunying.org.active import active_scope
from yunying.org.scope import Piece


def budgets_of(store: str) -> list[Budget]:
    """Every budget of a store, newest first."""
    return budgets_seen(
        store, Budget.objects.filter(store=store).select_related("person").order_by("-start_date", "practice")
    )


def budgets_running(store: str, day: date) -> list[Budget]:
    """The budgets whose period holds the day."""
    running = Budget.objects.filter(store=store, start_date__lte=day, end_date__gt=day).select_related("person")
    return budgets_seen(store, running.order_by("practice", "channel", "campaign", "person"))


def standing_of(store: str) -> list[StandingApproval]:
    """Every approval in advance, those that still hold first."""
    rows = StandingApproval.objects.filter(store=store).select_related("given_by")
    return sorted(_seen(store, rows), key=lambda each: (each.revoked_at is not None, -each.pk))


def settings_changed(store: str) -> dict[tuple[str, str], Setting]:
    """A store's own thresholds with who set them and why, by practice and name."""
    rows = Setting.objects.filter(store=store).select_related("changed_by")
    return {(each.practice, each.name): each for each in rows}


def budgets_seen(store: str, rows: Iterable[Budget]) -> list[Budget]:
    """Of some budgets those that the scope sees: of its part, and the person's own."""
    scope = active_scope()
    if scope.sees_totals(store):
        return list(rows)
    return [each for each in rows if scope.may("see", store, Piece(each.practice, "", each.channel))
            or (each.person_id == scope.person and scope.sees(store))]  # fmt: skip


def _seen(store: str, rows: Any) -> list[Any]:
    """Those that the active scope sees: whoever has a part of a store sees what is kept for that part."""
    scope = active_scope()
    if scope.sees_totals(store):
        return list(rows)
    return [each for each in rows if scope.may("see", store, Piece(each.practice))]
