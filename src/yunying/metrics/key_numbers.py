"""The figures that people look at first: of a store, of a function, and of a part of a store."""

from collections.abc import Collection, Mapping

from yunying.metrics.dictionary import METRICS
from yunying.metrics.dictionary.profit import PROFIT
from yunying.metrics.metric import Metric
from yunying.org.scope import Scope

KEY_NUMBERS = ("paid_amount", "contribution_profit", "paid_orders", "spend_per_buyer", "refund_rate", "stock_value")
"""What a store manager looks at first; each beside yesterday, last week and last year."""
FUNCTION_NUMBERS: Mapping[str, tuple[str, ...]] = {
    "purchasing": ("stock_value", "stockout_rate", "inventory_days", "units_received", "on_time_delivery_rate"),
    "sales": ("units", "active_sku_rate", "return_rate", "unit_price"),
    "promotion": ("ad_spend", "clicks", "roas", "discount_rate", "pay_conversion"),
    "members": ("new_buyers", "new_buyer_rate", "repurchase_rate"),
    "content": ("visitors", "page_views", "bounce_rate"),
    "community": ("visitors", "page_views", "favourite_cart_rate"),
}
"""What each function is judged by; whoever holds a function only sees these and not the store's."""
PART_NUMBERS = ("paid_amount", "contribution_profit", "units", "refund_rate", "stock_value", "stockout_rate")
"""Of a category, channel or style, as far as the figure can be split by it."""


def tells_cost(metric: Metric) -> bool:
    """Whether a figure tells what goods cost or what is earned on them."""
    return metric in PROFIT or any(measure.uses_cost for measure in metric.measures)


def numbers_seen(scope: Scope, store: str) -> tuple[str, ...]:
    """The key numbers that a scope sees of a whole store: all, those of its functions, or none."""
    if scope.sees_totals(store):
        return KEY_NUMBERS
    return tuple(dict.fromkeys(slug for name in scope.functions_seen(store) for slug in FUNCTION_NUMBERS[name]))


def profit_kept(slugs: Collection[str], scope: Scope, store: str) -> tuple[str, ...]:
    """Of some figures those that the scope may see: what tells costs only where the role says so."""
    may = scope.may_somewhere("profit", store)
    return tuple(slug for slug in slugs if may or not tells_cost(METRICS[slug]))
