"""The plan as a file that a spreadsheet opens: one row per proposal, no cell that would run as a formula."""

import csv
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Font

from yunying.kernel.money import to_major
from yunying.kernel.proposal import Decision, Proposal

HEADER = (
    "rank 序号", "practice 职能", "subject 对象", "title 标题", "action 做法", "supplier 供应商", "quantity 数量",
    "unit cost 单位成本", "cash 占用资金", "expected profit 预计利润", "low 低", "high 高", "days 天数",
    "loss per day of delay 每晚一天损失", "currency 币种", "as of 截至", "expires 失效", "assumptions 假设",
)  # fmt: skip
_NUMBERS = frozenset((0, 6, 7, 8, 9, 10, 11, 12, 13))
_RUNS_AS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


def write_csv(path: Path, decision: Decision) -> None:
    """UTF-8 with a byte order mark, so that Chinese Excel reads it rightly."""
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(HEADER)
        writer.writerows(_rows(decision))


def write_xlsx(path: Path, decision: Decision) -> None:
    """One sheet with a frozen, bold header; numbers are numbers."""
    book = Workbook()
    sheet = book.active
    sheet.title = "plan 计划"
    sheet.append(HEADER)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row in _rows(decision):
        sheet.append([float(cell) if at in _NUMBERS and cell != "" else cell for at, cell in enumerate(row)])
        for cell in sheet[sheet.max_row]:
            if isinstance(cell.value, str):
                cell.data_type = "s"
    sheet.freeze_panes = "A2"
    for column, width in zip("ABCDEF", (8, 12, 14, 40, 18, 16), strict=True):
        sheet.column_dimensions[column].width = width
    book.save(path)


def safe_cell(text: str) -> str:
    """The text with a leading apostrophe where a spreadsheet would run it.

    >>> safe_cell("=1+1"), safe_cell("cup")
    ("'=1+1", 'cup')
    """
    return "'" + text if text.startswith(_RUNS_AS_FORMULA) else text


def _rows(decision: Decision) -> list[list[str]]:
    return [_row(rank, proposal) for rank, proposal in enumerate(decision.proposals, start=1)]


def _row(rank: int, proposal: Proposal) -> list[str]:
    params = proposal.command.params
    lines = params.get("lines")
    line = lines[0] if isinstance(lines, tuple) and len(lines) == 1 else {}
    money = (
        proposal.cost_minor,
        proposal.effect.mid_minor,
        proposal.effect.low_minor,
        proposal.effect.high_minor,
    )
    cost, mid, low, high = (str(to_major(value, proposal.currency)) for value in money)
    assumed = "; ".join(f"{each.name} = {each.value}" for each in proposal.evidence.assumptions)
    texts = [proposal.practice, proposal.subject, f"{proposal.title_en} {proposal.title_zh}", proposal.command.kind]
    return [
        str(rank),
        *(safe_cell(text) for text in texts),
        safe_cell(str(params.get("supplier") or "")),
        str(line.get("quantity", "")),
        str(line.get("unit_cost", "")),
        cost,
        mid,
        low,
        high,
        str(proposal.effect_days),
        str(to_major(proposal.delay_loss_minor, proposal.currency)),
        proposal.currency,
        proposal.as_of.isoformat(),
        proposal.expires_date.isoformat(),
        safe_cell(assumed),
    ]
