"""The plan as a file that a spreadsheet opens: one row per proposal, no cell that would run as a formula."""

import csv
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from yunying.kernel.money import to_major
from yunying.kernel.proposal import Decision, Proposal
from yunying.kernel.sheet_text import inert_csv_text, sheet_text

HEADER = (
    "rank 序号", "practice 职能", "subject 对象", "title 标题", "action 做法", "supplier 供应商", "quantity 数量",
    "unit cost 单位成本", "cash 占用资金", "expected profit 预计利润", "low 低", "high 高", "days 天数",
    "loss per day of delay 每晚一天损失", "currency 币种", "as of 截至", "expires 失效", "assumptions 假设",
)  # fmt: skip
_NUMBERS = frozenset((0, 6, 7, 8, 9, 10, 11, 12, 13))


def write_csv(path: Path, decision: Decision) -> None:
    """UTF-8 with a byte order mark, so that Chinese Excel reads it rightly."""
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(HEADER)
        for row in _rows(decision):
            writer.writerow([cell if at in _NUMBERS else inert_csv_text(cell) for at, cell in enumerate(row)])


def write_xlsx(path: Path, decision: Decision) -> None:
    """One sheet with a frozen, bold header; numbers are numbers."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("plan 计划")
    sheet.freeze_panes = "A2"
    for column, width in zip("ABCDEF", (8, 12, 14, 40, 18, 16), strict=True):
        sheet.column_dimensions[column].width = width
    sheet.append([_text_cell(sheet, title, is_bold=True) for title in HEADER])
    for row in _rows(decision):
        sheet.append([_typed(sheet, at, cell) for at, cell in enumerate(row)])
    book.save(path)


def _typed(sheet: Any, at: int, cell: str) -> Any:
    if at in _NUMBERS:
        return float(cell) if cell else None
    return _text_cell(sheet, sheet_text(cell)) if cell else None


def _text_cell(sheet: Any, text: str, *, is_bold: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    if is_bold:
        cell.font = Font(bold=True)
    return cell


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
        *texts,
        str(params.get("supplier") or ""),
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
        assumed,
    ]
