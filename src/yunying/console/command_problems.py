"""What is wrong with a parameter, in the person's words and units: money in major units, discounts in percent."""

from django.utils.translation import gettext as _

from yunying.console.formats import grouped
from yunying.kernel.command_schema import LARGEST_MONEY, Param, ParamProblem


def problem_words(param: Param, problem: ParamProblem) -> str:
    """One sentence: what to give."""
    if problem.what == "It is missing.":
        return _("This is needed: give %(wanted)s.") % {"wanted": _wanted(param)}
    if problem.what.startswith("It does not lie after"):
        return _("It does not lie after the first day. Give a later day.")
    if problem.what.startswith("It holds a control character"):
        return _("It holds a character that cannot be printed. Type it anew.")
    return _("That does not fit: give %(wanted)s.") % {"wanted": _wanted(param)}


def _wanted(param: Param) -> str:
    if param.kind == "whole":
        return _("a whole number from %(low)s to %(high)s") % {"low": f"{param.low:,}", "high": f"{param.high:,}"}
    if param.kind == "permille":
        return _("a percentage from 0.1 to 99.9, with one digit after the point")
    if param.kind == "money":
        most = "" if param.high >= LARGEST_MONEY else grouped(param.high, 0)
        return _("an amount such as 120.50") + (f" (≤ {most})" if most else "")
    if param.kind == "choice":
        return _("one of the choices")
    if param.kind in ("text", "long_text"):
        return _("a text of at most %(most)s characters") % {"most": f"{param.most_chars:,}"}
    return {
        "price": _("a price above 0 such as 12.50"),
        "date": _("a day such as 2026-06-18"),
        "rows": _("at least one row"),
    }[param.kind]
