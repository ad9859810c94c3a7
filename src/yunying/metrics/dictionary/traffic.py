"""Traffic and advertising: who came, what they did, what bringing them cost."""

from yunying.metrics.metric import Metric, Ratio, Sum
from yunying.metrics.sources import advertising, orders, visits

_NONE = "None: nothing is refunded."
_NOT_REMOVED = "Refunds and cancellations are not removed."

TRAFFIC = (
    Metric(
        "visitors", "Unique visitors (UV)", "访客数",
        "distinct visitors with a visit or a view", "count", "higher", "distinct", _NONE, Sum((visits.visitors,)),
    ),
    Metric(
        "page_views", "Page views (PV)", "浏览量",
        "number of views", "count", "higher", "additive", _NONE, Sum((visits.page_views,)),
    ),
    Metric(
        "order_conversion", "Order conversion", "下单转化率",
        "distinct members with a placed line / visitors", "rate", "higher", "ratio", _NOT_REMOVED,
        Ratio(Sum((orders.ordering_buyers,)), Sum((visits.visitors,))),
    ),
    Metric(
        "pay_conversion", "Pay conversion", "支付转化率",
        "paying buyers / visitors", "rate", "higher", "ratio", _NOT_REMOVED,
        Ratio(Sum((orders.buyers,)), Sum((visits.visitors,))),
    ),
    Metric(
        "cart_rate", "Add-to-cart rate", "加购率",
        "distinct visitors who put something into the cart / visitors", "rate", "higher", "ratio", _NONE,
        Ratio(Sum((visits.cart_visitors,)), Sum((visits.visitors,))),
    ),
    Metric(
        "favourite_cart_rate", "Favourite or cart rate", "收藏加购率",
        "distinct visitors who favoured something or put it into the cart / visitors", "rate", "higher", "ratio",
        _NONE, Ratio(Sum((visits.cart_or_favourite_visitors,)), Sum((visits.visitors,))),
    ),
    Metric(
        "bounce_rate", "Bounce rate", "跳失率",
        "1 - distinct visitors who clicked / visitors", "rate", "lower", "ratio", _NONE,
        Ratio(Sum((visits.visitors,), (visits.clicking_visitors,)), Sum((visits.visitors,))),
    ),
    Metric(
        "revenue_per_visitor", "Revenue per visitor", "UV价值",
        "paid amount / visitors (= pay conversion x spend per buyer where every buyer is known)", "price_minor",
        "higher", "ratio", _NOT_REMOVED, Ratio(Sum((orders.paid_amount,)), Sum((visits.visitors,))),
    ),
    Metric(
        "ad_spend", "Advertising spend", "推广花费",
        "sum of money spent on advertising", "money_minor", "lower", "additive", _NONE, Sum((advertising.ad_spend,)),
    ),
    Metric(
        "impressions", "Impressions", "展现量",
        "times that advertising was shown", "count", "higher", "additive", _NONE, Sum((advertising.impressions,)),
    ),
    Metric(
        "clicks", "Clicks", "点击量",
        "times that advertising was clicked", "count", "higher", "additive", _NONE, Sum((advertising.clicks,)),
    ),
    Metric(
        "ctr", "Click-through rate", "点击率",
        "clicks / impressions", "rate", "higher", "ratio", _NONE,
        Ratio(Sum((advertising.clicks,)), Sum((advertising.impressions,))),
    ),
    Metric(
        "cpc", "Cost per click", "平均点击花费",
        "advertising spend / clicks", "price_minor", "lower", "ratio", _NONE,
        Ratio(Sum((advertising.ad_spend,)), Sum((advertising.clicks,))),
    ),
    Metric(
        "roas", "Return on ad spend", "投入产出比 ROI",
        "paid amount of orders of an advertised campaign, or of a channel whose spend is not split, / advertising "
        "spend (ROI 国内口径; Western ROI is (gain - cost) / cost)", "ratio", "higher", "ratio", _NOT_REMOVED,
        Ratio(Sum((advertising.attributed_amount,)), Sum((advertising.ad_spend,))),
    ),
    Metric(
        "ad_spend_rate", "Advertising share of sales", "费比",
        "advertising spend / paid amount", "rate", "lower", "ratio", _NOT_REMOVED,
        Ratio(Sum((advertising.ad_spend,)), Sum((orders.paid_amount,))),
    ),
)  # fmt: skip
