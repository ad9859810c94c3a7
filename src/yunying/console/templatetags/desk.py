"""Tags and filters of the desk's templates."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.urls import reverse
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from yunying.console import drawing, formats, words
from yunying.console.access import is_chinese
from yunying.console.practice_names import kind_name, practice_name
from yunying.console.readable import readable
from yunying.console.refusals import Words, refusal_words
from yunying.console.static_files import plotly_styles
from yunying.interventions import states
from yunying.org.roles import ROLES

register = template.Library()
register.simple_tag(drawing.sparkline, name="sparkline")


@register.simple_tag
def money(amount_minor: int | None, currency: str) -> str:
    """The exact amount."""
    return formats.money(amount_minor, currency)


@register.simple_tag
def money_short(amount_minor: int | None, currency: str) -> SafeString:
    """A rounded amount, the exact one in its title."""
    short = formats.money(amount_minor, currency, is_short=True, is_chinese=is_chinese())
    exact = formats.money(amount_minor, currency)
    if short == exact:
        return format_html("{}", exact)
    return format_html('<span title="{}">{}</span>', exact, short)


@register.simple_tag
def interval(low: int | None, mid: int | None, high: int | None, scale: Sequence[int] | None = None) -> SafeString:
    """An interval bar on the list's scale, or on its own."""
    if low is None or high is None:
        return drawing.interval_bar(None, None, None, 0, 1)
    least, most = scale or (low, high)
    return drawing.interval_bar(low, mid, high, least, most)


@register.filter
def title_of(row: Any) -> str:
    """A row's title in the person's language."""
    return str(row.title_zh if is_chinese() else row.title_en)


@register.filter
def half(text: object) -> str:
    """The person's half of a bilingual text."""
    return formats.in_language(str(text), is_chinese=is_chinese())


@register.filter
def said(item: Mapping[str, Any], name: str) -> str:
    """A text of a report in the person's language where the report has it, else as it is."""
    if is_chinese():
        return str(item.get(f"{name}_zh") or item.get(name) or item.get(f"{name}_en") or "")
    return str(item.get(name) or item.get(f"{name}_en") or item.get(f"{name}_zh") or "")


@register.filter
def refused(error: Mapping[str, Any]) -> Words:
    """A kept refusal as the person reads it."""
    return refusal_words(str(error.get("code", "")), str(error.get("what", "")), str(error.get("remedy", "")))


@register.filter
def state_title(state: str) -> str:
    """The name of an intervention's state."""
    titles = states.TITLES.get(state)
    return titles[1 if is_chinese() else 0] if titles else state


@register.filter
def percent(share: float | None, digits: int = 0) -> str:
    """A share from 0 to 1 as a percentage."""
    return formats.percent(share, digits)


@register.filter
def number(value: float | None) -> str:
    """A number with thousands separators."""
    return formats.number(value)


@register.simple_tag(takes_context=True)
def moment(context: Mapping[str, Any], at: datetime | None) -> SafeString | str:
    """A moment in the store's time zone, the exact one in its title."""
    if at is None:
        return formats.NOTHING
    desk = context.get("desk")
    local = at.astimezone(ZoneInfo(desk.store.time_zone)) if desk else at
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), f"{local:%Y-%m-%d %H:%M:%S %Z}",
                       f"{local:%Y-%m-%d %H:%M}")  # fmt: skip


@register.simple_tag(takes_context=True)
def address(context: Mapping[str, Any], **changes: Any) -> str:
    """This page's address with some of its query changed; an empty value takes a name out."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        if value in ("", None):
            query.pop(name, None)
        else:
            query[name] = value
    return f"?{query.urlencode()}"


@register.simple_tag
def person(who: Any) -> str:
    """A person's name."""
    if who is None:
        return _("the program")
    return str(who.get_full_name() or who.get_username())


@register.filter
def practice_title(slug: str) -> str:
    """A practice's name in the person's language."""
    return practice_name(slug)


@register.filter
def kind_title(kind: str) -> str:
    """A kind of command's name in the person's language."""
    return kind_name(kind)


@register.simple_tag
def desk_url(name: str, *args: Any) -> str:
    """The address of a page of the desk."""
    return reverse(f"desk:{name}", args=args)


@register.filter
def get(mapping: Mapping[str, Any] | None, name: str) -> Any:
    """What a mapping holds under a name."""
    return (mapping or {}).get(name)


@register.filter
def undo_ids(tags: str | None) -> str:
    """The ids that a kept message can take back."""
    return next((tag.removeprefix("undo:") for tag in (tags or "").split() if tag.startswith("undo:")), "")


