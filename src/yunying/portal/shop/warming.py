"""Makes what pages of the shop share before the first visitor comes: slots of categories, and a page of each kind."""

from functools import partial

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.utils import timezone
from django.utils.translation import override

from yunying.portal.shop.catalogue_version import catalogue_version
from yunying.portal.shop.models import Category, Product, Shop
from yunying.portal.shop.tracking.events import draw_key
from yunying.portal.shop.views.browse import list_content, product_content
from yunying.portal.shop.views.catalogue_pages import page_made
from yunying.portal.shop.views.kept_parts import Parts
from yunying.portal.shop.views.slot_cards import deck_of

MOST_SHOPS, MOST_CATEGORIES = 3, 200


def shops_warm() -> None:
    """Make a list, a product and the slots of the categories in each language; no page of it is counted or kept."""
    parts = Parts(catalogue_version(), timezone.now())
    for shop in Shop.objects.order_by("pk")[:MOST_SHOPS]:
        _shop_warm(shop, parts)


def _shop_warm(shop: Shop, parts: Parts) -> None:
    for category in Category.objects.filter(shop=shop).order_by("pk")[:MOST_CATEGORIES]:
        deck_of(shop, "product", category, parts)
    newest = Product.objects.filter(shop=shop, is_listed=True).order_by("-listed_at", "-pk").first()
    builds = [list_content, *([partial(product_content, newest.slug)] if newest else [])]
    for language, _name in settings.LANGUAGES:
        request = RequestFactory().get("/")
        request.user = AnonymousUser()
        with override(language):
            for build in builds:
                page_made(request, shop.slug, build, parts, draw_key())
