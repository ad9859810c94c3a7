"""Sheets that a person carries out by hand: prices and promotions of the day, and one for each other kind of work."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from yunying.connectors.csv.applied_keys import Applied
from yunying.connectors.csv.sheets import Cell, Sheet
from yunying.kernel.command import Command, Value
from yunying.kernel.command_schema import command_schema
from yunying.kernel.money import to_major

_FRONT = ("number 编号", "date 日期", "what to do 做什么")
_PRICE = ("product 商品", "title 商品名称", "price so far 原标价", "new list price 新标价", "currency 币种")
_PROMOTION = (
    "name 活动名称", "product 商品", "title 商品名称", "first day 开始日期", "first day after it 结束日期（不含）",
    "percent off 折扣（%）", "price factor 折扣系数",
)  # fmt: skip


def work_path(command: Command, day: str) -> str:
    """Where the command's rows stand, without an ending."""
    if command.kind == "set_price":
        return f"price-lists/{day}"
    if command.kind in ("start_promotion", "stop_promotion"):
        return f"promotions/{day}"
    return f"work/{day}/{command.kind}"


def text_path(command: Command, day: str, reference: str) -> str | None:
    """Where the text of an article stands for copying; None where the command has none."""
    return f"work/{day}/articles/{reference}.txt" if command.kind == "publish" else None


def work_sheet(applied: Sequence[Applied]) -> Sheet:
    """The sheet of commands that share one, at least one, in the order in which they were approved."""
    kind = applied[0].command.kind
    if kind == "set_price":
        return Sheet("调价单", (*_FRONT, *_PRICE), [[*_front(each), *_price_row(each)] for each in applied])
    if kind in ("start_promotion", "stop_promotion"):
        rows = [[*_front(each), *row] for each in applied for row in _promotion_rows(each)]
        return Sheet("促销单", (*_FRONT, *_PROMOTION), rows)
    schema = command_schema(kind, applied[0].command.version)
    header = tuple(f"{param.title_en} {param.title_zh}" for param in schema.params)
    names = tuple((param.name, param.kind) for param in schema.params)
    rows = [[*_front(each), *(_plain_cell(each, *name) for name in names)] for each in applied]
    return Sheet(schema.title_zh, (*_FRONT, *header), rows)


def _front(applied: Applied) -> list[Cell]:
    schema = command_schema(applied.command.kind, applied.command.version)
    what = schema.title_zh if applied.language == "zh" else schema.title_en
    return [applied.receipt.reference, applied.date, what]


def _price_row(applied: Applied) -> list[Cell]:
    params, before = applied.command.params, applied.before
    product = str(params["product"])
    return [
        product,
        applied.titles.get(product, ""),
        Decimal(str(before["list_price"])) if before else None,
        Decimal(str(params["list_price"])),
        applied.currency,
    ]


def _promotion_rows(applied: Applied) -> list[list[Cell]]:
    params = applied.command.params
    if applied.command.kind == "stop_promotion":
        return [[str(params["promotion"]), None, None, None, applied.date, None, None]]
    permille = int(str(params["discount_rate_permille"]))
    products = params["products"]
    return [
        [
            str(params["promotion"]), str(row["product"]), applied.titles.get(str(row["product"]), ""),
            str(params["start_date"]), str(params["end_date"]), Decimal(permille).scaleb(-1),
            Decimal(1000 - permille).scaleb(-3),
        ]
        for row in (products if isinstance(products, tuple) else ())
    ]  # fmt: skip


def _plain_cell(applied: Applied, name: str, kind: str) -> Cell:
    value = applied.command.params.get(name)
    if kind == "money" and isinstance(value, int):
        return to_major(value, applied.currency)
    if value is None or isinstance(value, bool | tuple):
        return None
    return value


Rows = Mapping[str, tuple[Mapping[str, Value], ...]]
WORK_FACTS: Mapping[str, Callable[[Command, str], Rows]] = {
    "set_price": lambda command, day: {
        "price": ({"product": _text(command, "product"), "date": day, "list_price": _text(command, "list_price")},)
    }
}
"""Facts of the kinds that change what the store's files will not report by themselves."""


def _text(command: Command, name: str) -> str:
    return str(command.params[name])
