"""Members who ask by mail to be erased, and profiles that must not stand as they do."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from yunying.kernel.errors import OperatorError
from yunying.portal.members.asking import erasure_ask_for, member_here
from yunying.portal.members.erasing import erasure_undo
from yunying.portal.members.models import Erasure
from yunying.portal.members.profiles import profile_clear
from yunying.portal.shop.models import Shop
from yunying.portal.shop.views.frame import text_given
from yunying.portal.staff.access import actor_of, framed, paged, staff


@require_safe
@staff("members")
def member_list(request: HttpRequest, shop: Shop) -> HttpResponse:
    return _listed(request, shop, None)


@require_POST
@staff("members")
def act(request: HttpRequest, shop: Shop, action: str) -> HttpResponse:
    """Ask for an erasure in a member's name, take the request back, or clear a profile."""
    now = timezone.now()
    person = member_here(shop, text_given(request.POST, "who", 254))
    try:
        if person is None:
            raise OperatorError("no-member", "Nobody of that name is a member here.", "Check the name or the address.")
        if action == "erase":
            keeps_posts = request.POST.get("posts") != "delete"
            erasure_ask_for(person, shop, request.user, now, keeps_posts=keeps_posts)
        elif action == "keep":
            erasure_undo(person, now, actor=request.user)
        elif action == "clear":
            profile_clear(person, shop.slug, actor_of(request), now)
        else:
            raise Http404
    except OperatorError as error:
        return _listed(request, shop, error)
    return redirect(f"{reverse('staff:members', args=[shop.slug])}?done=1")


def _listed(request: HttpRequest, shop: Shop, problem: OperatorError | None) -> HttpResponse:
    rows = Erasure.objects.filter(site=shop.slug).select_related("person").order_by("-asked_at", "-pk")
    content = {"rows": paged(request, rows), "who": text_given(request.POST, "who", 254)}
    return framed(request, shop, "members", content, problem)
