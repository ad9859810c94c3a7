"""Several stores side by side, each as far as the active scope sees it, in a number of queries that does not grow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from yunying.interventions import states
from yunying.interventions.models import Intervention, Report, Store
from yunying.interventions.selectors.interventions import SOON_DAYS
from yunying.interventions.selectors.seen import seen_filter
from yunying.interventions.selectors.stores import store_day
from yunying.metrics.key_numbers import KEY_NUMBERS, profit_kept
from yunying.org.active import active_scope


@dataclass(frozen=True)
class StoreRow:
    """One store: its key numbers, its rates, and what waits in it."""

    store: Store
    figures: Mapping[str, Mapping[str, Any]]
    rates: Mapping[str, Mapping[str, str]]
    date: str
    sees_totals: bool
    waiting: Mapping[str, int] = field(default_factory=dict)


def company_rows(stores: Sequence[Store]) -> list[StoreRow]:
    """A row per store; of one of which a part is seen only, the figures are left out."""
    reports, waiting, scope = _numbers(stores), _waiting(stores), active_scope()
    rows = []
    for store in stores:
        sees = scope.sees_totals(store.slug)
        report = reports.get(store.slug, {}) if sees else {}
        kept = profit_kept(KEY_NUMBERS, scope, store.slug)
        figures = {each["slug"]: each for each in report.get("metrics", ()) if each["slug"] in kept}
        rows.append(StoreRow(store, figures, report.get("rates", {}), str(report.get("date", "")), sees,
                             waiting.get(store.slug, {})))  # fmt: skip
    return rows


def _numbers(stores: Sequence[Store]) -> dict[str, Mapping[str, Any]]:
    newest = Report.objects.filter(store=OuterRef("store"), name="numbers").order_by("-as_of").values("pk")[:1]
    rows = Report.objects.filter(store__in=[each.slug for each in stores], name="numbers", pk=Subquery(newest))
    return dict(rows.values_list("store", "content"))


def _waiting(stores: Sequence[Store]) -> dict[str, dict[str, int]]:
    """By store: to approve, of these expiring soon, and failed."""
    scope, mine, soon = active_scope(), Q(pk__in=()), Q(pk__in=())
    for store in stores:
        mine |= Q(store=store.slug) & seen_filter(scope, store.slug)
        soon |= Q(store=store.slug, expires_date__lte=store_day(store) + timedelta(days=SOON_DAYS))
    rows: QuerySet[Any] = Intervention.objects.filter(mine, state__in=(states.PROPOSED, states.FAILED)).order_by()
    counted = rows.values("store").annotate(
        proposed=Count("pk", filter=Q(state=states.PROPOSED)), failed=Count("pk", filter=Q(state=states.FAILED)),
        soon=Count("pk", filter=Q(state=states.PROPOSED) & soon),
    )  # fmt: skip
    return {row.pop("store"): row for row in counted}
