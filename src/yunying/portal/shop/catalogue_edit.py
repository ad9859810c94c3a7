"""What the shop's people change in the catalogue; each change leaves an entry in the audit log."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Min, OuterRef, Subquery

from yunying.audit.log import Change, audit_record
from yunying.kernel.errors import OperatorError
from yunying.portal.shop.catalogue import Goods, bundle_put, product_put
from yunying.portal.shop.facts.catalogue import product_tell
from yunying.portal.shop.holds import money_may_move
from yunying.portal.shop.models import Attribute, Category, ListPrice, Product, ProductAttribute, Shop, Variant
from yunying.portal.shop.prices import price_schedule, price_unschedule
from yunying.portal.shop.search import grams_write

PRODUCT_FIELDS = ("title", "title_zh", "description", "description_zh", "style", "brand", "supplier", "is_listed",
                  "category")  # fmt: skip
VARIANT_FIELDS = ("title", "title_zh", "cost_minor", "is_listed")
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,78}[a-z0-9]|[a-z0-9]")


def product_new(
    shop: Shop, slug: str, goods: Goods, fields: Mapping[str, object], actor: str, now: datetime
) -> Product:  # fmt: skip
    """Put a product up with its first variant."""
    if not SLUG.fullmatch(slug):
        raise OperatorError("bad-slug", "This is no name for an address.", "Use a to z, digits and hyphens.")
    given = dict(fields)
    title = str(given.pop("title", ""))
    if not title:
        raise OperatorError("no-title", "The product has no title.", "Give one.")
    try:
        with transaction.atomic():
            product = product_put(shop, slug, title, [goods], now, **given)
            _tell(shop, "product-new", f"product/{slug}", actor, now, {}, {"title": title, "sku": goods.sku})
    except IntegrityError as error:
        raise OperatorError(
            "known-already", "There is a product of this name or a variant of this SKU.", "Choose another one."
        ) from error
    return product


def product_edit(product: Product, fields: Mapping[str, object], actor: str, now: datetime) -> list[str]:
    """Change fields of a product; which ones changed."""
    with transaction.atomic():
        row = Product.objects.select_for_update(of=("self",), no_key=True).get(pk=product.pk)
        changed = [name for name in PRODUCT_FIELDS if name in fields and fields[name] != getattr(row, name)]
        if not changed:
            return []
        before = {name: _shown(getattr(row, name)) for name in changed}
        for name in changed:
            setattr(row, name, fields[name])
        if not row.title:
            raise OperatorError("no-title", "The product has no title.", "Give one.")
        row.save(update_fields=changed)
        if {"title", "title_zh", "brand"} & set(changed):
            grams_write([row])
        product_tell(row, now)
        after = {name: _shown(getattr(row, name)) for name in changed}
        _tell(row.shop, "product-edit", f"product/{row.slug}", actor, now, before, after)
    return changed


def products_edit(
    shop: Shop, products: Collection[int], fields: Mapping[str, object], actor: str, now: datetime
) -> int:  # fmt: skip
    """Change the same fields of many products, all or none; how many changed."""
    with transaction.atomic():
        rows = Product.objects.filter(shop=shop, pk__in=products).order_by("pk")
        return sum(bool(product_edit(row, fields, actor, now)) for row in rows)


def variant_new(product: Product, goods: Goods, actor: str, now: datetime) -> Variant:
    """Add a variant with its price."""
    if not goods.sku:
        raise OperatorError("no-sku", "The variant has no SKU.", "Give one.")
    try:
        with transaction.atomic():
            variant = Variant.objects.create(
                shop=product.shop, product=product, sku=goods.sku, title=goods.title, title_zh=goods.title_zh,
                cost_minor=goods.cost_minor,
            )  # fmt: skip
            price_schedule(variant, goods.price_minor, now)
            if goods.parts:
                bundle_put(product.shop, variant, goods.parts)
            lowest_write([product.pk], now)
            product_tell(product, now)
            _tell(product.shop, "variant-new", f"variant/{goods.sku}", actor, now, {}, {"product": product.slug})
    except IntegrityError as error:
        raise OperatorError("known-already", "There is a variant of this SKU.", "Choose another one.") from error
    return variant


def variant_edit(variant: Variant, fields: Mapping[str, object], actor: str, now: datetime) -> list[str]:
    """Change fields of a variant; which ones changed."""
    with transaction.atomic():
        row = Variant.objects.select_for_update(of=("self",), no_key=True).get(pk=variant.pk)
        changed = [name for name in VARIANT_FIELDS if name in fields and fields[name] != getattr(row, name)]
        if not changed:
            return []
        before = {name: getattr(row, name) for name in changed}
        for name in changed:
            setattr(row, name, fields[name])
        row.save(update_fields=changed)
        if "is_listed" in changed:
            lowest_write([row.product_id], now)
        product_tell(row.product, now)
        after = {name: getattr(row, name) for name in changed}
        _tell(row.shop, "variant-edit", f"variant/{row.sku}", actor, now, before, after)
    return changed


def price_plan(
    variant: Variant, price_minor: int, starts_at: datetime, ends_at: datetime | None, crossed_out_minor: int | None,
    actor: str, now: datetime,
) -> None:  # fmt: skip
    """Set a price from a moment on, or for a while."""
    if starts_at < now:
        raise OperatorError("bad-period", "A price cannot begin in the past.", "Choose a later moment.")
    if crossed_out_minor is not None and crossed_out_minor <= price_minor:
        raise OperatorError("bad-price", "The crossed-out price must be above the price.", "Give a higher one.")
    money_may_move(variant.shop)
    with transaction.atomic():
        price_schedule(variant, price_minor, starts_at, ends_at, crossed_out_minor)
        lowest_write([variant.product_id], now)
        after = {"price_minor": price_minor, "starts_at": starts_at.isoformat(),
                 "ends_at": ends_at.isoformat() if ends_at else None,
                 "crossed_out_minor": crossed_out_minor}  # fmt: skip
        _tell(variant.shop, "price", f"variant/{variant.sku}", actor, now, {}, after)


def price_drop(row: ListPrice, actor: str, now: datetime) -> None:
    """Take a price away before it begins; the one before it goes on."""
    variant = row.variant
    money_may_move(variant.shop)
    with transaction.atomic():
        if not ListPrice.objects.select_for_update(of=("self",)).filter(pk=row.pk, starts_at__gt=now).exists():
            raise OperatorError("closed-already", "This price holds already.", "Set another one.")
        price_unschedule([row.pk])
        before = {"price_minor": row.price_minor, "starts_at": row.starts_at.isoformat()}
        _tell(variant.shop, "price-drop", f"variant/{variant.sku}", actor, now, before, {})


def attributes_write(
    product: Product, values: Mapping[str, tuple[str, str]], actor: str, now: datetime
) -> None:  # fmt: skip
    """Have these values of the shop's attributes, and no others.

    Args:
        values: attribute's slug to value in English and Chinese; an empty value is none.
    """
    with transaction.atomic():
        Product.objects.select_for_update(of=("self",), no_key=True).get(pk=product.pk)
        before = {row.attribute.slug: row.value for row in product.attributes.select_related("attribute")}
        wanted = {slug: pair for slug, pair in values.items() if pair[0]}
        known = {each.slug: each for each in Attribute.objects.filter(shop=product.shop_id, slug__in=wanted)}
        if len(known) < len(wanted):
            raise OperatorError("no-attribute", "There is no such attribute.", "Make it first.")
        ProductAttribute.objects.filter(product=product).exclude(attribute__slug__in=wanted).delete()
        for slug, (value, value_zh) in wanted.items():
            ProductAttribute.objects.update_or_create(
                product=product, attribute=known[slug], defaults={"value": value[:60], "value_zh": value_zh[:60]}
            )
        after = {slug: pair[0] for slug, pair in wanted.items()}
        _tell(product.shop, "attributes", f"product/{product.slug}", actor, now, before, after)


def attribute_new(shop: Shop, slug: str, title: str, title_zh: str, actor: str, now: datetime) -> Attribute:
    """Make an attribute that products may have."""
    if not SLUG.fullmatch(slug) or slug in ("brand", "style", "q", "category", "page", "sort") or not title:
        raise OperatorError("bad-slug", "This is no name for an attribute.", "Use a to z, digits and hyphens.")
    with transaction.atomic():
        made, is_new = Attribute.objects.get_or_create(
            shop=shop, slug=slug[:40], defaults={"title": title[:60], "title_zh": title_zh[:60]}
        )
        if is_new:
            _tell(shop, "attribute-new", f"attribute/{slug}", actor, now, {}, {"title": title})
    return made


def category_new(
    shop: Shop, slug: str, title: str, title_zh: str, parent: Category | None, actor: str, now: datetime
) -> Category:  # fmt: skip
    """Make a category, perhaps below another one."""
    if not SLUG.fullmatch(slug) or not title:
        raise OperatorError("bad-slug", "This is no name for a category.", "Use a to z, digits and hyphens.")
    try:
        with transaction.atomic():
            made = Category.objects.create(
                shop=shop, slug=slug[:63], title=title[:100], title_zh=title_zh[:100], parent=parent
            )
            _tell(shop, "category-new", f"category/{slug}", actor, now, {}, {"title": title})
    except IntegrityError as error:
        raise OperatorError("known-already", "There is a category of this name.", "Choose another one.") from error
    return made


def lowest_write(products: Collection[int], now: datetime) -> None:
    """Keep the lowest price in force with each product, for lists that sort by it."""
    newest = ListPrice.objects.filter(variant=OuterRef("pk"), starts_at__lte=now).order_by("-starts_at")
    variants = Variant.objects.filter(product=OuterRef("pk"), is_listed=True)
    lowest = (
        variants.annotate(price=Subquery(newest.values("price_minor")[:1]))
        .order_by()
        .values("product")
        .annotate(least=Min("price"))
        .values("least")
    )
    Product.objects.filter(pk__in=products).update(lowest_minor=Subquery(lowest))


def lowest_sweep(now: datetime, since: datetime) -> int:
    """Take in prices that began by themselves; how many products were looked at."""
    begun = ListPrice.objects.filter(starts_at__gt=since, starts_at__lte=now).values_list("variant__product", flat=True)
    lacking = Product.objects.filter(lowest_minor=None, variants__prices__starts_at__lte=now).values_list(
        "pk", flat=True
    )
    products = {*begun.distinct(), *lacking.distinct()[:5_000]}
    lowest_write(products, now)
    return len(products)


def _shown(value: object) -> object:
    return value.slug if isinstance(value, Category) else value


def _tell(
    shop: Shop, what: str, subject: str, actor: str, now: datetime,
    before: Mapping[str, object], after: Mapping[str, object],
) -> None:  # fmt: skip
    audit_record(shop.slug, actor, now, [Change(f"shop-{what}", subject, before=before, after=after)])
