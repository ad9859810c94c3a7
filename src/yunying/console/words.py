"""Sentences and names that are made from data: what a command says, how an effect is measured, what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from yunying.console.access import is_chinese
from yunying.console.formats import in_language, money, percent
from yunying.facts.schema import TABLES
from yunying.kernel.command_schema import COMMANDS, Param
from yunying.metrics.dictionary import METRICS

_UNITS = {
    "product": gettext_noop("products"), "store": gettext_noop("the whole store"), "member": gettext_noop("members"),
    "day": gettext_noop("days"), "page": gettext_noop("pages"), "campaign": gettext_noop("campaigns"),
}  # fmt: skip
RUN_TITLES = {
    "day": gettext_noop("The day"), "propose": gettext_noop("Today's plan"), "dispatch": gettext_noop("Sending"),
    "measure": gettext_noop("Measuring"), "advance": gettext_noop("Advance a day"),
    "draft": gettext_noop("Reading a file"), "import": gettext_noop("Importing"), "report": gettext_noop("Reports"),
}  # fmt: skip
RUN_STATES = {
    "requested": gettext_noop("waits its turn"), "running": gettext_noop("running"), "done": gettext_noop("done"),
    "failed": gettext_noop("failed"),
}  # fmt: skip
UPLOAD_STATES = {
    "uploaded": gettext_noop("being read"), "drafted": gettext_noop("to confirm"),
    "importing": gettext_noop("importing"), "imported": gettext_noop("imported"), "refused": gettext_noop("refused"),
    "dropped": gettext_noop("given up"),
}  # fmt: skip
OUTBOX_STATES = {
    "waiting": gettext_noop("waiting to be sent"), "sending": gettext_noop("being sent"), "done": gettext_noop("sent"),
    "failed": gettext_noop("failed"), "cancelled": gettext_noop("cancelled"),
}  # fmt: skip
ACTIONS = {
    "propose": gettext_noop("proposed"), "compose": gettext_noop("composed"), "observe": gettext_noop("observed"),
    "approve": gettext_noop("approved"), "standing": gettext_noop("approved in advance"),
    "edit": gettext_noop("edited"), "reject": gettext_noop("rejected"), "snooze": gettext_noop("put off"),
    "undo": gettext_noop("decision taken back"), "wake": gettext_noop("back on the list"),
    "expire": gettext_noop("expired"), "supersede": gettext_noop("superseded"), "cancel": gettext_noop("cancelled"),
    "dispatch": gettext_noop("sent off"), "apply": gettext_noop("done"), "fail": gettext_noop("failed"),
    "retry": gettext_noop("tried again"), "revert": gettext_noop("asked to be taken back"),
    "reverted": gettext_noop("taken back"), "revert_failed": gettext_noop("could not be taken back"),
    "measure": gettext_noop("measured"), "credit": gettext_noop("credited"), "setting": gettext_noop("changed"),
}  # fmt: skip
FILE_KINDS = {
    "orders": gettext_noop("orders"), "products": gettext_noop("products"), "stock": gettext_noop("stock"),
    "purchases": gettext_noop("purchases"), "ad_spend": gettext_noop("advertising"),
    "suppliers": gettext_noop("suppliers"), "rates": gettext_noop("exchange rates"),
}  # fmt: skip
MOVES = {
    "asked": gettext_noop("waits for a second person"), "done": gettext_noop("moved"),
    "rejected": gettext_noop("declined"), "reverted": gettext_noop("taken back"),
}  # fmt: skip
FOLLOWED = {
    "ordered": gettext_noop("ordered"), "received": gettext_noop("received"), "cancelled": gettext_noop("cancelled"),
}  # fmt: skip
METHODS = {
    "holdout_cuped": gettext_noop("random holdout, with the past taken into account"),
    "holdout": gettext_noop("random holdout"), "before_after": gettext_noop("before and after, beside the untouched"),
}  # fmt: skip
CHOICES = {
    "mail": gettext_noop("mail"), "sms": gettext_noop("text message"), "push": gettext_noop("push"),
    "inbox": gettext_noop("site inbox"),
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One parameter of a command as a page shows it: a text, or a table of rows."""

    title: str
    text: str = ""
    is_long: bool = False
    header: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = field(default_factory=list)


