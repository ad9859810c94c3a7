"""What the desk shows of a store beyond what programs see: files, receipts, reports, approvals in advance, a look.

In one's own store some of it belongs to a category that nobody with another category may read of.
"""

from dataclasses import replace
from datetime import date
from pathlib import Path

from django.conf import settings

from yunying.accounts.people import Person
from yunying.interventions.deciding import proposals_approve
from yunying.interventions.desk_facts import report_save, setting_change, upload_receive, upload_saw
from yunying.interventions.effects import Effect, effect_record
from yunying.interventions.models import Intervention
from yunying.interventions.outbox import outbox_claim, outbox_done
from yunying.interventions.proposing import Drawn, proposals_record, standing_give
from yunying.interventions.tests.conftest import proposal
from yunying.interventions.tests.two_stores import TODAY
from yunying.kernel.proposal import MoneyInterval
from yunying.kernel.receipt import Receipt, ReceiptFile
from yunying.org.scope import Piece

HIDDEN = "hidden5b1d"
"""Stands in every text of the category, in one's own store, that is not the person's."""
TOTAL_MINOR, PART_MINOR = 98_765_432_100, 1_234_567_800
FIGURES = ("987,654,321", "9.88", "98,765")
"""How the store's total might be written."""


def desk_fill(store: str, word: str, actor: Person) -> dict[str, int]:
    """Fill the store for the desk; returns one id of each."""
    hidden = replace(
        proposal(f"{word}-secret"), store=store, id=f"{word}-secret", title_en=f"{word} {HIDDEN}",
        title_zh=f"{word} {HIDDEN}", practice="marketing",
    )  # fmt: skip
    made = [Drawn(hidden, piece=Piece("marketing", HIDDEN, HIDDEN, HIDDEN))]
    proposals_record(store, "marketing", made, None, as_of=TODAY, proofs={})
    secret = Intervention.objects.get(store=store, proposal=f"{word}-secret")
    done = Intervention.objects.filter(store=store, category=f"{word}-cups").order_by("-pk").first()
    entry = _sent(store, done, word, actor)
    effect = Effect(TODAY, True, "before_after", MoneyInterval(1, 2, 3))
    effect_record(store, "person", effect, intervention=done)
    upload = upload_receive(store, f"{word}.csv", f"uploads/{word}/{word}.csv", 10, actor)
    draft = {"kind": "orders", "columns": [{"column": word, "field": "order", "samples": [word, HIDDEN]}],
             "mapping": f"kind: orders\n# {word} {HIDDEN}", "rows": 3, "fields": ["order"], "problems": []}  # fmt: skip
    upload_saw(upload.pk, state="drafted", kind="orders", draft=draft)
    standing = standing_give(store, actor, "purchasing", "purchase_order", most_minor=10, until_date=date(2027, 1, 1))
    setting_change(store, "purchasing", "review_days", 5, actor, reason=f"{word} {HIDDEN}")
    _reports(store, word)
    return {"hidden": secret.pk, "done": done.pk, "entry": entry, "upload": upload.pk, "standing": standing.pk}


def _sent(store: str, row: Intervention, word: str, actor: Person) -> int:
    assert [each.code for each in proposals_approve(store, [row.pk], actor, at_once=True)] == [""]
    entries = outbox_claim("matrix", store=store, ignore_wait=True)
    folder = Path(settings.HOME) / "hands" / store / "csv"
    folder.mkdir(parents=True)
    (folder / f"{word}.csv").write_text(word, encoding="utf-8")
    files = (ReceiptFile(f"{word}.csv", f"{word}.csv", "text/csv"),)
    outbox_done([(each, Receipt("applied", word, word, word, files=files)) for each in entries])
    return entries[0].pk


def _reports(store: str, word: str) -> None:
    paid = {"slug": "paid_amount", "title_en": "Paid amount", "title_zh": "支付金额", "unit": "money_minor",
            "higher_is_better": True}  # fmt: skip
    profit = {**paid, "slug": "contribution_profit", "title_en": "Contribution profit", "title_zh": "贡献利润"}
    told = {"value": TOTAL_MINOR, "yesterday": TOTAL_MINOR, "last_week": TOTAL_MINOR, "last_year": None}
    report_save(
        store,
        "numbers",
        TODAY,
        {
            "date": "2026-11-24",
            "currency": "CNY",
            "metrics": [
                {**each, **told, "series": {"dates": ["2026-11-24"], "values": [TOTAL_MINOR]}}
                for each in (paid, profit)
            ],
        },
    )
    rows = [{"key": [name], "figures": {"paid_amount": {"value": value}, "contribution_profit": {"value": value}}}
            for name, value in ((f"{word}-cups", PART_MINOR), (HIDDEN, TOTAL_MINOR))]  # fmt: skip
    report_save(
        store,
        "parts",
        TODAY,
        {
            "date": "2026-11-24",
            "currency": "CNY",
            "splits": [{"by": ["category"], "metrics": [paid, profit], "rows": rows}],
        },
    )
    finding = {"code": "gap", "what": f"{word} {HIDDEN}", "remedy": word, "rows": 3, "table": "order_line"}
    report_save(store, "health", TODAY, {"findings": [finding]})
    item = {"practice": "purchasing", "code": "x", "count": 1, "reason": f"{word} {HIDDEN}", "remedy": word,
            "subjects": [word]}  # fmt: skip
    report_save(store, "abstentions", TODAY, {"items": [item]})
    names = [[f"{word}-P", word], ["SECRET", HIDDEN]]
    pieces = {f"{word}-P": [f"{word}-cups", ""], "SECRET": [HIDDEN, HIDDEN]}
    report_save(store, "names", TODAY, {"product": names, "pieces": pieces, "supplier": [[HIDDEN, word]],
                                        "channel": [[HIDDEN, word]], "campaign": [[HIDDEN, word]]})  # fmt: skip
    report_save(store, "facts", TODAY, {"tables": {"order_line": {
        "title_zh": word, "rows": 98_765, "from": "2021-11-01", "to": "2026-11-24"}}})  # fmt: skip
    report_save(store, "followup", TODAY, {word: [{"date": "2026-11-20", "state": "ordered", "product": word,
                                                   "quantity": 1, "promised_date": None}]})  # fmt: skip