@register.simple_tag
def budget_bar(budget: Any) -> SafeString:
    """Spent, reserved and free as one bar."""
    cap = budget.cap_minor or 1
    return drawing.share_bar((("spent", budget.spent_minor / cap), ("reserved", budget.reserved_minor / cap)))


@register.simple_tag
def pace(each: Any) -> SafeString:
    """A budget's pacing line."""
    return drawing.pace_line(each.committed, each.days, each.budget.cap_minor, each.forecast_minor)


@register.filter
def purse(budget: Any) -> str:
    """What a budget is for."""
    parts = [practice_name(budget.practice)] if budget.practice else []
    parts += [each for each in (budget.channel, budget.campaign) if each]
    parts += [budget.person.get_full_name() or budget.person.get_username()] if budget.person_id else []
    return " · ".join(parts) or _("The whole store")


@register.simple_tag
def budget_free(budget: Any) -> int:
    """What is left of a budget."""
    return int(budget.cap_minor - budget.reserved_minor - budget.spent_minor)


@register.simple_tag
def chart_data(chart: Mapping[str, Any], pk: int, number: str) -> SafeString:
    """A chart's description as a block of data, which no policy takes for a script."""
    return json_script({"data": chart["data"], "layout": chart["layout"]}, f"chart-{pk}-{number}")


@register.filter
def catalogued(text: object) -> str:
    """A text of a practice in the person's language where the catalogue knows it; names lose their underscores."""
    words_of_name = str(text).replace("_", " ") if " " not in str(text) else str(text)
    return _(words_of_name) if words_of_name else ""


@register.filter
def said_reason(measurement: Any) -> str:
    """Why something was not measured."""
    return str(measurement.reason_zh if is_chinese() and measurement.reason_zh else measurement.reason_en)


@register.filter
def run_title(kind: str) -> str:
    """The name of a kind of run."""
    return words.name_of(words.RUN_TITLES, kind)


@register.filter
def word(key: str, names: str) -> str:
    """A word for a key of the named table: ``run``, ``upload``, ``outbox`` or ``action``."""
    tables = {"run": words.RUN_STATES, "upload": words.UPLOAD_STATES, "outbox": words.OUTBOX_STATES,
              "action": words.ACTIONS, "choice": words.CHOICES, "file": words.FILE_KINDS, "follow": words.FOLLOWED,
              "method": words.METHODS, "move": words.MOVES}  # fmt: skip
    return words.name_of(tables[names], key)


register.simple_tag(plotly_styles)
register.filter("command_lines", words.command_lines)
register.filter("design_words", words.design_words)
register.filter("metric_title", words.metric_title)
register.filter("table_title", words.table_title)
register.filter("functions_said", words.functions_said)
register.filter("verdict", words.verdict)
register.filter("verdict_tone", words.verdict_tone)


@register.inclusion_tag("console/command_table.html")
def command_block(row: Any, params: Mapping[str, Any]) -> dict[str, Any]:
    """A command with these parameters as a table."""
    return {"row": row, "lines": words.command_lines(row, params or {})}


@register.inclusion_tag("console/tree.html")
def tree(content: Any) -> dict[str, Any]:
    """A piece of JSON as names and values that can be read."""
    return readable(content)


@register.filter
def role_title(slug: str) -> str:
    """A role's name in the person's language."""
    role = ROLES.get(slug)
    return slug if role is None else role.title_zh if is_chinese() else role.title_en


@register.filter
def function_title(name: str) -> str:
    """A function's name."""
    return words.functions_said([name])


@register.simple_tag(takes_context=True)
def place_of(context: Mapping[str, Any], grant: Any) -> str:
    """The place of a role."""
    if grant.shop is not None:
        titles = {each.slug: each.title for each in context["desk"].stores}
        return str(titles.get(grant.shop.store, grant.shop.store))
    return str(grant.brand.title if grant.brand is not None else grant.company.title)


@register.simple_tag
def part_of(grant: Any) -> str:
    """What a role is limited to inside of its place."""
    named = [*grant.categories, *grant.channels, *grant.styles]
    functions = [words.functions_said(grant.functions)] if grant.functions else []
    return _(", ").join([*named, *functions]) or _("all of it")


@register.simple_tag
def days_of(grant: Any) -> str:
    """The days of a role."""
    if grant.start_date is None and grant.end_date is None:
        return _("for good")
    start = grant.start_date.isoformat() if grant.start_date else ""
    return f"{start} – {grant.end_date.isoformat() if grant.end_date else ''}"


@register.simple_tag
def took(run: Any) -> str:
    """How long a run took."""
    if run.started_at is None or run.finished_at is None:
        return ""
    seconds = (run.finished_at - run.started_at).total_seconds()
    return f"{seconds:.1f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
