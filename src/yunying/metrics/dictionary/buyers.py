"""Buyers: who paid, how much each, who came back."""

from yunying.metrics.metric import Metric, Ratio, Sum
from yunying.metrics.sources import buyers, orders

_NOT_REMOVED = "Refunds and cancellations are not removed."

BUYERS = (
    Metric(
        "buyers", "Paying buyers", "支付买家数",
        "distinct members with a paid line; lines without a member are not counted", "count", "higher", "distinct",
        _NOT_REMOVED, Sum((orders.buyers,)),
    ),
    Metric(
        "spend_per_buyer", "Spend per buyer", "客单价",
        "paid amount of lines with a known member / paying buyers (not per order: that is aov)", "price_minor",
        "higher", "ratio", _NOT_REMOVED, Ratio(Sum((orders.paid_amount_of_buyers,)), Sum((orders.buyers,))),
    ),
    Metric(
        "new_buyers", "New buyers", "新买家数",
        "distinct members whose first paid line of all time lies in the window (the day, week or month if split by it)",
        "count", "higher", "distinct", _NOT_REMOVED, Sum((buyers.new_buyers,)),
    ),
    Metric(
        "new_buyer_rate", "Share of new buyers", "新客占比",
        "new buyers / paying buyers", "rate", "neither", "ratio", _NOT_REMOVED,
        Ratio(Sum((buyers.new_buyers,)), Sum((buyers.all_buyers,))),
    ),
    Metric(
        "repurchase_rate", "Repurchase rate", "复购率",
        "members with at least 2 paid orders in the window / paying buyers of the window", "rate", "higher", "ratio",
        _NOT_REMOVED, Ratio(Sum((buyers.repeat_buyers,)), Sum((buyers.counted_buyers,))),
    ),
)  # fmt: skip
