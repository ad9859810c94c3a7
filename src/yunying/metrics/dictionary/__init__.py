"""The dictionary: every metric once, by slug, in the order in which the document shows them."""

from yunying.metrics.dictionary.buyers import BUYERS
from yunying.metrics.dictionary.profit import PROFIT
from yunying.metrics.dictionary.sales import SALES
from yunying.metrics.dictionary.stock import STOCK
from yunying.metrics.dictionary.traffic import TRAFFIC
from yunying.metrics.metric import Metric

CHAPTERS: dict[str, tuple[Metric, ...]] = {
    "Sales 销售": SALES,
    "Buyers 买家": BUYERS,
    "Traffic and advertising 流量与广告": TRAFFIC,
    "Profit 利润": PROFIT,
    "Stock and supply 库存与供应": STOCK,
}

METRICS: dict[str, Metric] = {metric.slug: metric for chapter in CHAPTERS.values() for metric in chapter}
