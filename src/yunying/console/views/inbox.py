"""What waits for me: proposals that I may decide, tasks, and where I am named; each acted on from here."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yunying.console.access import Desk, DeskRequest, desk_deed, desk_page
from yunying.console.rows import list_scale
from yunying.console.views.session import next_page
from yunying.kernel.errors import OperatorError
from yunying.management.comments import comment_write, mentions_looked_at
from yunying.management.covering import people_offered
from yunying.management.selectors import said_about, waiting_for
from yunying.management.tasks import task_done, task_give, task_hand_over, task_seen, tasks_looked_at


@desk_page
def inbox(request: DeskRequest) -> HttpResponse:
    """The page; what it shows as new is seen from then on."""
    desk = request.desk
    waiting = waiting_for(desk.slug, desk.person)
    context = {
        "waiting": waiting, "row_scale": list_scale(list(waiting.proposals)), "may_give": desk.may("propose"),
        "people": people_offered(desk.slug, None),
    }  # fmt: skip
    response = render(request, "console/inbox.html", context)
    if request.method == "GET":
        tasks_looked_at(desk.slug, desk.person)
        mentions_looked_at(desk.slug, desk.person)
    return response


@desk_page
def hand_over(request: DeskRequest, id: int) -> HttpResponse:
    """Whom a task can be handed to: loaded when its list opens, for each task is about another part of the store."""
    task = task_seen(request.desk.slug, id)
    people = [each for each in people_offered(request.desk.slug, task.intervention) if each.pk != task.owner_id]
    name = "console/hand_over.html" if request.htmx else "console/hand_over_page.html"
    return render(request, name, {"task": task, "people": people})


@desk_deed("propose")
def give(request: DeskRequest) -> HttpResponse:
    """Give somebody something to do."""
    about = request.POST.get("intervention", "")
    task_give(
        request.desk.slug, request.POST.get("title", "")[:200], _number(request.POST.get("owner", "")),
        request.desk.person, intervention=_number(about) if about else None, due_date=_day(request.POST.get("due", "")),
        note=request.POST.get("note", "")[:500],
    )  # fmt: skip
    messages.success(request, _("The task is given."))
    return redirect(next_page(request, "/desk/inbox/"))


@desk_deed("see")
def act(request: DeskRequest, id: int, action: str) -> HttpResponse:
    """Hand a task over or say that it is done."""
    seen = request.POST.get("revision", "")
    revision = _number(seen) if seen else None
    if action == "hand-over":
        to = _number(request.POST.get("to", ""))
        task_hand_over(request.desk.slug, id, to, request.desk.person, revision=revision)
        messages.success(request, _("The task is handed over."))
    elif action == "done":
        task_done(request.desk.slug, id, request.desk.person, revision=revision)
        messages.success(request, _("Done."))
    else:
        raise Http404
    return redirect(next_page(request, "/desk/inbox/"))


@desk_deed("see")
def comment(request: DeskRequest, id: int) -> HttpResponse:
    """Write about an intervention."""
    comment_write(request.desk.slug, id, request.POST.get("text", ""), request.desk.person)
    return redirect(next_page(request, reverse("desk:intervention", args=[id])))


def talk_context(desk: Desk, row: Any) -> dict[str, Any]:
    """What is said about an intervention, and who may be given something or be named."""
    people = people_offered(desk.slug, row)
    return {**said_about(desk.slug, row.pk), "people": people, "may_give": desk.may("propose")}


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text) if text else None
    except ValueError as error:
        raise OperatorError("bad-date", _("That is no day."), _("Give a day such as 2026-06-18.")) from error
    return found if found is None or 1970 < found.year < 2200 else None
