"""A store with a life behind it, for the desk's tests and for looking at the desk: made through the services."""

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
from yunying.interventions.tests.furnished_proposals import DESIGN, STORE, TODAY, proposal
from yunying.interventions.tests.furnished_reports import reports_of
from yunying.kernel.command import Command
from yunying.kernel.json_form import to_plain
from yunying.kernel.proposal import MoneyInterval
from yunying.kernel.receipt import Receipt, ReceiptFile


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
        Drawn(
            proposal(each, store=store, expires_days=2 if each % 9 == 4 else 7),
            "held_out" if each % 11 == 7 else "treated",
        )
        for each in range(proposals)
    ]  # fmt: skip
    proposals_record(store, "purchasing", drawn, run, as_of=TODAY, proofs={})
    _decided_today(store, buyer)
    reports_of(store)
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
        undo=Command("set_price", 1, {"product": row.subject, "list_price": "99.00"})
        if row.kind == "set_price"
        else None,
        problems=("P1003: the supplier has 20 left.",) if status == "partly_applied" else (),
    )  # fmt: skip


def _send(store: str) -> None:
    for number, entry in enumerate(outbox_claim("desk-test", store=store, ignore_wait=True)):
        if number % 9 == 5:
            outbox_failed(entry, "The supplier's system answered: order window closed.", is_retryable=False)
        else:
            status = "partly_applied" if number % 9 == 7 else "applied"
            outbox_done([(entry, _receipt(store, entry.intervention, status=status))])


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
    _send(store)
    price = intervention_compose(
        store, buyer, Command("set_price", 1, {"product": "P1004", "list_price": "89.00"}), title="墨绿马克杯调价",
        note="竞品降到 92，先跟。", expected=(20_000, 60_000, 110_000),
    )  # fmt: skip
    proposals_approve(store, [price.pk], buyer)
    _send(store)
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
            {"date": "2026-10-17", "state": "ordered", "product": row.subject, "quantity": 60,
             "promised_date": "2026-10-26"},
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
