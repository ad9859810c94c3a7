"""Profit: costs one by one, and contribution profit, by which proposals are ranked and judged."""

from yunying.metrics.metric import Metric, Ratio, Sum
from yunying.metrics.sources import advertising, orders, stock, supply

_BY_THEIR_DATE = "Refunds and cancellations count on their own date, not on that of the sale."
_COST_BACK = f"{_BY_THEIR_DATE} Units that can be sold again give their cost back, others do not."
_CHARGE_BACK = f"{_BY_THEIR_DATE} What such a row names was given back; an empty cell there is nothing given back."

_COGS = Sum((orders.cost_of_paid,), (orders.cost_given_back,))
_GROSS = Sum((orders.paid_amount, orders.cost_given_back), (orders.refunded_amount, orders.cost_of_paid))
_NET_SALES = Sum((orders.paid_amount,), (orders.refunded_amount,))
_CONTRIBUTION = Sum(
    (orders.paid_amount, orders.cost_given_back),
    (
        orders.refunded_amount, orders.tax, orders.cost_of_paid, orders.commission, orders.payment_fee,
        orders.shipping_cost, advertising.ad_spend, supply.write_offs, stock.capital_cost,
    ),
)  # fmt: skip
_UNSPLIT = (advertising.ad_spend, supply.write_offs, stock.capital_cost)
_CONTRIBUTION_FORMULA = (
    "paid - refunded - tax inside both - cost of goods - commission - payment fee - shipping - advertising - "
    "write-downs - cost of the capital tied up in stock"
)

PROFIT = (
    Metric(
        "cogs", "Cost of goods sold", "销售成本",
        "units of goods and gifts paid x unit cost - units that came back and can be sold again x unit cost; the unit "
        "cost is the line's, else the product's latest known before the period's end", "money_minor", "lower",
        "additive", _COST_BACK, _COGS,
    ),
    Metric(
        "gross_profit", "Gross profit", "毛利",
        "net sales - cost of goods sold", "money_minor", "higher", "additive", _COST_BACK, _GROSS,
    ),
    Metric(
        "gross_margin_rate", "Gross margin", "毛利率",
        "gross profit / net sales (divided by cost it would be the mark-up)", "rate", "higher", "ratio", _COST_BACK,
        Ratio(_GROSS, _NET_SALES),
    ),
    Metric(
        "commission", "Platform commission", "平台佣金",
        "commission charged - commission given back", "money_minor", "lower", "additive", _CHARGE_BACK,
        Sum((orders.commission,)),
    ),
    Metric(
        "payment_fee", "Payment fee", "支付手续费",
        "payment fees charged - payment fees given back", "money_minor", "lower", "additive", _CHARGE_BACK,
        Sum((orders.payment_fee,)),
    ),
    Metric(
        "shipping_cost", "Shipping cost", "运费成本",
        "what the store paid to ship goods out and, on refunds, back", "money_minor", "lower", "additive",
        "Freight out is not given back; freight back adds.", Sum((orders.shipping_cost,)),
    ),
    Metric(
        "write_downs", "Write-downs", "存货减值",
        "units written off x unit cost, reversals taken off", "money_minor", "lower", "additive",
        "None: returned units that cannot be sold again are in the cost of goods sold already.",
        Sum((supply.write_offs,)),
    ),
    Metric(
        "capital_cost", "Cost of capital tied up", "资金占用成本",
        "sum over days of stock value x the store's capital rate / 365", "money_minor", "lower", "additive",
        "None: stock is what stands on the shelf.", Sum((stock.capital_cost,)),
    ),
    Metric(
        "contribution_profit", "Contribution profit", "贡献利润",
        f"{_CONTRIBUTION_FORMULA}; without tax", "money_minor", "higher", "additive", _COST_BACK, _CONTRIBUTION,
        may_leave_out=_UNSPLIT,
    ),
    Metric(
        "contribution_margin_rate", "Contribution margin", "贡献利润率",
        "contribution profit / (net sales - tax inside them)", "rate", "higher", "ratio", _COST_BACK,
        Ratio(_CONTRIBUTION, Sum((orders.paid_amount,), (orders.refunded_amount, orders.tax))),
        may_leave_out=_UNSPLIT,
    ),
)  # fmt: skip
