"""The figures that the loop worked out, cut to what the active scope sees of them."""

from collections.abc import Mapping
from typing import Any

from yunying.interventions.selectors.reports import report_latest
from yunying.metrics.key_numbers import numbers_seen, profit_kept
from yunying.org.active import active_scope

Names = Mapping[str, Any]


def numbers_shown(store: str) -> Mapping[str, Any]:
    """The key numbers of the store or of the functions that the scope holds; none where it holds a part only."""
    scope, report = active_scope(), report_latest(store, "numbers")
    kept = profit_kept(numbers_seen(scope, store), scope, store)
    known = {each["slug"]: each for each in report.get("metrics", ())}
    return {**report, "metrics": [known[slug] for slug in kept if slug in known]} if kept and report else {}


def parts_shown(store: str) -> list[Mapping[str, Any]]:
    """Per limited area of the scope its rows of figures, in the order of the areas.

    Each has ``by`` (dimensions), ``limits`` (dimension to names), ``metrics`` and ``rows``; without rows where the loop
    has worked out none yet.
    """
    scope = active_scope()
    if scope.sees_totals(store):
        return []
    report = report_latest(store, "parts")
    splits = {tuple(each["by"]): each for each in report.get("splits", ())}
    shown: list[Mapping[str, Any]] = []
    for limits in scope.parts_seen(store):
        split = splits.get(tuple(limits), {"metrics": [], "rows": []})
        kept = profit_kept([each["slug"] for each in split["metrics"]], scope, store)
        rows = [row for row in split["rows"]
                if all(name in limits[by] for by, name in zip(limits, row["key"], strict=True))]  # fmt: skip
        shown.append({
            "by": list(limits), "limits": {name: sorted(values) for name, values in limits.items()}, "rows": rows,
            "metrics": [each for each in split["metrics"] if each["slug"] in kept],
            "date": report.get("date", ""), "currency": report.get("currency", ""),
        })  # fmt: skip
    return shown


def names_shown(store: str) -> Names:
    """The names that forms offer: of products, suppliers, channels, campaigns; of a part those of the part."""
    scope, names = active_scope(), report_latest(store, "names")
    if scope.sees_whole(store):
        return names
    pieces = names.get("pieces", {})
    parts = scope.parts_seen(store)
    products = [row for row in names.get("product", ())
                if any(_holds(limits, *pieces.get(row[0], ("", ""))) for limits in parts)]  # fmt: skip
    channels = {name for limits in parts for name in limits.get("channel", ())}
    return {"product": products, "channel": [row for row in names.get("channel", ()) if row[0] in channels]}


def _holds(limits: Mapping[str, frozenset[str]], category: str, style: str) -> bool:
    known = {"category": category, "style": style}
    own = {name: values for name, values in limits.items() if name in known}
    return bool(own) and all(known[name] in values for name, values in own.items())
