"""Stock and supply: what lies on the shelf, how fast it moves, how suppliers and the warehouse deliver."""

from yunying.metrics.metric import Metric, Ratio, Sum
from yunying.metrics.sources import assortment, orders, stock, supply

_NONE = "None: stock is what stands on the shelf."
_COST_BACK = "Units that came back and can be sold again give their cost back."
_NOT_REMOVED = "Refunds and cancellations are not removed."

STOCK = (
    Metric(
        "stock_units", "Closing stock", "期末库存件数",
        "units on hand at the end of the window, the last known level of each product", "count", "neither",
        "semi_additive", _NONE, Sum((stock.closing_units,)),
    ),
    Metric(
        "stock_value", "Closing stock value", "期末库存金额",
        "closing stock (at least 0) x the product's latest unit cost", "money_minor", "neither", "semi_additive",
        _NONE, Sum((stock.closing_value,)),
    ),
    Metric(
        "inventory_turnover", "Inventory turnover", "库存周转率",
        "cost of goods sold / average stock value over the days of the window", "ratio", "higher", "ratio",
        _COST_BACK, Ratio(Sum((orders.cost_of_paid,), (orders.cost_given_back,)), Sum((stock.average_value,))),
    ),
    Metric(
        "inventory_days", "Inventory days", "库存周转天数",
        "days of the window / inventory turnover = sum over days of stock value / cost of goods sold", "days",
        "lower", "ratio", _COST_BACK,
        Ratio(Sum((stock.stock_value_days,)), Sum((orders.cost_of_paid,), (orders.cost_given_back,))),
    ),
    Metric(
        "days_of_cover", "Days of cover", "可售天数",
        "closing stock (at least 0) / sum over products of units paid per day in stock", "days", "neither", "ratio",
        _NOT_REMOVED,
        Ratio(Sum((assortment.pace_closing_units,)), Sum((assortment.daily_units,))),
    ),
    Metric(
        "stockout_rate", "Stock-out rate", "缺货率",
        "product-days without stock / product-days with a known level", "rate", "lower", "ratio", _NONE,
        Ratio(Sum((stock.stockout_days,)), Sum((stock.product_days,))),
    ),
    Metric(
        "sell_through", "Sell-through", "售罄率",
        "units of goods sold so far, net of units given back / units received so far, from the first fact to the end "
        "of the period; above 1 where stock was there before the facts begin", "rate", "higher", "ratio",
        "Units refunded or cancelled are taken off.",
        Ratio(Sum((supply.sold_so_far,), (supply.sent_back_so_far,)), Sum((supply.received_so_far,))),
    ),
    Metric(
        "active_sku_rate", "Active-SKU rate", "动销率",
        "products on sale of which a unit was paid / products on sale at the end of the period", "rate", "higher",
        "ratio", _NOT_REMOVED,
        Ratio(Sum((assortment.products_sold,)), Sum((assortment.products_on_sale,))),
    ),
    Metric(
        "units_received", "Units received", "到货件数",
        "units received from suppliers", "count", "neither", "additive", "None: nothing is refunded.",
        Sum((supply.units_received,)),
    ),
    Metric(
        "on_time_delivery_rate", "On-time delivery by suppliers", "供应商准时交货率",
        "deliveries received by their promised date / deliveries with a promised date", "rate", "higher", "ratio",
        "None: nothing is refunded.", Ratio(Sum((supply.punctual_receipts,)), Sum((supply.promised_receipts,))),
    ),
    Metric(
        "supplier_lead_time", "Supplier lead time", "采购提前期",
        "mean days from order to receipt, over the deliveries of the window", "days", "lower", "ratio",
        "None: nothing is refunded.", Ratio(Sum((supply.lead_days,)), Sum((supply.dated_receipts,))),
    ),
    Metric(
        "shipping_time", "Time to ship", "发货时长",
        "mean days from payment to shipment, over the goods lines shipped in the window", "days", "lower", "ratio",
        "None: a line that was never shipped has no time.",
        Ratio(Sum((supply.shipping_wait_days,)), Sum((supply.dated_shipments,))),
    ),
)  # fmt: skip
