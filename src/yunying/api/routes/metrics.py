"""Figures of the dictionary over a store's published facts."""

from collections.abc import Collection, Mapping
from typing import Any, Literal

from django.conf import settings
from django.http import HttpRequest
from ninja import Query, Router

from yunying.api.access import caller_of, scoped
from yunying.api.forms import Day, MetricFigures, MetricList
from yunying.api.refusals import Refused
from yunying.api.routes.described import answers
from yunying.facts.store import FactStore
from yunying.kernel.periods import Period
from yunying.metrics.dictionary import METRICS
from yunying.metrics.dimensions import TIME
from yunying.metrics.evaluate import evaluate, metric_named
from yunying.metrics.key_numbers import numbers_seen, profit_kept
from yunying.org.scope import Scope

router = Router(tags=["metrics"])
MOST_METRICS, MOST_DIMENSIONS, MOST_ROWS = 20, 3, 10_000
MOST_DAYS, MOST_DAYS_BY_TIME = 3_700, 1_100


@router.get("/metrics", response=answers(MetricList))
@scoped
def metrics(request: HttpRequest) -> Any:
    """Every metric of the dictionary, with the dimensions it has."""
    names = ("slug", "title_en", "title_zh", "formula", "unit", "direction", "additivity")
    return {"items": [{**{name: getattr(each, name) for name in names}, "dimensions": list(each.dimensions)}
                      for each in METRICS.values()]}  # fmt: skip


@router.get("/stores/{store}/metrics", response=answers(MetricFigures))
@scoped
def figures(
    request: HttpRequest,
    store: str,
    start: Day,
    end: Day,
    name: list[str] = Query(..., min_length=1, max_length=MOST_METRICS),  # type: ignore[type-arg]
    by: list[str] = Query([], max_length=MOST_DIMENSIONS),  # type: ignore[type-arg]
    compare: Literal["previous", "year"] | None = None,
) -> Any:
    """Metrics over the days from `start` to before `end`, by dimensions, beside a compared period.

    Repeat `name` and `by` for several. What was not measured is `{"not_measured": reason}`, never zero.
    """
    caller = caller_of(request)
    caller.store(store, "see")
    period = Period(start, end)
    if period.days > (MOST_DAYS_BY_TIME if set(by) & set(TIME) else MOST_DAYS):
        raise Refused("too-long", f"{period.days} days are too many at once.", "Ask for a shorter period.")
    limits = _limits(caller.scope, store, by)
    _refuse_unseen(caller.scope, store, name)
    with FactStore(settings.HOME / "facts").read([store]) as facts:
        found = evaluate(facts, name, store=store, period=period, by=tuple(by), compare=compare)
    told = found.to_json()
    rows = [row for row in told["rows"] if limits is None or _is_within(row, limits)]
    if len(rows) > MOST_ROWS:
        raise Refused("too-many", f"That makes {len(rows)} rows.", f"At most {MOST_ROWS}; ask for fewer dimensions.")
    return {
        "store": store, "currency": told["currency"], "start": start, "end": end, "by": told["by"],
        "units": told["units"], "compared": told["compared"], "rows": rows,
        # Notes speak of the whole store.
        "notes": told["notes"] if limits is None else [],
    }  # fmt: skip


Limits = list[Mapping[str, Collection[str]]]


def _limits(scope: Scope, store: str, by: list[str]) -> Limits | None:
    """What rows must hold to be seen by somebody who sees a part of the store; None where all of it is seen.

    Raises:
        Refused: the figures are not split by what limits the caller, so they would speak of more than his part.
    """
    if scope.sees_whole(store):
        return None
    found: Limits = []
    for area in scope.areas_for("see", store):
        named = (("category", area.categories), ("channel", area.channels), ("style", area.styles))
        limits = {dimension: values for dimension, values in named if values}
        if set(limits) <= set(by):
            found.append(limits)
    if not found:
        raise Refused("limited-view", "You see a part of the store only.", "Split the figures by what limits you.")
    return found


def _refuse_unseen(scope: Scope, store: str, names: list[str]) -> None:
    """Refuse figures of another function, and those that tell costs where the role does not show them.

    Raises:
        Refused: one of them is not the caller's to see.
    """
    slugs = [metric_named(each).slug for each in names]
    if not set(slugs) <= set(profit_kept(slugs, scope, store)):
        raise Refused("not-allowed", "Your role does not show costs and profit.", "Leave those figures out.")
    if scope.sees_totals(store) or not scope.sees_whole(store):
        return
    mine = numbers_seen(scope, store)
    if not set(slugs) <= set(mine):
        raise Refused("limited-view", "You hold a function of this store.", f"Ask for its figures: {', '.join(mine)}.")


def _is_within(row: dict[str, Any], limits: Limits) -> bool:
    return any(all(row.get(name) in values for name, values in each.items()) for each in limits)
