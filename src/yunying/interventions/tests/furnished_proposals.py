"""Proposals with full evidence, such as purchasing makes them."""

import math
from datetime import date, timedelta

from yunying.kernel.command import Command
from yunying.kernel.evidence import Assumption, Curve, Evidence, FactsUsed, Sentence, Series, Table
from yunying.kernel.proposal import MeasurementDesign, MoneyInterval, Proposal

TODAY = date(2026, 11, 25)
STORE = "yunduo"
GOODS = (
    "亚麻衬衫 白 M", "亚麻衬衫 蓝 L", "羊毛围巾 驼色", "香薰蜡烛 雪松", "陶瓷马克杯 墨绿",
    "棉麻桌布 1.4m", "懒人沙发 灰", "保温杯 500ml", "竹纤维毛巾 3条装", "无线台灯 暖光",
    "云朵抱枕 45cm", "羽绒被 200×230", "四件套 浅灰 1.8m", "收纳箱 60L", "瑜伽垫 8mm",
    "精油 薰衣草 10ml", "珐琅锅 24cm", "砧板 相思木", "玻璃密封罐 3件", "挂耳咖啡 30包",
    "手冲壶 600ml", "儿童雨衣 黄", "折叠伞 全自动", "旅行洗漱包", "真丝眼罩",
    "蒸汽眼罩 20片", "加湿器 4L", "电热毯 1.8m", "暖手宝 双面", "羊绒衫 黑 M",
    "加绒打底裤", "雪地靴 37", "毛绒拖鞋 38", "珊瑚绒睡衣", "围炉煮茶套装",
    "红茶 250g", "礼盒 新年款", "灯串 5m", "圣诞树 1.5m", "年历 2027",
)  # fmt: skip
DESIGN = MeasurementDesign(
    "product", "minimum/maximum rule: order up to 30 days of mean sales when below 15 days", 0.1, 28,
    "contribution_profit", ("stockout_rate", "stock_value"),
)  # fmt: skip


def evidence(number: int, quantity: int, day: date) -> Evidence:
    """A calculation like those that purchasing shows."""
    daily = 4 + number % 9
    past = [day - timedelta(days=42 - each) for each in range(42)]
    ahead = [day + timedelta(days=each) for each in range(42)]
    sold = [round(daily * (1 + 0.4 * math.sin(each / 3.5 + number)) + each % 3, 1) for each in range(42)]
    demand = [round(daily * (1.1 + 0.25 * math.sin(each / 3.5)), 2) for each in range(42)]
    stock = [max(0.0, 12.0 * daily + sum(sold[each:]) - 0) for each in range(42)]
    without, level = [], 12.0 * daily
    for each in demand:
        without.append(round(max(level, 0.0), 1))
        level -= each
    with_order = [round(max(value, 0) + (quantity - max(0, each - 14) * 0.0 if each >= 9 else 0), 1)
                  for each, value in enumerate(without)]  # fmt: skip
    level = without[9] + quantity
    for each in range(9, 42):
        with_order[each] = round(max(level, 0.0), 1)
        level -= demand[each]
    text = [each.isoformat() for each in past]
    future = [each.isoformat() for each in ahead]
    title = GOODS[number % len(GOODS)]
    return Evidence(
        sentences=(
            Sentence(
                f"Order {quantity} of {title} from 义乌云织 today: {12 * daily} on hand last 11 days, a delivery takes "
                "9; without it the product runs short with probability 83%. The order should earn CNY 2,310.00 "
                "(940.00 to 3,870.00); each day of delay loses 182.40.",
                f"今天向义乌云织订购{title} {quantity} 件：现有库存 {12 * daily} 件，可售 11 天，"
                "到货需 9 天；不订货则缺货概率为 83%。"
                "预计增加贡献利润 CNY 2,310.00（940.00 至 3,870.00），每晚一天损失 182.40。",
            ),
            Sentence(
                "The last 24 orders of this kind brought CNY 18,420 (6,100 to 30,900) against an expected 21,300.",
                "此前 24 笔同类订货实际带来 CNY 18,420（6,100 至 30,900），预期为 21,300。",
            ),
        ),
        facts=(
            FactsUsed("order_line", 1284 + number, "2024-11-25", "2026-11-24"),
            FactsUsed("stock_level", 730, "2024-11-25", "2026-11-24"),
            FactsUsed("purchase_line", 31, "2024-12-02", "2026-11-10"),
        ),
        assumptions=(Assumption("assumed_lead_time_days", "14 days", "no terms and fewer than three past deliveries"),),
        tables=(
            Table(
                "How the quantity was found 订货量的由来", ("figure 指标", "value 数值"),
                (
                    ("On hand 现有库存", f"{12 * daily}"), ("Counted days ago 盘点距今天数", "1"),
                    ("Demand until delivery 到货前需求", f"{daily * 9.4:.1f}"),
                    ("Demand it must cover 覆盖期需求", f"{daily * 16.2:.1f} ({daily * 11} - {daily * 22})"),
                    ("Covered share of outcomes 目标覆盖率", "0.912"), ("Pack / minimum 装箱量 / 起订量", "12 / 48"),
                    ("Unit cost 单位成本", "38.50 CNY"), ("Cash bound 占用资金", f"{quantity * 38.5:,.2f} CNY"),
                ),
            ),
        ),
        series=(
            Series("Sold 销量", "units per day 件/天", tuple(text), tuple(sold)),
            Series("Expected demand 预计需求", "units per day 件/天", tuple(future), tuple(demand)),
            Series("Stock 库存", "units 件", tuple(text), tuple(stock)),
            Series("Stock with this order 下单后库存", "units 件", tuple(future), tuple(with_order)),
            Series("Stock without it 不下单库存", "units 件", tuple(future), tuple(without)),
        ),
        curves=(
            Curve("Expected profit by quantity 不同订货量的预期利润", "units ordered 订货量", "CNY 元",
                  tuple(float(each * 12) for each in range(21)),
                  tuple(round(2310 - (each * 12 - quantity) ** 2 / 9, 2) for each in range(21))),
        ),
    )  # fmt: skip


def proposal(number: int, *, day: date = TODAY, store: str = STORE, expires_days: int = 7) -> Proposal:
    """The n-th proposal of a day, the less urgent the higher its number."""
    title, quantity = GOODS[number % len(GOODS)], 48 + 12 * (number % 7)
    mid = int(231_000 * math.exp(-number / 14)) + 4_000
    return Proposal(
        id=f"purchasing-P{1000 + number}-{day}", practice="purchasing", store=store, subject=f"P{1000 + number}",
        title_en=f"Order {quantity} of {title}", title_zh=f"订购{title} {quantity} 件",
        command=Command("purchase_order", 1, {"supplier": "义乌云织", "lines": (
            {"product": f"P{1000 + number}", "quantity": quantity, "unit_cost": "38.50"},)}),
        currency="CNY", effect=MoneyInterval(int(mid * (0.41 if number % 5 else -0.2)), mid, int(mid * 1.68)),
        effect_days=21, delay_loss_minor=int(mid / 12.7), cost_minor=quantity * 3850, reversible=False, as_of=day,
        expires_date=day + timedelta(days=expires_days), evidence=evidence(number, quantity, day), design=DESIGN,
    )  # fmt: skip
