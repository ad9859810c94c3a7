"""Settings: thresholds with their bounds and reasons, budgets, approvals in advance, and the switch that stops all."""

from dataclasses import Field, dataclass, fields
from decimal import Decimal, InvalidOperation
from typing import Any, get_args

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from yunying.audit.reading import audit_of
from yunying.console.access import Desk, DeskRequest, desk_deed, desk_page
from yunying.console.formats import number
from yunying.console.practice_names import kind_name, manifests, practice_name
from yunying.console.refusals import refusal_words
from yunying.console.typed import amount_typed, day_typed
from yunying.interventions.budgets import budget_set
from yunying.interventions.desk_facts import setting_change, setting_reset, settings_of
from yunying.interventions.outbox import store_stop
from yunying.interventions.proposing import standing_give, standing_revoke
from yunying.interventions.selectors.rules import budgets_of, settings_changed, standing_of
from yunying.kernel.command_schema import COMMANDS
from yunying.kernel.errors import OperatorError
from yunying.org.scope import Piece
from yunying.practices.manifest import Practice, practices_found
from yunying.practices.settings import policy_from

NONE_WORDS = ("", "null", "none", "无")


@dataclass(frozen=True)
class Threshold:
    """One threshold as the page shows it."""

    name: str
    title: str
    unit: str
    reason: str
    bounds: str
    default: str
    value: str
    is_own: bool
    is_optional: bool
    changed: Any


@desk_page
def settings(request: DeskRequest) -> HttpResponse:
    """Everything that people set for this store."""
    desk, own = request.desk, settings_changed(request.desk.slug)
    practices = []
    for slug, practice in practices_found().items():
        if not desk.scope.may("see", desk.slug, Piece(slug)):
            continue
        thresholds = [_threshold(each, own.get((slug, each.name))) for each in fields(practice.policy)]
        subjects = [f"setting/{slug}.{each.name}" for each in thresholds]
        practices.append({"slug": slug, "title": practice_name(slug), "manifest": practice.manifest,
                          "thresholds": thresholds, "history": audit_of(desk.slug, subjects, 20)})  # fmt: skip
    mine = [each["slug"] for each in practices]
    proposing = {kind for slug in mine for kind in manifests()[slug].commands}
    context = {
        "practices": practices, "budgets": budgets_of(desk.slug), "standing": standing_of(desk.slug),
        "kinds": [(kind, kind_name(kind)) for kind in sorted({each.kind for each in COMMANDS.values()} & proposing)],
        "practice_choices": [(slug, practice_name(slug)) for slug in mine],
    }  # fmt: skip
    return render(request, "console/settings.html", context)


@desk_deed("set")
def threshold(request: DeskRequest, practice: str, name: str) -> HttpResponse:
    """Change one threshold, after checking it against its bounds together with the others; or give it its default."""
    desk, found = request.desk, practices_found().get(practice)
    known = {each.name: each for each in fields(found.policy)} if found is not None else {}
    if name not in known:
        raise Http404
    if request.POST.get("reset") == "1":
        setting_reset(desk.slug, practice, name, desk.person)
        messages.success(request, _("The default holds again."))
        return redirect(f"/desk/settings/#{practice}.{name}")
    try:
        value = _typed(request.POST.get("value", ""), known[name])
        _checked(desk, found, practice, {name: value})
    except OperatorError as error:
        words = refusal_words(error.code, error.what, error.remedy)
        messages.error(request, f"{name}: {words.what} {words.remedy}")
        return redirect(f"/desk/settings/#{practice}.{name}")
    setting_change(desk.slug, practice, name, value, desk.person, reason=request.POST.get("reason", "").strip())
    messages.success(request, _("Changed; the next plan uses it."))
    return redirect(f"/desk/settings/#{practice}.{name}")


@desk_deed("budget")
def budget(request: DeskRequest) -> HttpResponse:
    """Make or change the budget of a period."""
    desk, post = request.desk, request.POST
    cap = amount_typed(post.get("cap", ""), desk.currency)
    start, end = day_typed(post.get("start", "")), day_typed(post.get("end", ""))
    practice = post.get("practice", "")
    budget_set(desk.slug, practice if practice in practices_found() else "", start, end, cap, desk.person)
    messages.success(request, _("The budget holds."))
    return redirect("/desk/settings/#budgets")


@desk_deed("standing")
def give(request: DeskRequest) -> HttpResponse:
    """Approve in advance."""
    desk, post = request.desk, request.POST
    practice = post.get("practice", "")
    if practice not in practices_found() or post.get("kind") not in {kind for kind, _version in COMMANDS}:
        raise Http404
    until = day_typed(post.get("until", ""))
    if until <= desk.today:
        raise OperatorError("bad-day", _("That day has passed already."), _("Give a later day."))
    standing_give(
        desk.slug, desk.person, practice, post["kind"], most_minor=amount_typed(post.get("most", ""), desk.currency),
        until_date=until,
    )  # fmt: skip
    messages.success(request, _("From the next plan on, such proposals are approved by themselves."))
    return redirect("/desk/settings/#standing")


@desk_deed("standing")
def revoke(request: DeskRequest, id: int) -> HttpResponse:
    """End an approval in advance."""
    if not standing_revoke(request.desk.slug, id, request.desk.person):
        raise Http404
    messages.success(request, _("Ended; from now on these wait for a person."))
    return redirect("/desk/settings/#standing")


@desk_deed("stop")
def stop(request: DeskRequest) -> HttpResponse:
    """Stop or go on sending anything to the store; the log says who did it."""
    desk, is_stopped = request.desk, request.POST.get("stop") == "1"
    store_stop(desk.slug, is_stopped=is_stopped, actor=desk.person, reason=request.POST.get("reason", ""))
    messages.success(request, _("Stopped: nothing is sent.") if is_stopped else _("Sending goes on."))
    return redirect("/desk/settings/#stop")


def _threshold(known: "Field[Any]", own: Any) -> Threshold:
    about = known.metadata["setting"]
    return Threshold(
        known.name, _spoken(known.name), _(about.unit), _(about.reason), f"{number(about.low)} – {number(about.high)}",
        _shown(known.default), _typed_again(known.default if own is None else own.value), own is not None,
        about.is_optional, own,
    )  # fmt: skip


def _spoken(name: str) -> str:
    """A threshold's name in words; the catalogue knows those of the practices that come with the program."""
    return capfirst(_(name.replace("_", " ")))


def _shown(value: Any) -> str:
    return _("none") if value is None else number(value)


def _typed_again(value: Any) -> str:
    return "" if value is None else str(value)


def _typed(text: str, known: "Field[Any]") -> Any:
    """The typed text as the threshold's kind of number."""
    clean = text.strip().replace(",", "")
    if clean.lower() in NONE_WORDS:
        return None
    try:
        exact = Decimal(clean)
    except InvalidOperation as error:
        raise OperatorError("bad-setting", _("That is no number."), _("Give a number.")) from error
    is_whole = float not in (known.type, *get_args(known.type))
    if not exact.is_finite():
        raise OperatorError("bad-setting", _("That is no number."), _("Give a number."))
    return int(exact) if is_whole and exact == exact.to_integral_value() else float(exact)


def _checked(desk: Desk, practice: Practice, slug: str, change: dict[str, Any]) -> None:
    policy_from(practice.policy, {**settings_of(desk.slug, slug), **change}, practice_name(slug))
