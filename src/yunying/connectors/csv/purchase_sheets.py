"""The purchase sheet of one supplier and day: a row for each ordered line, and the same lines as facts."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from yunying.connectors.csv.applied_keys import Applied, AppliedKeys
from yunying.connectors.csv.file_names import safe_name
from yunying.connectors.csv.sheets import Cell, Sheet
from yunying.kernel.command import Command, Value
from yunying.kernel.errors import OperatorError
from yunying.kernel.ids import digest
from yunying.kernel.money import to_major, to_minor

FOLDER = "purchase-orders"
HEADER = (
    "order number 采购单号", "line 行号", "supplier 供应商", "product 商品", "title 商品名称", "quantity 数量",
    "unit cost 单位成本", "amount 金额", "currency 币种", "date 日期",
)  # fmt: skip


def sheet_path(record: AppliedKeys, command: Command, day: str) -> str:
    """Where the command's lines stand, without an ending: one sheet for each supplier and day.

    Two suppliers whose names give the same file name, or differ in capitals only, are kept apart.
    """
    supplier = str(command.params.get("supplier") or "")
    plain = f"{FOLDER}/{day}/{safe_name(supplier)}"
    marked = (f"{plain}-{digest(supplier, length)}" for length in (8, 16, 32, 64))
    return next(path for path in (plain, *marked) if record.sheet_owner(path) in (None, supplier))


def first_line(record: AppliedKeys, command: Command, reference: str) -> int:
    """The number of the command's first line: a number that comes again adds lines to its order.

    Raises:
        OperatorError: the number belongs to an order of another supplier.
    """
    known = record.purchase(reference)
    if known is None:
        return 1
    supplier, lines = known
    if supplier != str(command.params.get("supplier") or ""):
        raise OperatorError(
            "used-reference",
            f"{reference} is the number of an order of {supplier or 'no named supplier'}.",
            "Give the order a number of its own.",
        )
    return lines + 1


def purchase_sheet(applied: Sequence[Applied]) -> Sheet:
    """All of a supplier's lines of a day, in the order in which they were approved."""
    rows: list[list[Cell]] = []
    for each in applied:
        for number, line in enumerate(command_lines(each.command), start=each.first_line):
            quantity, cost = int(line["quantity"] or 0), Decimal(str(line["unit_cost"]))
            amount = to_major(to_minor(quantity * cost, each.currency), each.currency)
            product = str(line["product"])
            rows.append([
                each.receipt.reference, number, str(each.command.params.get("supplier") or ""), product,
                each.titles.get(product, ""), quantity, cost, amount, each.currency, each.date,
            ])  # fmt: skip
    return Sheet("采购单", HEADER, rows)


def purchase_facts(command: Command, reference: str, number: int, day: str) -> tuple[Mapping[str, Value], ...]:
    """The lines as rows of ``purchase_line``, so that the next plan knows what is on its way."""
    return tuple(
        {
            "purchase": reference,
            "line": str(place),
            "state": "ordered",
            "occurrence": "",
            "date": day,
            "supplier": str(command.params.get("supplier") or "") or None,
            "product": line["product"],
            "quantity": line["quantity"],
            "unit_cost": line["unit_cost"],
        }
        for place, line in enumerate(command_lines(command), start=number)
    )


def command_lines(command: Command) -> tuple[Mapping[str, Value], ...]:
    """The rows of a purchase order."""
    lines = command.params["lines"]
    return tuple(lines) if isinstance(lines, tuple | list) else ()
