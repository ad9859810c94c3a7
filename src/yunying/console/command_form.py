"""A form for any registered command, made from its schema; what was typed is turned into parameters exactly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from yunying.console.access import is_chinese
from yunying.console.command_problems import problem_words
from yunying.console.refusals import refusal_words
from yunying.interventions.selectors.figures import names_shown
from yunying.kernel.command import Command
from yunying.kernel.command_schema import CommandSchema, Param, ParamProblem, command_cost_minor, command_problems
from yunying.kernel.errors import OperatorError
from yunying.kernel.money import minor_digits

MOST_FORM_ROWS = 500


@dataclass
class Entry:
    """One input: its name in the form, what is in it, and what is wrong with it."""

    param: Param
    name: str
    text: str
    problems: list[str] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The input's label."""
        if self.param.kind == "permille":
            return _("Discount in percent")
        return self.param.title_zh if is_chinese() else self.param.title_en

    @property
    def list_id(self) -> str:
        """The id of the list of names that the facts know, empty where there is none."""
        return f"names-{self.param.names}" if self.param.names else ""


@dataclass
class Rows:
    """A parameter that is a list of rows."""

    param: Param
    rows: list[list[Entry]]
    problems: list[str] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The table's label."""
        return self.param.title_zh if is_chinese() else self.param.title_en


class CommandForm:
    """The form's inputs, the parameters that they make, and what is wrong with them.

    Args:
        data: what was posted; None shows the form with ``initial``.
        initial: parameters to start from.
    """

    def __init__(
        self, schema: CommandSchema, currency: str, data: Any = None, initial: Mapping[str, Any] | None = None
    ) -> None:
        self.schema, self.currency, self.data = schema, currency, data
        self.refusal: Any = None
        self.is_bound = data is not None
        values = _posted(schema, data) if data is not None else _shown(schema, initial or {}, currency)
        self.params = {} if data is None else _params(schema, values, currency)
        self.found: Sequence[ParamProblem] = (
            command_problems(Command(schema.kind, schema.version, self.params)) if self.is_bound else ()
        )
        self.fields = [_field(param, values.get(param.name), self._shown_problems()) for param in schema.params]

    @property
    def problems(self) -> Sequence[ParamProblem]:
        """What is wrong; nothing before anything was posted."""
        return self.found

    @property
    def cost_minor(self) -> int | None:
        """What the command would commit; None while something is wrong with it."""
        if self.found or not self.is_bound:
            return None
        return command_cost_minor(Command(self.schema.kind, self.schema.version, self.params), self.currency)

    def is_asked_to(self, action: str) -> bool:
        """Whether that button was pressed."""
        return self.is_bound and action in self.data

    def refuse(self, error: OperatorError) -> None:
        """Show a service's refusal above the form."""
        self.refusal = refusal_words(error.code, error.what, error.remedy)

    def names(self, store: str) -> dict[str, Any]:
        """The names that the facts know, by the id of their list, for those that this form asks for."""
        wanted = {each.names for param in self.schema.params for each in (param, *param.row) if each.names}
        known = names_shown(store) if wanted else {}
        return {f"names-{each}": known.get(each, []) for each in sorted(wanted)}

    def _shown_problems(self) -> Sequence[ParamProblem]:
        """Adding or taking out a row is no moment to complain about empty ones."""
        is_told = self.is_asked_to("save") or self.is_asked_to("check")
        return self.found if is_told else ()


def _field(param: Param, value: Any, problems: Sequence[ParamProblem]) -> Entry | Rows:
    mine = [problem_words(param, each) for each in problems if each.name == param.name and each.row == 0]
    if param.kind != "rows":
        return Entry(param, f"p-{param.name}", str(value or ""), mine)
    rows = [
        [
            Entry(
                each, f"p-{param.name}-{number}-{each.name}", row.get(each.name, ""),
                [problem_words(each, one) for one in problems if (one.name, one.row) == (each.name, number + 1)],
            )
            for each in param.row
        ]
        for number, row in enumerate(value or [{}])
    ]  # fmt: skip
    return Rows(param, rows, mine)


def _posted(schema: CommandSchema, data: Any) -> dict[str, Any]:
    """The texts as they were typed, rows added and taken out as the pressed button says."""
    values: dict[str, Any] = {}
    for param in schema.params:
        if param.kind != "rows":
            values[param.name] = data.get(f"p-{param.name}", "").strip()
            continue
        count = data.get(f"p-{param.name}-count", "1")
        count = min(int(count), MOST_FORM_ROWS) if count.isascii() and count.isdigit() else 1
        rows = [
            {each.name: data.get(f"p-{param.name}-{number}-{each.name}", "").strip() for each in param.row}
            for number in range(count)
        ]
        removed = data.get("remove", "")
        rows = [row for number, row in enumerate(rows) if removed != f"{param.name}-{number}"]
        # An empty row is no row; the numbers of the problems count those that are left.
        rows = [row for row in rows if any(row.values())]
        if data.get("add") == param.name or not rows:
            rows.append({each.name: "" for each in param.row})
        values[param.name] = rows
    return values


def _shown(schema: CommandSchema, params: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """Parameters as the texts that a form shows."""
    values: dict[str, Any] = {}
    for param in schema.params:
        value = params.get(param.name)
        if param.kind == "rows":
            rows = value if isinstance(value, list | tuple) else []
            values[param.name] = [
                {each.name: _text(each, row.get(each.name), currency) for each in param.row} for row in rows
            ] or [{}]
        else:
            values[param.name] = _text(param, value, currency)
    return values


def _text(param: Param, value: Any, currency: str) -> str:
    if value is None:
        return ""
    if param.kind == "money" and isinstance(value, int):
        return f"{Decimal(value).scaleb(-minor_digits(currency))}"
    if param.kind == "permille" and isinstance(value, int):
        return f"{(Decimal(value) / 10).normalize():f}"
    return str(value)


def _params(schema: CommandSchema, values: Mapping[str, Any], currency: str) -> dict[str, Any]:
    params: dict[str, Any] = {}
    for param in schema.params:
        if param.kind == "rows":
            filled = [row for row in values[param.name] if any(row.values())]
            params[param.name] = [_flat(param.row, row, currency) for row in filled]
        else:
            params |= _flat((param,), values, currency)
    return params


def _flat(params: Sequence[Param], texts: Mapping[str, str], currency: str) -> dict[str, Any]:
    """Empty inputs are left out; what cannot be read stays a text, which the schema refuses."""
    return {each.name: _value(each, texts[each.name], currency) for each in params if texts.get(each.name)}


def _value(param: Param, text: str, currency: str) -> Any:
    if param.kind == "long_text":
        return text.replace("\r\n", "\n")
    if param.kind == "price":
        return text.replace(",", "")
    scale = {"whole": 0, "money": minor_digits(currency), "permille": 1}.get(param.kind)
    if scale is None:
        return text
    try:
        exact = Decimal(text.replace(",", "").removesuffix("%").strip()).scaleb(scale)
    except InvalidOperation:
        return text
    # A fraction of a cent is not rounded away: the person says what is meant.
    return int(exact) if exact.is_finite() and exact == exact.to_integral_value() else text
