"""A store with a life behind it, for the desk's tests and for looking at the desk: made through the services."""

import math
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from yunying.accounts.people import Person, person_make
from yunying.interventions.budgets import budget_set
from yunying.interventions.deciding import (
    intervention_cancel,
    intervention_revert,
    proposal_edit,
    proposals_approve,
    proposals_reject,
    proposals_snooze,
)
from yunying.interventions.desk_facts import report_save, setting_change, store_save, upload_receive, upload_saw
from yunying.interventions.effects import Effect, effect_record, trial_open
from yunying.interventions.models import Intervention, Run, Trial
from yunying.interventions.outbox import outbox_claim, outbox_done, outbox_failed
from yunying.interventions.proposing import Drawn, intervention_compose, proposals_record, standing_give
from yunying.interventions.runs import run_claim, run_fail, run_finish, run_progress, run_request
from yunying.kernel.command import Command
from yunying.kernel.evidence import Assumption, Curve, Evidence, FactsUsed, Sentence, Series, Table
from yunying.kernel.json_form import to_plain
from yunying.kernel.proposal import MeasurementDesign, MoneyInterval, Proposal
from yunying.kernel.receipt import Receipt, ReceiptFile

TODAY = date(2026, 11, 25)
STORE = "yunduo"
GOODS = (
    "亚麻衬衫 白 M", "亚麻衬衫 蓝 L", "羊毛围巾 驼色", "香薰蜡烛 雪松", "陶瓷马克杯 墨绿", "棉麻桌布 1.4m", "懒人沙发 灰",
    "保温杯 500ml", "竹纤维毛巾 3条装", "无线台灯 暖光", "云朵抱枕 45cm", "羽绒被 200×230", "四件套 浅灰 1.8m", "收纳箱 60L",
    "瑜伽垫 8mm", "精油 薰衣草 10ml", "珐琅锅 24cm", "砧板 相思木", "玻璃密封罐 3件", "挂耳咖啡 30包", "手冲壶 600ml",
    "儿童雨衣 黄", "折叠伞 全自动", "旅行洗漱包", "真丝眼罩", "蒸汽眼罩 20片", "加湿器 4L", "电热毯 1.8m", "暖手宝 双面",
    "羊绒衫 黑 M", "加绒打底裤", "雪地靴 37", "毛绒拖鞋 38", "珊瑚绒睡衣", "围炉煮茶套装", "红茶 250g", "礼盒 新年款", "灯串 5m",
    "圣诞树 1.5m", "年历 2027",
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
                f"Order {quantity} of {title} from 义乌云织 today: {12 * daily} on hand last 11 days, a delivery takes 9; "
                "without it the product runs short with probability 83%. The order should earn CNY 2,310.00 (940.00 to "
                "3,870.00); each day of delay loses 182.40.",
                f"今天向义乌云织订购{title} {quantity} 件：现有库存 {12 * daily} 件，可售 11 天，到货需 9 天；不订货则缺货概率为 83%。"
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


def furnish(store: str = STORE, *, proposals: int = 40) -> Person:
    """Fill the database and the home folder; returns the buyer, whose password is ``desk-password-1``."""
    buyer = person_make("chen", "desk-password-1", name="陈晓云")
    person_make("guest", "desk-password-1", name="访客", may_act=False)
    store_save(store, title="云朵生活馆", currency="CNY", time_zone="Asia/Shanghai", connector="sim",
               today_date=TODAY - timedelta(days=40), snapshot=41)  # fmt: skip
    budget_set(store, "purchasing", date(2026, 10, 1), date(2027, 1, 1), 40_000_000, buyer)
    _past(store, buyer)
    store_save(store, title="云朵生活馆", currency="CNY", time_zone="Asia/Shanghai", today_date=TODAY, snapshot=128)
    run = _runs(store, buyer)
    drawn = [
        Drawn(proposal(each, store=store, expires_days=2 if each % 9 == 4 else 7), "held_out" if each % 11 == 7 else "treated")
        for each in range(proposals)
    ]  # fmt: skip
    proposals_record(store, "purchasing", drawn, run, as_of=TODAY, proofs={})
    _decided_today(store, buyer)
    _reports(store)
    _uploads(store, buyer)
    standing_give(store, buyer, "purchasing", "purchase_order", most_minor=50_000, until_date=date(2026, 12, 31))
    setting_change(store, "purchasing", "review_days", 5, buyer, reason="旺季每五天订一次货")
    return buyer


def _receipt(store: str, row: Intervention, *, status: str = "applied") -> Receipt:
    name = f"{row.pk}-order.csv"
    folder = Path(settings.HOME) / "hands" / store / "sim"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("\ufeff商品,数量,单价\n" + f"{row.subject},60,38.50\n", encoding="utf-8")
    return Receipt(
        status, f"YY{row.pk:06d}", f"Ordered from 义乌云织, arrival expected in 9 days ({row.subject}).",
        f"已向义乌云织下单，预计 9 天后到货（{row.subject}）。", files=(ReceiptFile(name, name, "text/csv"),),
        undo=Command("set_price", 1, {"product": row.subject, "list_price": "99.00"}) if row.kind == "set_price" else None,
        problems=("P1003: the supplier has 20 left.",) if status == "partly_applied" else (),
    )  # fmt: skip


def _send(store: str, count: int) -> None:
    for number in range(count):
        entry = outbox_claim("desk-test", store=store, ignore_wait=True)
        if entry is None:
            return
        if number % 9 == 5:
            outbox_failed(entry, "The supplier's system answered: order window closed.", is_retryable=False)
        else:
            status = "partly_applied" if number % 9 == 7 else "applied"
            outbox_done(entry, _receipt(store, entry.intervention, status=status))


def _past(store: str, buyer: Person) -> None:
    day = TODAY - timedelta(days=40)
    products = [f"P{1000 + each}" for each in range(40)]
    trial = trial_open(
        store, "purchasing", DESIGN, start_date=day, end_date=day + timedelta(days=28), eligible=products,
        held_out=products[7::11], design_plain=to_plain(DESIGN), has_control_rule=True,
    )  # fmt: skip
    proposals_record(store, "purchasing", [Drawn(proposal(each, day=day, store=store), "treated", trial) for each in
                     range(14)], None, as_of=day, proofs={})  # fmt: skip
    rows = list(Intervention.objects.filter(store=store, as_of=day).order_by("pk"))
    proposals_approve(store, [row.pk for row in rows[:11]], buyer)
    _send(store, 11)
    price = intervention_compose(store, buyer, Command("set_price", 1, {"product": "P1004", "list_price": "89.00"}),
                                 title="墨绿马克杯调价", note="竞品降到 92，先跟。", expected=(20_000, 60_000, 110_000))  # fmt: skip
    proposals_approve(store, [price.pk], buyer)
    _send(store, 1)
    for week, figures in enumerate(((-40_000, 320_000, 690_000), (60_000, 510_000, 980_000))):
        effect_record(store, "purchasing", Effect(day + timedelta(days=7 * (week + 2)), False, "holdout_cuped",
                      MoneyInterval(*figures), (figures[0] - 90_000, figures[2] + 90_000)), trial=trial)  # fmt: skip
    effect_record(store, "purchasing", Effect(TODAY - timedelta(days=3), True, "holdout_cuped",
                  MoneyInterval(212_000, 846_000, 1_490_000), (118_000, 1_580_000)), trial=trial)  # fmt: skip
    price.refresh_from_db()
    effect_record(store, "person", Effect(
        TODAY - timedelta(days=2), True, "before_after", None,
        reason_en="Only 6 orders in the window; at least 30 are needed for an interval.",
        reason_zh="窗口内只有 6 笔订单，至少需要 30 笔才能给出区间。"), intervention=price)  # fmt: skip
    report_save(store, "followup", TODAY, _followup(store))


def _followup(store: str) -> dict[str, Any]:
    found = {}
    for row in Intervention.objects.filter(store=store, kind="purchase_order").exclude(reference=""):
        found[row.reference] = [
            {"date": "2026-10-17", "state": "ordered", "product": row.subject, "quantity": 60, "promised_date": "2026-10-26"},
            {"date": "2026-10-27", "state": "received", "product": row.subject, "quantity": 60, "promised_date": None},
        ]  # fmt: skip
    return found


def _decided_today(store: str, buyer: Person) -> None:
    rows = list(Intervention.objects.filter(store=store, as_of=TODAY, state="proposed").order_by("pk"))
    proposals_approve(store, [row.pk for row in rows[-3:]], buyer)
    proposals_reject(store, [rows[-4].pk], buyer, reason="供应商这周涨价")
    proposals_snooze(store, [rows[-5].pk], buyer, until_date=TODAY + timedelta(days=3))
    proposal_edit(store, rows[-6].pk, buyer, {"supplier": "义乌云织", "lines": [
        {"product": rows[-6].subject, "quantity": 24, "unit_cost": "38.50"}]})  # fmt: skip
    feature = intervention_compose(store, buyer, Command("feature", 1, {
        "product": "P1010", "slot": "首页", "start_date": "2026-11-26", "end_date": "2026-12-03"}))  # fmt: skip
    proposals_approve(store, [feature.pk], buyer)
    intervention_cancel(store, feature.pk, buyer, reason="改排下周")
    promotion = intervention_compose(store, buyer, Command("start_promotion", 1, {
        "promotion": "双十二预热", "start_date": "2026-12-05", "end_date": "2026-12-13", "discount_rate_permille": 150,
        "products": ({"product": "P1001"}, {"product": "P1002"})}), note="和去年同档期一致")  # fmt: skip
    assert promotion.pk
    price = Intervention.objects.filter(store=store, kind="set_price").first()
    if price is not None:
        intervention_revert(store, price.pk, buyer, reason="效果无法证明，恢复原价")


def _runs(store: str, buyer: Person) -> Run:
    first = run_request(store, "propose", key=f"{store}-propose-1", actor=buyer)
    claimed = run_claim("desk-test", stores=[store])
    assert claimed is not None
    run_finish(claimed, {"proposals": 40, "abstentions": 3, "seconds": 21.4, "practices": {"purchasing": {"new": 40}}},
               as_of=TODAY, snapshot=128, record="runs/2026-11-25")  # fmt: skip
    run_request(store, "report", key=f"{store}-report-1")
    claimed = run_claim("desk-test", stores=[store])
    assert claimed is not None
    run_fail(claimed, "no-stock-facts", "No stock count after 2026-11-10.", "Import a stock file of this week.")
    run_request(store, "measure", key=f"{store}-measure-1", actor=buyer)
    claimed = run_claim("desk-test", stores=[store])
    assert claimed is not None
    run_progress(claimed, "Purchasing: bootstrap 3 of 5", 0.58)
    return first


def _metric(slug: str, titles: tuple[str, str], unit: str, value: Any, then: tuple[Any, Any, Any], better: bool | None,
            scale: float) -> dict[str, Any]:  # fmt: skip
    days = [(TODAY - timedelta(days=28 - each)).isoformat() for each in range(28)]
    values = [round(scale * (1 + 0.18 * math.sin(each / 1.1) + each / 160), 4) for each in range(28)]
    return {
        "slug": slug, "title_en": titles[0], "title_zh": titles[1], "unit": unit, "value": value, "yesterday": then[0],
        "last_week": then[1], "last_year": then[2], "series": {"dates": days, "values": values},
        "higher_is_better": better,
    }  # fmt: skip


def _reports(store: str) -> None:
    report_save(store, "numbers", TODAY, {"date": "2026-11-24", "currency": "CNY", "metrics": [
        _metric("paid_amount", ("Paid amount", "支付金额"), "money_minor", 4_821_340, (4_512_000, 4_100_210, 3_321_000), True, 4.4e6),
        _metric("contribution_profit", ("Contribution profit", "贡献利润"), "money_minor", 912_455, (870_100, 941_220, 610_000), True, 9e5),
        _metric("paying_buyers", ("Paying buyers", "支付买家数"), "count", 312, (298, 301, 240), True, 300),
        _metric("pay_conversion_rate", ("Pay conversion", "支付转化率"), "rate", 0.0342, (0.0339, 0.0361, 0.0318), True, 0.034),
        _metric("spend_per_buyer", ("Spend per buyer", "客单价"), "price_minor", 15_453, (15_140, 13_622, 13_837), True, 15e3),
        _metric("return_rate", ("Return rate", "退货率"), "rate", {"not_measured": "no refunds imported after 2026-11-20"},
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
    report_save(store, "names", TODAY, {"product": names, "supplier": [["义乌云织", "义乌云织"], ["S2", "苏州棉纺"]],
                                        "channel": [["taobao", "直通车"]], "campaign": [["c1", "双十一搜索"]]})  # fmt: skip
    report_save(store, "facts", TODAY, {"tables": {
        "order_line": {"title_zh": "订单行", "rows": 1_284_331, "from": "2021-11-01", "to": "2026-11-24"},
        "stock_level": {"title_zh": "库存", "rows": 812_400, "from": "2024-01-01", "to": "2026-11-24"},
        "product": {"title_zh": "商品", "rows": 1_204, "from": None, "to": None},
        "ad_spend": {"title_zh": "推广花费", "rows": 4_410, "from": "2024-01-01", "to": "2026-11-11"},
    }})  # fmt: skip


def _uploads(store: str, buyer: Person) -> None:
    drafted = upload_receive(store, "订单导出-2026-11.csv", "uploads/a/orders.csv", 1_840_221, buyer)
    columns = [
        {"column": "订单编号", "field": "order", "samples": ["3201", "3202", "3203"]},
        {"column": "付款时间", "field": "paid_at", "samples": ["2026-11-24 10:02", "2026-11-24 10:07"]},
        {"column": "商品编码", "field": "product", "samples": ["P1001", "P1004"]},
        {"column": "数量", "field": "quantity", "samples": ["1", "2"]},
        {"column": "实付金额", "field": "paid", "samples": ["99.00", "178.00"]},
        {"column": "买家留言", "field": "", "samples": ["请尽快", ""]},
    ]
    upload_saw(drafted.pk, state="drafted", kind="orders", draft={
        "kind": "orders", "preset": "taobao", "encoding": "gb18030", "rows": 8_412, "columns": columns,
        "fields": ["order", "paid_at", "product", "quantity", "paid", "list_price", "member", "channel"],
        "mapping": "kind: orders\npreset: taobao\ncolumns:\n  订单编号: order\n  付款时间: paid_at\n", "problems": [],
    })  # fmt: skip
    refused = upload_receive(store, "stock.xlsx", "uploads/b/stock.xlsx", 22_018, buyer)
    upload_saw(refused.pk, state="refused", kind="stock", error={
        "code": "bad-rows", "what": "3 rows cannot be read.", "remedy": "Mend them, or set the bad rows aside.",
        "problems": [
            {"row": 17, "column": "数量", "what": "'十二' is no number.", "remedy": "Write 12."},
            {"row": 40, "column": "日期", "what": "2026-13-01 is no day.", "remedy": "Write YYYY-MM-DD."},
            {"row": 52, "column": "商品编码", "what": "It is empty.", "remedy": "Give the product's code."},
        ]})  # fmt: skip
    done = upload_receive(store, "products.csv", "uploads/c/products.csv", 88_300, buyer)
    upload_saw(done.pk, state="imported", kind="products", outcome={
        "rows": 1_204, "tables": {"product": 1_204}, "set_aside": 0, "snapshot": 128})  # fmt: skip


def age(store: str, at: datetime) -> None:
    """Leave no run going and nothing on its way, as on a quiet evening."""
    Run.objects.filter(store=store, state__in=("requested", "running")).update(state="done", finished_at=at)
    Trial.objects.filter(store=store).update(is_closed=True)
