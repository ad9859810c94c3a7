"""How many products long lists have, in all and by facet: counted for everybody by the minute's turn.

The whole shop and each category; a list that is narrowed further is short enough to be counted when it is asked for.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Max

from yunying.portal.shop.facets import LONG, Counted, facets_named
from yunying.portal.shop.models import Attribute, Category, ListCount, Product, ProductAttribute, Shop

HOLDS = timedelta(minutes=3)
"""Older counts are not shown: where the turn does not run, each list is counted when it is asked for."""
Key = tuple[str | int, str, str]


def list_known(shop: Shop, category: Category | None, now: datetime) -> ListCount | None:
    """What the turn has counted of a list, unless that was too long ago."""
    return ListCount.objects.filter(shop=shop, category=category, counted_at__gt=now - HOLDS).first()


def lists_count(shop: Shop, now: datetime) -> int:
    """Count the shop's long lists, all of them by four queries; how many there are."""
    listed = Product.objects.filter(shop=shop, is_listed=True).order_by()
    own = Counter(dict(listed.values_list("category").annotate(n=Count("pk"))))
    if own.total() < LONG:
        ListCount.objects.filter(shop=shop).delete()
        return 0
    by_category = _facets_by_category(shop)
    parents: dict[int | None, int | None] = dict(Category.objects.filter(shop=shop).values_list("pk", "parent"))
    count: Counter[int | None] = Counter()
    facets: dict[int | None, Counter[Key]] = {}
    for category, products in own.items():
        for place in _above(category, parents):
            count[place] += products
            facets.setdefault(place, Counter()).update(by_category.get(category, Counter()))
    attributes = list(Attribute.objects.filter(shop=shop).order_by("pk"))
    rows = [
        ListCount(shop=shop, category_id=place, products=products, counted_at=now,
                  facets=_as_counted(facets[place], attributes))
        for place, products in count.items() if products >= LONG
    ]  # fmt: skip
    with transaction.atomic():
        # Two turns at once write one after the other.
        Shop.objects.select_for_update(of=("self",), no_key=True).get(pk=shop.pk)
        ListCount.objects.filter(shop=shop).delete()
        ListCount.objects.bulk_create(rows)
    return len(rows)


def _above(category: int | None, parents: dict[int | None, int | None]) -> Iterable[int | None]:
    """The lists that a category's products stand in: its own, those above it, and the whole shop's."""
    found: list[int | None] = []
    while category is not None and category not in found:
        found.append(category)
        category = parents.get(category)
    return [*found, None]


def _facets_by_category(shop: Shop) -> dict[int | None, Counter[Key]]:
    found: dict[int | None, Counter[Key]] = {}
    listed = Product.objects.filter(shop=shop, is_listed=True).order_by()
    for slug in ("brand", "style"):
        rows = listed.exclude(**{slug: ""}).values_list("category", slug).annotate(n=Count("pk"))
        for category, value, count in rows:
            found.setdefault(category, Counter())[slug, value, value] += count
    values = ProductAttribute.objects.filter(product__shop=shop, product__is_listed=True).order_by()
    counts = values.values_list("product__category", "attribute", "value").annotate(n=Count("pk"), zh=Max("value_zh"))
    for category, attribute, value, count, zh in counts:
        found.setdefault(category, Counter())[attribute, value, zh or value] += count
    return found


def _as_counted(counts: Counter[Key], attributes: Iterable[Attribute]) -> Counted:
    """As ``facets_of`` takes them; of a value with several Chinese names the last is shown, as on a page."""
    merged: dict[str | int, dict[str, tuple[str, int]]] = {}
    for (slug, value, zh), count in counts.items():
        names = merged.setdefault(slug, {})
        before_zh, before = names.get(value, ("", 0))
        names[value] = (max(before_zh, zh), before + count)
    rows = {slug: [(value, value, zh, count) for value, (zh, count) in names.items()] for slug, names in merged.items()}
    return facets_named(
        {slug: sorted(values, key=lambda row: (-row[3], row[0])) for slug, values in rows.items()}, attributes
    )
