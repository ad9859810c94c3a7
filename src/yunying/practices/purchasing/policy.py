"""Every threshold of purchasing, with its unit, bounds, default and reason."""

from dataclasses import dataclass

from yunying.practices.settings import setting


@dataclass(frozen=True)
class PurchasingPolicy:
    """What the store's people may set; the loop fills it with the store's own values."""

    review_days: int = setting(
        7,
        unit="days",
        low=1,
        high=60,
        reason="How long an order is to last; goods that lose too much by waiting are ordered more often.",
    )
    list_days: int = setting(
        1, unit="days", low=1, high=60, reason="How often the buy list is acted on; nothing is ordered more often."
    )
    order_line_minor: int = setting(
        500,
        unit="minor units",
        low=0,
        high=1e9,
        reason="Work of one order line; with it each product's days between orders are those that cost least.",
    )
    history_days: int = setting(
        730,
        unit="days",
        low=56,
        high=2000,
        reason="How much of the past is read; two years show the season of the year.",
    )
    least_history_days: int = setting(
        28, unit="days", low=14, high=365, reason="With fewer days of sales no forecast is worth an order."
    )
    stock_age_days: int = setting(
        14, unit="days", low=0, high=90, reason="A stock count older than this says too little about today's shelf."
    )
    price_days: int = setting(
        90, unit="days", low=14, high=365, reason="Price, fees and returns are averaged over the sales of this span."
    )
    storage_rate: float = setting(
        0.0,
        unit="share of cost a year",
        low=0.0,
        high=1.0,
        reason="Rent and handling that grow with stock; contribution profit does not count them.",
    )
    least_obsolescence_rate: float = setting(
        0.05,
        unit="share of cost a year",
        low=0.0,
        high=2.0,
        reason="What waiting stock loses at least; a category whose products die sooner is charged what history shows.",
    )
    highest_ratio: float = setting(
        0.995, unit="share", low=0.5, high=0.999, reason="Beyond it, the tail of a forecast is not known well enough."
    )
    lost_sale_rate: float = setting(
        0.0,
        unit="share of the net price",
        low=0.0,
        high=5.0,
        reason="What a lost sale costs beside its margin, in buyers who stay away; orders grow, no profit is claimed.",
    )
    target_service_rate: float | None = setting(
        None,
        unit="share of demand",
        low=0.5,
        high=0.999,
        is_optional=True,
        reason="Where a promise or a contract asks for it, orders serve at least this share; null leaves it to money.",
    )
    season_salvage_rate: float = setting(
        0.3,
        unit="share of cost",
        low=0.0,
        high=1.0,
        reason="What a unit still brings that is left at its product's known end of sale (sale_end_date).",
    )
    storage_limit_units: int | None = setting(
        None,
        unit="units",
        low=0,
        high=1e12,
        is_optional=True,
        reason="Units that the store can hold; today's orders must find room when they arrive. Null is no limit.",
    )
    assumed_lead_time_days: int | None = setting(
        14,
        unit="days",
        low=0,
        high=365,
        is_optional=True,
        reason="Used, and said, where neither terms nor past deliveries give a lead time; null abstains instead.",
    )
    assumed_cost_rate: float | None = setting(
        0.6,
        unit="share of the net price",
        low=0.05,
        high=0.99,
        is_optional=True,
        reason="Used, and said, where no fact gives a product's cost; null abstains instead.",
    )
    bulk_multiple: float = setting(
        20.0,
        unit="times a usual day",
        low=3.0,
        high=1000.0,
        reason="A day above this many usual selling days counts as one bulk order, not as demand to come.",
    )
    overdue_days: int = setting(
        30, unit="days", low=0, high=365, reason="A delivery later than this is no longer counted on."
    )
    cash_limit_minor: int | None = setting(
        None,
        unit="minor units",
        low=0,
        high=1e15,
        is_optional=True,
        reason="Cash that one day's orders may bind; null is no limit.",
    )
    draws: int = setting(
        2_000,
        unit="scenarios",
        low=100,
        high=10_000,
        reason="Scenarios of demand per product; more is slower and steadier.",
    )
    holdout_rate: float = setting(
        0.1,
        unit="share",
        low=0.0,
        high=0.5,
        reason="Products that keep the old rule, so that the effect can be measured.",
    )
    old_rule_min_days: int = setting(
        14,
        unit="days of mean sales",
        low=0,
        high=180,
        reason="The rule that held-out products keep orders when stock and deliveries last shorter than this.",
    )
    old_rule_max_days: int = setting(
        35,
        unit="days of mean sales",
        low=1,
        high=365,
        reason="The rule that held-out products keep orders up to this.",
    )
