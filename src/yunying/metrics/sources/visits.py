"""Visits: what visitors did. A visitor is counted once per window and value of the dimension, ends de-duplicated."""

import ibis
import ibis.expr.types as ir

from yunying.metrics.dimensions import PRODUCT, TIME, with_dimensions
from yunying.metrics.metric import Gap, Measure, Scope, Source


def _relation(scope: Scope) -> ir.Table:
    event = scope.facts.table("event")
    rows = event.filter(
        event.store == scope.store,
        event.date >= ibis.literal(scope.period.start_date),
        event.date < ibis.literal(scope.period.end_date),
    )
    return with_dimensions(rows, scope)


VISITS = Source("visits", ("event",), (*TIME, *PRODUCT, "channel", "campaign", "member"), _relation)


_NAMELESS = "events are of visitors who did not agree to be known again; they are not counted as visitors"


def _visitors(name: str, *types: str) -> Measure:
    def counts(t: ir.Table) -> ir.BooleanValue:
        # Who did not agree to be known again has no key, and nobody can say how many they are.
        return t.type.isin(types) & (t.visitor != "")

    def is_nameless(t: ir.Table) -> ir.BooleanValue:
        return t.type.isin(types) & (t.visitor == "")

    return Measure(
        name, VISITS, "distinct", counts, lambda t: t.visitor,
        gaps=(Gap(lambda t: t.count(where=is_nameless(t)), _NAMELESS, blocks=False),),
        needs=counts, needs_what=f"is an event of type {' or '.join(types)}; record these events",
    )  # fmt: skip


visitors = _visitors("visitors", "visit", "view")
cart_visitors = _visitors("cart_visitors", "cart")
cart_or_favourite_visitors = _visitors("cart_or_favourite_visitors", "cart", "favourite")
clicking_visitors = _visitors("clicking_visitors", "click")
page_views = Measure(
    "page_views", VISITS, "count", lambda t: t.type == "view",
    needs=lambda t: t.type == "view", needs_what="is an event of type view; record these events",
)  # fmt: skip
