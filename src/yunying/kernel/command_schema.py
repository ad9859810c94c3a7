"""The registered kinds of command: parameters, bounds, cost and undo; forms, checks and connectors read them here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Literal

from yunying.kernel.command import Command, Value
from yunying.kernel.errors import OperatorError
from yunying.kernel.money import minor_digits

ParamKind = Literal["text", "long_text", "whole", "money", "price", "permille", "date", "choice", "rows"]
MOST_ROWS = 10_000
LARGEST_MONEY = 10**15


@dataclass(frozen=True)
class Param:
    """One parameter of a command.

    Args:
        kind: ``whole`` counts, ``money`` is whole minor units, ``price`` a decimal as text in major units,
            ``permille`` a whole number from 1 to 999, ``rows`` a list of flat rows with the parameters ``row``.
        low: the least whole number or money, inclusive; ``high`` the most.
        names: what the text names, such as ``product`` or ``supplier``: a form offers those that the facts know.
        most_chars: the longest text.
    """

    name: str
    kind: ParamKind
    title_en: str
    title_zh: str
    is_required: bool = True
    low: int = 0
    high: int = LARGEST_MONEY
    choices: tuple[str, ...] = ()
    names: str = ""
    row: tuple["Param", ...] = ()
    most_chars: int = 200


@dataclass(frozen=True)
class ParamProblem:
    """What is wrong with one parameter; ``row`` counts the rows of a list from 1, 0 means the parameter itself."""

    name: str
    row: int
    what: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.name}, row {self.row}" if self.row else self.name
        return f"{where}: {self.what} {self.remedy}"


@dataclass(frozen=True)
class CommandSchema:
    """One registered kind of command in one version.

    Args:
        subject: the parameter that names what the command acts on; of a list of rows, the field of its first row.
        undo: the kind that takes it back; empty where nothing can.
        person_composes: whether a form offers it; undoing kinds are made by the program.
    """

    kind: str
    version: int
    title_en: str
    title_zh: str
    params: tuple[Param, ...]
    subject: str
    undo: str = ""
    person_composes: bool = True

    @property
    def is_reversible(self) -> bool:
        """Whether some command takes it back."""
        return bool(self.undo)


_PRODUCT = Param("product", "text", "Product", "商品", names="product", most_chars=100)
_START = Param("start_date", "date", "First day", "开始日期")
_END = Param("end_date", "date", "First day after it", "结束日期（不含）")

_SCHEMAS = (
    CommandSchema(
        "purchase_order", 1, "Purchase order", "采购单",
        (
            Param("supplier", "text", "Supplier", "供应商", is_required=False, names="supplier", most_chars=100),
            Param("lines", "rows", "Lines", "明细", row=(
                _PRODUCT,
                Param("quantity", "whole", "Quantity", "数量", low=1, high=10_000_000),
                Param("unit_cost", "price", "Unit cost", "单位成本"),
            )),
            Param("reference", "text", "Our order number", "采购单号", is_required=False, most_chars=60),
        ),
        subject="lines.product",
    ),
    CommandSchema(
        "set_price", 1, "Set a price", "调价",
        (_PRODUCT, Param("list_price", "price", "New list price", "新标价")),
        subject="product", undo="set_price",
    ),
    CommandSchema(
        "start_promotion", 1, "Start a promotion", "开始促销",
        (
            Param("promotion", "text", "Name", "活动名称", most_chars=60),
            _START, _END,
            Param("discount_rate_permille", "permille", "Discount in thousandths", "折扣（千分比）", low=1, high=999),
            Param("products", "rows", "Products", "商品", row=(_PRODUCT,)),
        ),
        subject="promotion", undo="stop_promotion",
    ),
    CommandSchema(
        "stop_promotion", 1, "Stop a promotion", "停止促销",
        (Param("promotion", "text", "Name", "活动名称", most_chars=60),),
        subject="promotion", person_composes=False,
    ),
    CommandSchema(
        "set_budget", 1, "Set an advertising budget", "调整推广预算",
        (
            Param("channel", "text", "Channel", "渠道", names="channel", most_chars=100),
            Param("campaign", "text", "Campaign", "推广计划", names="campaign", most_chars=100),
            Param("daily_minor", "money", "Budget a day", "日预算"),
            Param("days", "whole", "Days it is committed for", "承诺天数", is_required=False, low=1, high=365),
        ),
        subject="campaign", undo="set_budget",
    ),
    CommandSchema(
        "feature", 1, "Feature a product", "推荐商品",
        (
            _PRODUCT,
            Param("slot", "text", "Slot", "推荐位", names="slot", most_chars=60),
            Param("position", "whole", "Place in the slot", "位置", is_required=False, low=1, high=1000),
            _START, _END,
        ),
        subject="product", undo="unfeature",
    ),
    CommandSchema(
        "unfeature", 1, "Take a product out of a slot", "撤下推荐",
        (_PRODUCT, Param("slot", "text", "Slot", "推荐位", names="slot", most_chars=60)),
        subject="product", person_composes=False,
    ),
    CommandSchema(
        "set_slot", 1, "Draw a slot's products", "设置推荐位概率",
        (
            Param("slot", "text", "Slot", "推荐位", names="slot", most_chars=40),
            Param("products", "rows", "Products", "商品", row=(
                _PRODUCT, Param("weight", "whole", "Weight", "权重", low=1, high=1_000_000),
            )),
            Param("explore_permille", "whole", "Share drawn evenly, in thousandths", "均匀探索（千分比）",
                  is_required=False, high=1000),
        ),
        subject="slot", undo="clear_slot",
    ),
    CommandSchema(
        "clear_slot", 1, "Take a slot's newest draw away", "撤下推荐位概率",
        (Param("slot", "text", "Slot", "推荐位", names="slot", most_chars=40),),
        subject="slot", person_composes=False,
    ),
    CommandSchema(
        "issue_coupon", 1, "Issue a coupon", "发放优惠券",
        (
            Param("code", "text", "Code", "券码", most_chars=40),
            Param("off_minor", "money", "Amount off an order", "减免金额", low=1),
            Param("most_uses", "whole", "Uses at most", "最多使用次数", low=1, high=1_000_000),
            Param("minimum_minor", "money", "Goods worth at least", "使用门槛", is_required=False, low=1),
            _START, _END,
        ),
        subject="code", undo="withdraw_coupon",
    ),
    CommandSchema(
        "withdraw_coupon", 1, "Withdraw a coupon", "停用优惠券",
        (Param("code", "text", "Code", "券码", most_chars=40),),
        subject="code", person_composes=False,
    ),
    CommandSchema(
        "receive_goods", 1, "Receive goods", "收货入库",
        (
            _PRODUCT,
            Param("quantity", "whole", "Quantity", "数量", low=1, high=10_000_000),
            Param("purchase", "text", "Purchase order", "采购单号", is_required=False, most_chars=60),
        ),
        subject="product", undo="unreceive_goods",
    ),
    CommandSchema(
        "unreceive_goods", 1, "Take a receipt of goods back", "撤销收货",
        (Param("receipt", "text", "Receipt", "收货编号", most_chars=64),),
        subject="receipt", person_composes=False,
    ),
    CommandSchema(
        "message", 1, "Send a message", "发送消息",
        (
            Param("segment", "text", "Segment", "人群", names="segment", most_chars=100),
            Param("channel", "choice", "Way", "方式", choices=("mail", "sms", "push", "inbox")),
            Param("subject", "text", "Subject", "标题", most_chars=120),
            Param("body", "long_text", "Text", "正文", most_chars=5000),
            Param("cost_minor", "money", "Cost of sending", "发送费用", is_required=False),
        ),
        subject="segment",
    ),
    CommandSchema(
        "publish", 1, "Publish an article", "发布文章",
        (
            Param("column", "text", "Column", "栏目", names="column", most_chars=100),
            Param("title", "text", "Title", "标题", most_chars=120),
            Param("summary", "text", "Key summary", "核心提示", is_required=False, most_chars=500),
            Param("body", "long_text", "Text", "正文", most_chars=50_000),
        ),
        subject="title", undo="unpublish",
    ),
    CommandSchema(
        "unpublish", 1, "Take an article down", "撤下文章",
        (
            Param("column", "text", "Column", "栏目", names="column", most_chars=100),
            Param("title", "text", "Title", "标题", most_chars=120),
        ),
        subject="title", person_composes=False,
    ),
)  # fmt: skip

COMMANDS: Mapping[tuple[str, int], CommandSchema] = {(each.kind, each.version): each for each in _SCHEMAS}


def command_schema(kind: str, version: int) -> CommandSchema:
    """The registered schema.

    Raises:
        OperatorError: no such kind or version is registered.
    """
    found = COMMANDS.get((kind, version))
    if found is None:
        known = ", ".join(f"{name} {number}" for name, number in sorted(COMMANDS))
        raise OperatorError(
            "unknown-command", f"There is no command {kind!r} in version {version}.", f"Known are: {known}."
        )
    return found


def command_problems(command: Command) -> tuple[ParamProblem, ...]:
    """Everything that is wrong with a command's parameters by its schema; empty if nothing is.

    >>> [str(each) for each in command_problems(Command("set_price", 1, {"product": "P1", "list_price": "0"}))]
    ['list_price: A price must be above 0. Give a decimal such as 12.50.']
    """
    schema = command_schema(command.kind, command.version)
    found = _flat_problems(schema.params, command.params, 0)
    start, end = command.params.get("start_date"), command.params.get("end_date")
    if not found and isinstance(start, str) and isinstance(end, str) and end <= start:
        found.append(ParamProblem("end_date", 0, "It does not lie after the first day.", "Give a later day."))
    return tuple(found)


def command_check(command: Command) -> Command:
    """The command itself if its parameters fit.

    Raises:
        OperatorError: they do not; the message names each parameter and what to do.
    """
    problems = command_problems(command)
    if problems:
        more = f" (and {len(problems) - 5} more)" if len(problems) > 5 else ""
        raise OperatorError(
            "bad-command", f"{command.kind} cannot be done as given.", "; ".join(map(str, problems[:5])) + more
        )
    return command


def command_cost_minor(command: Command, currency: str) -> int:
    """The cash that a command commits at worst, in minor units: what is reserved when it is approved.

    >>> lines = ({"product": "P1", "quantity": 3, "unit_cost": "1.505"},)
    >>> command_cost_minor(Command("purchase_order", 1, {"supplier": "S", "lines": lines}), "CNY")
    452
    """
    params = command.params
    if command.kind == "purchase_order":
        rows = _rows(params.get("lines"))
        total = sum((Decimal(int(row["quantity"] or 0)) * Decimal(str(row["unit_cost"])) for row in rows), Decimal(0))
        return int(total.scaleb(minor_digits(currency)).to_integral_value(rounding="ROUND_CEILING"))
    if command.kind == "set_budget":
        return int(params.get("daily_minor") or 0) * int(params.get("days") or 30)  # type: ignore[arg-type]
    if command.kind == "issue_coupon":
        return int(params.get("off_minor") or 0) * int(params.get("most_uses") or 0)  # type: ignore[arg-type]
    return int(params.get("cost_minor") or 0)  # type: ignore[arg-type]


def command_subject(command: Command) -> str:
    """What the command acts on, such as a product's key; of several, the first one and how many more."""
    schema = command_schema(command.kind, command.version)
    name, _, field = schema.subject.partition(".")
    value = command.params.get(name)
    if not field:
        return str(value or "")
    rows = _rows(value)
    first = str(rows[0].get(field, "")) if rows else ""
    return f"{first} +{len(rows) - 1}" if len(rows) > 1 else first


