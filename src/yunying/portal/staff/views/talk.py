"""The queue of what members wrote, the rules and lists by which it is looked at, and whom to trust."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from yunying.accounts.people import person_numbered
from yunying.kernel.errors import OperatorError
from yunying.portal.moderation.deciding import REASONS, submissions_decide
from yunying.portal.moderation.models import LIST_KINDS, MODES, STATES, LearnedModel, MemberTrust, Submission
from yunying.portal.moderation.rules import KINDS, Rule, rule_of, rule_set
from yunying.portal.moderation.trust import trust_level, trust_set
from yunying.portal.moderation.words import MOST_CHARS, word_list_set, word_lists
from yunying.portal.shop.models import Shop
from yunying.portal.shop.views.frame import text_given
from yunying.portal.staff.access import actor_of, framed, paged, staff, whole

SPECIAL = ("appeals", "reported")


@require_safe
@staff("talk")
def queue(request: HttpRequest, shop: Shop) -> HttpResponse:
    return _queue(request, shop, None)


@require_POST
@staff("talk")
def decide(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Show or hide all that are ticked."""
    numbers = [number for each in request.POST.getlist("submission")[:1_000] if (number := whole(each)) is not None]
    decision, _, single = request.POST.get("decision", "")[:60].partition(":")
    if decision not in ("show", "hide"):
        raise Http404
    # A row's own button decides on that row, whatever else is ticked.
    chosen = [number for number in [whole(single)] if number is not None] if single else numbers
    reason = "fine" if decision == "show" else text_given(request.POST, "reason", 40)
    try:
        submissions_decide(
            shop.slug, chosen, is_shown=decision == "show", reason=reason, actor=actor_of(request), now=timezone.now(),
            note=text_given(request.POST, "note", 500),
        )  # fmt: skip
    except OperatorError as error:
        return _queue(request, shop, error)
    return redirect(f"{reverse('staff:talk', args=[shop.slug])}?state={_chosen(request)}&done=1")


@require_POST
@staff("talk")
def trust(request: HttpRequest, shop: Shop, id: int) -> HttpResponse:
    """Give a member who wrote here a level, or let it follow from his posts; a silence ends with it."""
    person = person_numbered(min(id, 2**62))
    if person is None or not MemberTrust.objects.filter(site=shop.slug, person=person).exists():
        raise Http404
    try:
        trust_set(shop.slug, person, whole(request.POST.get("level", "")), actor_of(request), timezone.now())
    except OperatorError as error:
        return _queue(request, shop, error)
    return redirect(f"{reverse('staff:talk', args=[shop.slug])}?done=1")


@require_safe
@staff("rules")
def rules(request: HttpRequest, shop: Shop) -> HttpResponse:
    return _rules(request, shop, None)


@require_POST
@staff("rules")
def rules_set(request: HttpRequest, shop: Shop, action: str) -> HttpResponse:
    """Set how a kind is moderated, or write a list of words anew."""
    now, actor, kind = timezone.now(), actor_of(request), text_given(request.POST, "kind", 20)
    try:
        if action == "rule":
            rule = Rule(text_given(request.POST, "mode", 10), (whole(request.POST.get("hold_from", "")) or 0) / 100)
            rule_set(shop.slug, kind, rule, actor, now)
        elif action == "words":
            word_list_set(shop.slug, kind, text_given(request.POST, "words", MOST_CHARS), actor, now)
        else:
            raise Http404
    except OperatorError as error:
        return _rules(request, shop, error)
    return redirect(f"{reverse('staff:talk-rules', args=[shop.slug])}?done=1")


def _chosen(request: HttpRequest) -> str:
    given = request.POST.get("state") or request.GET.get("state", "")
    return given if given in (*STATES, *SPECIAL) else "waiting"


def _queue(request: HttpRequest, shop: Shop, problem: OperatorError | None) -> HttpResponse:
    chosen, kind = _chosen(request), text_given(request.GET, "kind", 20)
    rows = Submission.objects.filter(site=shop.slug).select_related("person")
    if chosen == "appeals":
        rows = rows.filter(state="hidden", appealed_at__isnull=False).order_by("appealed_at")
    elif chosen == "reported":
        rows = rows.filter(reports__gt=0).order_by("-reports", "pk")
    else:
        rows = rows.filter(state=chosen).order_by("made_at" if chosen == "waiting" else "-made_at", "pk")
    if kind in KINDS:
        rows = rows.filter(kind=kind)
    page, now = paged(request, rows), timezone.now()
    known = MemberTrust.objects.filter(site=shop.slug, person__in=[row.person_id for row in page if row.person_id])
    trusts = {each.person_id: each for each in known}
    listed = [(row, found := trusts.get(row.person_id), trust_level(found, now) if found else 0)
              for row in page]  # fmt: skip
    content = {"rows": page, "listed": listed, "chosen": chosen, "kind": kind, "kinds": KINDS, "reasons": REASONS[1:],
               "states": (*STATES, *SPECIAL), "levels": range(5)}  # fmt: skip
    return framed(request, shop, "talk", content, problem)


def _rules(request: HttpRequest, shop: Shop, problem: OperatorError | None) -> HttpResponse:
    lists = word_lists(shop.slug)
    newest = LearnedModel.objects.filter(site=shop.slug).order_by("-pk").values("decisions", "made_at").first()
    kinds = [(kind, rule.mode, round(rule.hold_from * 100)) for kind in KINDS for rule in [rule_of(shop.slug, kind)]]
    shown = [(kind, lists[kind]) for kind in LIST_KINDS]
    content = {"kinds": kinds, "modes": MODES, "lists": shown, "newest": newest}
    return framed(request, shop, "talk_rules", content, problem)
