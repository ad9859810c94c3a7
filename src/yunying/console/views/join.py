"""Taking an invitation: a name and a password of one's own, or a sign-in at the identity provider."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from yunying.accounts.identity_provider import provider_is_set
from yunying.console.access import is_chinese
from yunying.console.refusals import Words, refusal_words
from yunying.kernel.errors import OperatorError
from yunying.org.invitations import invitation_accept, invitation_held
from yunying.org.roles import ROLES


@sensitive_post_parameters("password", "again")
def join(request: HttpRequest, text: str) -> HttpResponse:
    """The page that an invitation's link opens."""
    held, error = invitation_held(text, timezone.now()), None
    if request.method == "POST":
        password = request.POST.get("password", "")[:4096]
        if password != request.POST.get("again", ""):
            error = Words("not-alike", _("The two passwords differ."), _("Type the same one twice."))
        else:
            try:
                fields = {name: request.POST.get(name, "").strip()[:150] for name in ("username", "name")}
                invitation_accept(text, now=timezone.now(), password=password, **fields)
            except OperatorError as refused:
                error = refusal_words(refused.code, refused.what, refused.remedy)
            else:
                messages.success(request, _("Your account is ready. Sign in."))
                return redirect("desk:login")
    role = ROLES[held.grant["role"]]
    place = held.grant["company"] or held.grant["brand"] or held.grant["store"]
    context = {
        "error": error, "email": held.email, "role": role.title_zh if is_chinese() else role.title_en, "place": place,
        "text": text, "provider": settings.OIDC_TITLE if provider_is_set() else "",
        "username": request.POST.get("username", ""), "name": request.POST.get("name", ""),
    }  # fmt: skip
    return render(request, "console/join.html", context)