def _rows(value: object) -> Sequence[Mapping[str, Value]]:
    return value if isinstance(value, tuple | list) else ()


def _flat_problems(params: Sequence[Param], values: Mapping[str, object], row: int) -> list[ParamProblem]:
    known = {each.name for each in params}
    found = [
        ParamProblem(str(name), row, "There is no such parameter.", f"Use: {', '.join(sorted(known))}.")
        for name in values
        if name not in known
    ]
    for param in params:
        value = values.get(param.name)
        if value is None or value == "":
            if param.is_required:
                found.append(ParamProblem(param.name, row, "It is missing.", f"Give {_wanted(param)}."))
        else:
            found += _value_problems(param, value, row)
    return found


def _value_problems(param: Param, value: object, row: int) -> list[ParamProblem]:
    if param.kind == "rows":
        return _rows_problems(param, value)
    what = _CHECKS[param.kind](param, value)
    return [ParamProblem(param.name, row, what, f"Give {_wanted(param)}.")] if what else []


def _rows_problems(param: Param, value: object) -> list[ParamProblem]:
    if not isinstance(value, tuple | list) or not value or len(value) > MOST_ROWS:
        return [ParamProblem(param.name, 0, f"It needs 1 to {MOST_ROWS} rows.", "Add or remove rows.")]
    found: list[ParamProblem] = []
    for number, each in enumerate(value, start=1):
        if not isinstance(each, Mapping):
            found.append(ParamProblem(param.name, number, "It is no row.", "Give names and values."))
        else:
            found += _flat_problems(param.row, each, number)
    return found


