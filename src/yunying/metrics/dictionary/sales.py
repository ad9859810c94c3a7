"""Sales: what was ordered, paid and given back."""

from yunying.metrics.metric import Metric, Ratio, Sum
from yunying.metrics.sources import orders

_NOT_REMOVED = "Refunds and cancellations are not removed."
_BY_THEIR_DATE = "Refunds and cancellations count on their own date, not on that of the sale."

SALES = (
    Metric(
        "paid_amount", "Paid amount", "支付金额",
        "sum of amounts paid, postage and fees included", "money_minor", "higher", "additive", _NOT_REMOVED,
        Sum((orders.paid_amount,)),
    ),
    Metric(
        "gmv", "Gross merchandise value", "成交总额 GMV",
        "sum of amounts of all orders placed, unpaid ones included", "money_minor", "higher", "additive", _NOT_REMOVED,
        Sum((orders.placed_amount,)),
    ),
    Metric(
        "refund_amount", "Refund amount", "退款金额",
        "sum of amounts refunded or cancelled", "money_minor", "lower", "additive", _BY_THEIR_DATE,
        Sum((orders.refunded_amount,)),
    ),
    Metric(
        "net_sales", "Net sales", "净销售额",
        "paid amount - refund amount", "money_minor", "higher", "additive", _BY_THEIR_DATE,
        Sum((orders.paid_amount,), (orders.refunded_amount,)),
    ),
    Metric(
        "refund_rate", "Refund rate", "退款率",
        "refund amount / paid amount; above 1 where old sales come back", "rate", "lower", "ratio", _BY_THEIR_DATE,
        Ratio(Sum((orders.refunded_amount,)), Sum((orders.paid_amount,))),
    ),
    Metric(
        "units", "Units paid", "支付件数",
        "sum of units of goods paid (gifts, postage and fees are no goods)", "count", "higher", "additive",
        _NOT_REMOVED, Sum((orders.units_paid,)),
    ),
    Metric(
        "units_returned", "Units returned", "退货件数",
        "sum of units of goods in refunded lines (cancelled ones were not sent back)", "count", "lower", "additive",
        _BY_THEIR_DATE, Sum((orders.units_sent_back,)),
    ),
    Metric(
        "return_rate", "Return rate", "退货率",
        "units returned / units paid", "rate", "lower", "ratio", _BY_THEIR_DATE,
        Ratio(Sum((orders.units_sent_back,)), Sum((orders.units_paid,))),
    ),
    Metric(
        "orders", "Orders placed", "下单笔数",
        "distinct orders placed", "count", "higher", "distinct", _NOT_REMOVED, Sum((orders.placed_orders,)),
    ),
    Metric(
        "paid_orders", "Orders paid", "支付笔数",
        "distinct orders with a paid line", "count", "higher", "distinct", _NOT_REMOVED, Sum((orders.paid_orders,)),
    ),
    Metric(
        "cancelled_rate", "Share of orders cancelled", "取消率",
        "distinct orders with a cancelled line / distinct orders placed", "rate", "lower", "ratio", _BY_THEIR_DATE,
        Ratio(Sum((orders.cancelled_orders,)), Sum((orders.placed_orders,))),
    ),
    Metric(
        "aov", "Average order value", "笔单价",
        "paid amount / orders paid", "price_minor", "higher", "ratio", _NOT_REMOVED,
        Ratio(Sum((orders.paid_amount,)), Sum((orders.paid_orders,))),
    ),
    Metric(
        "units_per_order", "Units per order", "连带率",
        "units paid / orders paid", "ratio", "higher", "ratio", _NOT_REMOVED,
        Ratio(Sum((orders.units_paid,)), Sum((orders.paid_orders,))),
    ),
    Metric(
        "unit_price", "Average price paid per unit", "件单价",
        "amount paid for goods / units paid", "price_minor", "neither", "ratio", _NOT_REMOVED,
        Ratio(Sum((orders.goods_amount,)), Sum((orders.units_paid,))),
    ),
    Metric(
        "discount_rate", "Discount rate", "折让率",
        "discount on goods paid / (amount paid for goods + that discount)", "rate", "neither", "ratio", _NOT_REMOVED,
        Ratio(Sum((orders.discount_amount,)), Sum((orders.goods_amount, orders.discount_amount))),
    ),
)  # fmt: skip
