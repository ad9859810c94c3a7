"""Invitations: whom one invited to which role; and where a second factor is required."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yunying.console.access import DeskRequest, desk_deed, desk_form, is_chinese
from yunying.org.factor_rules import factor_require, factor_subjects
from yunying.org.invitations import invitation_end, invitation_make, invitations_of
from yunying.org.roles import ROLES


@desk_form("people")
def invitations(request: DeskRequest) -> HttpResponse:
    """What was offered and not taken yet; a new one's link is shown this once."""
    link, person, now = "", request.desk.person, timezone.now()
    if request.method == "POST":
        email, role = request.POST.get("email", "").strip()[:254], request.POST.get("role", "")
        _number, text = invitation_make(email, role, person, now=now, store=request.desk.slug)
        link = request.build_absolute_uri(reverse("desk:join", args=[text]))
    rank = max(request.desk.scope.rank(request.desk.slug), 0)
    title = 1 if is_chinese() else 0
    roles = [(role.slug, _role_title(role.slug, title)) for role in ROLES.values() if role.rank < rank]
    context = {
        "rows": [_shown(row, title) for row in invitations_of(person, now)], "roles": roles, "link": link,
        "subjects": [(kind, slug, _role_title(slug, title) if kind == "role" else slug, is_required)
                     for kind, slug, is_required in factor_subjects(person)],
    }  # fmt: skip
    return render(request, "console/invitations.html", context)


@desk_deed("people")
def revoke(request: DeskRequest, id: int) -> HttpResponse:
    """End an invitation."""
    if not invitation_end(id, request.desk.person, timezone.now()):
        raise Http404
    messages.success(request, _("The invitation is revoked."))
    return redirect("desk:invitations")


@desk_deed("people")
def factor_rule(request: DeskRequest) -> HttpResponse:
    """Require a second factor of a company's or a role's people, or no longer."""
    kind, _colon, slug = request.POST.get("subject", "").partition("/")
    place = {kind: slug} if kind in ("company", "role") else {}
    factor_require(request.desk.person, is_required=request.POST.get("required") == "1", now=timezone.now(), **place)
    messages.success(request, _("Set."))
    return redirect("desk:invitations")


def _shown(row: Any, title: int) -> dict[str, Any]:
    return {
        "row": row, "role": _role_title(row.grant["role"], title),
        "place": row.grant["company"] or row.grant["brand"] or row.grant["store"],
    }  # fmt: skip


def _role_title(slug: str, title: int) -> str:
    return (ROLES[slug].title_en, ROLES[slug].title_zh)[title]
