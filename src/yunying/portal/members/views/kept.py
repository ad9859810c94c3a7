"""What a member keeps and was told: favourites of both kinds, conversations, notices, the link for friends."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from yunying.portal.members.erasing import email_of
from yunying.portal.members.inviting import invite_find, invite_link, invited_by
from yunying.portal.members.views.frame import member_only, member_page
from yunying.portal.moderation.models import Submission
from yunying.portal.news.articles import address_of, articles_shown, listed
from yunying.portal.news.models import ArticleFavourite
from yunying.portal.news.views.frame import address_outside
from yunying.portal.shop.erasing import conversations_of, messages_of, orders_of
from yunying.portal.shop.models import Favourite, Shop
from yunying.portal.shop.views.cards import cards, placed
from yunying.portal.shop.views.frame import shop_named
from yunying.portal.shop.views.preferences import YEAR_SECONDS
from yunying.portal.shop.views.sign_in import INVITE_COOKIE

MOST_SHOWN = 200
INVITE_SECONDS = YEAR_SECONDS // 12


@require_safe
@member_only
def favourites(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Products and articles that a member keeps."""
    now = timezone.now()
    kept = Favourite.objects.filter(shop=shop, person=request.user, product__is_listed=True).order_by("-kept_at")
    rows = kept.select_related("product").prefetch_related("product__pictures")[:MOST_SHOWN]
    products = [row.product for row in rows]
    mine = ArticleFavourite.objects.filter(person=request.user).order_by("-kept_at").values_list("article", flat=True)
    numbers = list(mine[:MOST_SHOWN])
    found = {each.pk: each for each in listed(articles_shown(now)).filter(pk__in=numbers)}
    articles = [(found[pk], address_of(found[pk])) for pk in numbers if pk in found]
    content = {"cards": placed(cards(products, now), "favourites", 1), "articles": articles}
    return member_page(request, shop, "favourites", content)


@require_POST
@member_only
def favourite_drop(request: HttpRequest, shop: Shop, kind: str, number: int) -> HttpResponse:
    """Keep something no longer."""
    number = min(number, 2**62)
    if kind == "product":
        Favourite.objects.filter(person=request.user, product=number).delete()
    elif kind == "article":
        ArticleFavourite.objects.filter(person=request.user, article=number).delete()
    else:
        raise Http404
    return redirect("members:favourites", shop.slug)


@require_safe
@member_only
def messages(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Conversations with the shop, decisions about posts, and the mails that were sent."""
    email = email_of(request.user)
    orders = list(orders_of(request.user, email).filter(shop=shop))
    talks = conversations_of(request.user, email, orders).filter(shop=shop).prefetch_related("remarks")
    decided = Submission.objects.filter(site=shop.slug, person=request.user).exclude(decided_by__in=("", "system"))
    mails = messages_of(email, orders).filter(shop=shop).exclude(about="proof").exclude(state="withdrawn")
    content = {
        "talks": [(each, list(each.remarks.all())[-1:]) for each in talks.order_by("-changed_at")[:MOST_SHOWN]],
        "notices": decided.order_by("-decided_at")[:MOST_SHOWN],
        "mails": mails.order_by("-pk")[:MOST_SHOWN],
    }  # fmt: skip
    return member_page(request, shop, "messages", content)


@require_safe
@member_only
def invite(request: HttpRequest, shop: Shop) -> HttpResponse:
    """The member's own link, and how many came by it."""
    link = invite_link(request.user, timezone.now())
    address = address_outside(request, reverse("members:join", args=[shop.slug, link.code]))
    content = {"link": address, "came": invited_by(request.user), "most": settings.MEMBER_INVITES_A_DAY}
    return member_page(request, shop, "invite", content)


@require_safe
def join(request: HttpRequest, site: str, code: str) -> HttpResponse:
    """A member's link leads to the register's page; whoever has an account already is only welcomed."""
    shop, link = shop_named(site), invite_find(code)
    if request.user.is_authenticated or link is None:
        return redirect("shop:list", shop.slug)
    response = redirect("shop:register", shop.slug)
    response.set_cookie(
        INVITE_COOKIE, link.code, max_age=INVITE_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure()
    )
    return response
