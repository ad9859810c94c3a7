"""By what a list of products can be narrowed: brand, style and attributes, each value with how many there are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Count, Max, QuerySet

from yunying.portal.shop.models import Attribute, Product, ProductAttribute, Shop

KEPT_SECONDS, LONG = 60, 1_000
"""What was counted of a list as long as that is kept so long."""
MOST_VALUES = 12
OWN_TITLES = (("brand", "Brand", "品牌"), ("style", "Style", "风格"))
OWN = tuple(slug for slug, _title, _title_zh in OWN_TITLES)
Values = Sequence[tuple[str, str, str, int]]
Counted = list[tuple[str, str, str, Values]]


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


def facets_known(shop: Shop, chosen: Mapping[str, str]) -> Mapping[str, str]:
    """What of an address chooses a facet of the shop: campaigns and others write names of their own into addresses."""
    names = (
        {*OWN, *Attribute.objects.filter(shop=shop, slug__in=chosen).values_list("slug", flat=True)} if chosen else ()
    )
    return {name: value for name, value in chosen.items() if name in names}


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
    shop: Shop, rows: QuerySet[Product], chosen: Mapping[str, str], key: str, *, is_long: bool,
    known: Counted | None = None,
) -> list[Facet]:  # fmt: skip
    """The facets of a list, of a long one exact within the last minutes; four queries, however many products.

    Args:
        key: names the list, without its page and order.
        known: what was counted of it before.
    """
    name = f"shop-facets-{shop.pk}-{key}"
    counted = known if known is not None else cache.get(name) if is_long else None
    if counted is None:
        counted = _counted(shop, rows)
        if is_long:
            cache.set(name, counted, KEPT_SECONDS)
    return [
        Facet(slug, title, title_zh, [Value(value, text, text_zh, count, chosen.get(slug) == value)
                                      for value, text, text_zh, count in values])
        for slug, title, title_zh, values in counted
    ]  # fmt: skip


def facets_named(values: Mapping[str | int, Values], attributes: Iterable[Attribute]) -> Counted:
    """Facets in the order in which they are shown.

    Args:
        values: of a product's own columns by their name, of attributes by their number; most products first.
    """
    found = [(slug, title, title_zh, list(values[slug])[:MOST_VALUES])
             for slug, title, title_zh in OWN_TITLES if values.get(slug)]  # fmt: skip
    found += [(each.slug, each.title, each.title_zh, list(values[each.pk])[:MOST_VALUES])
              for each in attributes if values.get(each.pk)]  # fmt: skip
    return found


def _counted(shop: Shop, rows: QuerySet[Product]) -> Counted:
    found: dict[str | int, list[tuple[str, str, str, int]]] = {}
    for slug in OWN:
        counts = rows.exclude(**{slug: ""}).order_by().values_list(slug).annotate(count=Count("pk"))
        found[slug] = [(value, value, value, count) for value, count in counts.order_by("-count", slug)[:MOST_VALUES]]
    attributes = list(Attribute.objects.filter(shop=shop).order_by("pk"))
    if attributes:
        counts = (
            ProductAttribute.objects.filter(attribute__in=attributes, product__in=rows.order_by())
            .values_list("attribute", "value")
            .annotate(count=Count("pk"), zh=Max("value_zh"))
            .order_by("attribute", "-count", "value")
        )
        for attribute, value, count, zh in counts:
            found.setdefault(attribute, []).append((value, value, zh or value, count))
    return facets_named(found, attributes)