def name_of(names: Mapping[str, str], key: str) -> str:
    """The word for a key of one of the tables above; an unknown key stands for itself."""
    return _(names[key]) if key in names else key


def command_lines(row: Any, params: Mapping[str, Any] | None = None) -> list[Line]:
    """What a command says, parameter by parameter."""
    params = row.params if params is None else params
    schema = COMMANDS.get((row.kind, row.version))
    if schema is None:
        return [Line(str(name), str(value)) for name, value in params.items()]
    lines = []
    for param in schema.params:
        value = params.get(param.name)
        if value in (None, "", [], ()):
            continue
        if param.kind == "rows":
            rows = [[_shown(each, cells.get(each.name), row.currency) for each in param.row] for cells in value]
            lines.append(Line(_param_title(param), header=[_param_title(each) for each in param.row], rows=rows))
        else:
            text = _shown(param, value, row.currency)
            lines.append(Line(_param_title(param), text, is_long=param.kind == "long_text" or len(text) > 40))
    return lines


def design_words(design: Mapping[str, Any]) -> str:
    """How an effect will be measured, in one or two sentences."""
    words = {
        "unit": name_of(_UNITS, str(design.get("unit", ""))),
        "control": in_language(str(design.get("control", "") or "-"), is_chinese=is_chinese()),
        "share": percent(design.get("holdout_rate"), 0),
        "days": design.get("window_days", 0),
        "metric": metric_title(str(design.get("metric", ""))),
    }
    if design.get("holdout_rate"):
        said = _(
            "Of the %(unit)s, %(share)s are drawn by chance and keep the old rule (%(control)s). After %(days)s days "
            "the difference in %(metric)s is the effect."
        )
    else:
        said = _(
            "Nothing is drawn by chance here. What is compared over %(days)s days in %(metric)s: %(control)s. "
            "This is weaker evidence."
        )
    text = said % words
    guardrails = [metric_title(each) for each in design.get("guardrails", ())]
    return f"{text} {_('Must not get worse: %(list)s.') % {'list': _(', ').join(guardrails)}}" if guardrails else text


def metric_title(slug: str) -> str:
    """A metric's name in the person's language."""
    found = METRICS.get(slug)
    return slug.replace("_", " ") if found is None else found.title_zh if is_chinese() else found.title_en


def table_title(name: str) -> str:
    """A fact table's name."""
    found = TABLES.get(name)
    return found.title_zh if found is not None and is_chinese() else name.replace("_", " ")


def verdict(measurement: Any) -> str:
    """What an interval says."""
    if not measurement.is_measured:
        return _("Not measured")
    low, high = measurement.low_minor, measurement.high_minor
    if not measurement.is_final:
        return _("too early to say") if low <= 0 <= high else _("early sign of a gain") if low > 0 else _(
            "early sign of a loss")  # fmt: skip
    return _("it earned more") if low > 0 else _("it earned less") if high < 0 else _("no difference can be told")


def verdict_tone(measurement: Any) -> str:
    """The style of a verdict."""
    if not measurement.is_measured:
        return "plain"
    return "good" if measurement.low_minor > 0 else "bad" if measurement.high_minor < 0 else "plain"


def _param_title(param: Param) -> str:
    if param.kind == "permille":
        return _("Discount")
    return param.title_zh if is_chinese() else param.title_en


def _shown(param: Param, value: Any, currency: str) -> str:
    if value is None:
        return ""
    if param.kind == "money" and isinstance(value, int):
        return money(value, currency)
    if param.kind == "permille" and isinstance(value, int):
        return percent(value / 1000, 1)
    if param.kind == "whole" and isinstance(value, int):
        return f"{value:,}"
    return name_of(CHOICES, str(value)) if param.kind == "choice" else str(value)


FUNCTION_TITLES = {
    "purchasing": gettext_noop("purchasing"), "sales": gettext_noop("sales"), "promotion": gettext_noop("promotion"),
    "members": gettext_noop("members"), "content": gettext_noop("content"), "community": gettext_noop("community"),
}  # fmt: skip


def functions_said(names: Sequence[str]) -> str:
    """Functions as a list in the person's language."""
    return _(", ").join(_(FUNCTION_TITLES[name]) for name in names)
