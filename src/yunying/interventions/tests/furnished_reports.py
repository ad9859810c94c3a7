"""The reports that the loop would have made for a furnished store."""

import math
from datetime import timedelta
from typing import Any

from yunying.interventions.desk_facts import report_save
from yunying.interventions.tests.furnished_proposals import GOODS, TODAY


def _metric(
    slug: str, titles: tuple[str, str], unit: str, value: Any, then: tuple[Any, ...], better: bool | None, scale: float
) -> dict[str, Any]:  # fmt: skip
    days = [(TODAY - timedelta(days=28 - each)).isoformat() for each in range(28)]
    values = [round(scale * (1 + 0.18 * math.sin(each / 1.1) + each / 160), 4) for each in range(28)]
    return {
        "slug": slug, "title_en": titles[0], "title_zh": titles[1], "unit": unit, "value": value, "yesterday": then[0],
        "last_week": then[1], "last_year": then[2], "series": {"dates": days, "values": values},
        "higher_is_better": better,
    }  # fmt: skip


def reports_of(store: str) -> None:
    report_save(store, "numbers", TODAY, {"date": "2026-11-24", "currency": "CNY", "metrics": [
        _metric(
            "paid_amount", ("Paid amount", "支付金额"), "money_minor", 4_821_340,
            (4_512_000, 4_100_210, 3_321_000), True, 4.4e6),
        _metric(
            "contribution_profit", ("Contribution profit", "贡献利润"), "money_minor", 912_455,
            (870_100, 941_220, 610_000), True, 9e5),
        _metric(
            "paying_buyers", ("Paying buyers", "支付买家数"), "count", 312, (298, 301, 240), True, 300),
        _metric(
            "pay_conversion_rate", ("Pay conversion", "支付转化率"), "rate", 0.0342,
            (0.0339, 0.0361, 0.0318), True, 0.034),
        _metric(
            "spend_per_buyer", ("Spend per buyer", "客单价"), "price_minor", 15_453,
            (15_140, 13_622, 13_837), True, 15e3),
        _metric(
            "return_rate", ("Return rate", "退货率"), "rate", {"not_measured": "no refunds imported after 2026-11-20"},
                (None, 0.041, None), False, 0.04),
    ]})  # fmt: skip
    report_save(store, "health", TODAY, {"findings": [
        {"code": "gap", "table": "ad_spend", "what": "ad_spend has no rows for 6 of the last 28 days.",
         "remedy": "Export 2026-11-12 to 2026-11-17 again from the advertising platform.", "rows": 0},
        {"code": "orphans", "table": "stock_level", "what": "14 stock rows name products that no product file knows.",
         "remedy": "Import the product file once more.", "rows": 14},
    ]})  # fmt: skip
    report_save(store, "abstentions", TODAY, {"items": [
        {"practice": "purchasing", "code": "no-cost-facts", "count": 6,
         "reason": "6 products: no cost is known and the policy assumes none.",
         "remedy": "Import costs with a product or supplier file.", "subjects": ["P1077", "P1081", "P1090"]},
    ]})  # fmt: skip
    names = [[f"P{1000 + each}", title] for each, title in enumerate(GOODS)]
    report_save(store, "names", TODAY, {
        "product": names, "supplier": [["义乌云织", "义乌云织"], ["S2", "苏州棉纺"]], "channel": [["taobao", "直通车"]],
        "campaign": [["c1", "双十一搜索"]],
    })  # fmt: skip
    report_save(store, "facts", TODAY, {"tables": {
        "order_line": {"title_zh": "订单行", "rows": 1_284_331, "from": "2021-11-01", "to": "2026-11-24"},
        "stock_level": {"title_zh": "库存", "rows": 812_400, "from": "2024-01-01", "to": "2026-11-24"},
        "product": {"title_zh": "商品", "rows": 1_204, "from": None, "to": None},
        "ad_spend": {"title_zh": "推广花费", "rows": 4_410, "from": "2024-01-01", "to": "2026-11-11"},
    }})  # fmt: skip
