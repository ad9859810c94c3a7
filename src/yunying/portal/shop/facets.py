"""By what a list of products can be narrowed: brand, style and attributes, each value with how many there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Count, Max, QuerySet

from yunying.portal.shop.models import Attribute, Product, ProductAttribute, Shop

KEPT_SECONDS, LONG = 60, 1_000
"""What was counted of a list as long as that is kept so long."""
MOST_VALUES = 12
OWN = ("brand", "style")


@dataclass(frozen=True)
class Value:
    value: str
    title: str
    title_zh: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Facet:
    slug: str
    title: str
    title_zh: str
    values: Sequence[Value]


def narrowed(rows: QuerySet[Product], chosen: Mapping[str, str]) -> QuerySet[Product]:
    """The products that have the chosen value of every facet."""
    for slug, value in chosen.items():
        if slug in OWN:
            rows = rows.filter(**{slug: value})
        else:
            having = ProductAttribute.objects.filter(attribute__slug=slug, value=value)
            rows = rows.filter(pk__in=having.values("product"))
    return rows


def facets_of(
    shop: Shop, rows: QuerySet[Product], chosen: Mapping[str, str], key: str, *, is_long: bool
) -> list[Facet]:
    """The facets of a list, of a long one exact within the last minute; four queries, however many products.

    Args:
        key: names the list, without its page and order.
    """
    name = f"shop-facets-{shop.pk}-{key}"
    counted = cache.get(name) if is_long else None
    if counted is None:
        counted = _counted(shop, rows)
        if is_long:
            cache.set(name, counted, KEPT_SECONDS)
    return [
        Facet(slug, title, title_zh, [Value(value, text, text_zh, count, chosen.get(slug) == value)
                                      for value, text, text_zh, count in values])
        for slug, title, title_zh, values in counted
    ]  # fmt: skip


def _counted(shop: Shop, rows: QuerySet[Product]) -> list[tuple[str, str, str, list[tuple[str, str, str, int]]]]:
    found = []
    for slug, title, title_zh in (("brand", "Brand", "品牌"), ("style", "Style", "风格")):
        counts = rows.exclude(**{slug: ""}).order_by().values_list(slug).annotate(count=Count("pk"))
        values = [(value, value, value, count) for value, count in counts.order_by("-count", slug)[:MOST_VALUES]]
        if values:
            found.append((slug, title, title_zh, values))
    titles = {each.pk: each for each in Attribute.objects.filter(shop=shop).order_by("pk")}
    if not titles:
        return found
    counts = (
        ProductAttribute.objects.filter(attribute__in=list(titles), product__in=rows.order_by())
        .values_list("attribute", "value")
        .annotate(count=Count("pk"), zh=Max("value_zh"))
        .order_by("attribute", "-count", "value")
    )
    by_attribute: dict[int, list[tuple[str, str, str, int]]] = {}
    for attribute, value, count, zh in counts:
        by_attribute.setdefault(attribute, []).append((value, value, zh or value, count))
    for pk, each in titles.items():
        if pk in by_attribute:
            found.append((each.slug, each.title, each.title_zh, by_attribute[pk][:MOST_VALUES]))
    return found