def _wanted(param: Param) -> str:
    return {
        "text": f"a text of at most {param.most_chars} characters",
        "long_text": f"a text of at most {param.most_chars} characters",
        "whole": f"a whole number from {param.low} to {param.high}",
        "money": f"whole minor units from {param.low} to {param.high}",
        "price": "a decimal such as 12.50",
        "permille": f"a whole number from {param.low} to {param.high}",
        "date": "a day such as 2026-06-18",
        "choice": f"one of {', '.join(param.choices)}",
        "rows": "at least one row",
    }[param.kind]


def _text(param: Param, value: object) -> str:
    if not isinstance(value, str):
        return "It is no text."
    if len(value) > param.most_chars:
        return f"It has {len(value)} characters."
    # Line breaks belong into long texts only; other control characters nowhere.
    allowed = "\n\r\t" if param.kind == "long_text" else ""
    return "It holds a control character." if any(c < " " and c not in allowed for c in value) else ""


def _whole(param: Param, value: object) -> str:
    if not isinstance(value, int) or isinstance(value, bool):
        return f"{value!r} is no whole number."
    return "" if param.low <= value <= param.high else f"{value} is out of bounds."


def _price(param: Param, value: object) -> str:
    try:
        price = Decimal(value) if isinstance(value, str) else None
    except InvalidOperation:
        price = None
    if price is None or not price.is_finite():
        return f"{value!r} is no price."
    if price <= 0:
        return "A price must be above 0."
    return "" if price < Decimal(10) ** 12 else "It is too large."


def _date(param: Param, value: object) -> str:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        day = None
    return "" if day is not None and len(str(value)) == 10 else f"{value!r} is no day."


def _choice(param: Param, value: object) -> str:
    return "" if value in param.choices else f"{value!r} is not known."


_CHECKS = {
    "text": _text, "long_text": _text, "whole": _whole, "money": _whole, "permille": _whole, "price": _price,
    "date": _date, "choice": _choice,
}  # fmt: skip
