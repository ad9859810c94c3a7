"""The watch's pages at the editors' desk: what was found, and what is done about it."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from yunying.kernel.errors import OperatorError
from yunying.portal.watch.deciding import can_restore, can_take_down, incident_decide
from yunying.portal.watch.models import Incident
from yunying.portal.watch.turn import overdue
from yunying.portal.watch.words import WORDS, kind_words

SEE, DECIDE = "watch.view_incident", "watch.change_incident"
PER_PAGE = 50
CHOICES = ("open", "closed")


@require_safe
def incident_list(request: HttpRequest) -> HttpResponse:
    """What is open, the confirmed first; or what was closed."""
    _see(request)
    chosen = "closed" if request.GET.get("state") == "closed" else "open"
    rows = Incident.objects.filter(state="closed") if chosen == "closed" else Incident.objects.exclude(state="closed")
    page = Paginator(rows.order_by("state", "-opened_at", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    content = {"page": page, "rows": [(row, kind_words(row.kind)) for row in page], "chosen": chosen,
               "choices": [(each, _(WORDS[each])) for each in CHOICES], "overdue": overdue(timezone.now())}  # fmt: skip
    return render(request, "watch/list.html", content)


@require_safe
def incident(request: HttpRequest, id: int) -> HttpResponse:
    """One incident with its evidence."""
    _see(request)
    return _shown(request, get_object_or_404(Incident, pk=id), None)


@require_POST
def decide(request: HttpRequest, id: int) -> HttpResponse:
    """Do something about it."""
    _see(request)
    if not request.user.has_perm(DECIDE):
        raise PermissionDenied
    row = get_object_or_404(Incident, pk=id)
    try:
        incident_decide(row.pk, request.POST.get("decision", "")[:20], request.user,
                        request.POST.get("reason", "").strip()[:500], timezone.now())  # fmt: skip
    except OperatorError as error:
        return _shown(request, row, error)
    return redirect("watch:incident", row.pk)


def _see(request: HttpRequest) -> None:
    if not request.user.has_perm(SEE):
        raise PermissionDenied


def _shown(request: HttpRequest, row: Incident, problem: OperatorError | None) -> HttpResponse:
    content = {
        "row": row, "kind": kind_words(row.kind), "state": _(WORDS[row.state]),
        "closing": _(WORDS[row.closing]) if row.closing else "",
        "can_restore": can_restore(row), "can_take_down": can_take_down(row),
        "may_decide": row.state != "closed" and request.user.has_perm(DECIDE),
        "problem": f"{_(problem.what)} {_(problem.remedy)}" if problem else "",
    }  # fmt: skip
    return render(request, "watch/incident.html", content, status=400 if problem else 200)
