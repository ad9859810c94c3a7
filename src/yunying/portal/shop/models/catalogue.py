"""What is for sale, and at which price."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

LISTED = Q(is_listed=True)


class Shop(models.Model):
    """One shop: its currency, its time zone, and whether its prices hold the tax."""

    slug = models.SlugField(max_length=63, unique=True)
    title = models.CharField(max_length=200)
    currency = models.CharField(max_length=3)
    time_zone = models.CharField(max_length=60)
    tax_rate = models.DecimalField(max_digits=5, decimal_places=4, default=0)
    prices_hold_tax = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(tax_rate__gte=0, tax_rate__lt=1), name="shop_tax_is_a_share"),
        ]

    def __str__(self) -> str:
        return self.slug


class Category(models.Model):
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="categories")
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    slug = models.SlugField(max_length=63)
    title = models.CharField(max_length=100)
    title_zh = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["shop", "slug"], name="shop_category_once"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="shop_category_not_in_itself"),
        ]

    def __str__(self) -> str:
        return self.slug


class Product(models.Model):
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="products")
    category = models.ForeignKey(Category, null=True, on_delete=models.PROTECT, related_name="products")
    slug = models.SlugField(max_length=80)
    title = models.CharField(max_length=200)
    title_zh = models.CharField(max_length=200, blank=True)
    description = models.TextField(blank=True)
    description_zh = models.TextField(blank=True)
    style = models.CharField(max_length=60, blank=True)
    brand = models.CharField(max_length=100, blank=True)
    supplier = models.CharField(max_length=100, blank=True)
    is_listed = models.BooleanField(default=True)
    listed_at = models.DateTimeField()
    # What lists sort by and show; services keep them, so that no page counts.
    lowest_minor = models.BigIntegerField(null=True)
    stars_sum = models.PositiveIntegerField(default=0)
    stars_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["shop", "slug"], name="shop_product_once")]
        indexes: ClassVar = [
            # Django writes the flag bare, which an index's column does not answer but its condition does.
            models.Index(fields=["shop", "-listed_at", "-id"], name="shop_newest_products", condition=LISTED),
            models.Index(fields=["shop", "lowest_minor", "id"], name="shop_cheapest_products", condition=LISTED),
            models.Index(fields=["category", "-listed_at", "-id"], name="shop_newest_of_a_category", condition=LISTED),
            models.Index(fields=["shop", "brand", "style", "id"], name="shop_products_by_brand", condition=LISTED),
            models.Index(fields=["shop", "style", "brand", "id"], name="shop_products_by_style", condition=LISTED),
        ]

    def __str__(self) -> str:
        return self.slug


class Variant(models.Model):
    """What is put into a basket. A bundle has parts and no stock of its own."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="variants")
    sku = models.CharField(max_length=60)
    title = models.CharField(max_length=100, blank=True)
    title_zh = models.CharField(max_length=100, blank=True)
    cost_minor = models.BigIntegerField(default=0)
    is_listed = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["shop", "sku"], name="shop_sku_once"),
            models.CheckConstraint(condition=Q(cost_minor__gte=0), name="shop_cost_not_negative"),
        ]

    def __str__(self) -> str:
        return self.sku


class BundlePart(models.Model):
    bundle = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="parts")
    part = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bundle", "part"], name="shop_part_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="shop_part_has_quantity"),
            models.CheckConstraint(condition=~Q(bundle=F("part")), name="shop_bundle_not_in_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.part_id} in {self.bundle_id}"


class ListPrice(models.Model):
    """A list price from a moment on; it ends where the next one begins, so two can never hold at once."""

    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="prices")
    price_minor = models.BigIntegerField()
    crossed_out_minor = models.BigIntegerField(null=True)
    starts_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["variant", "starts_at"], name="shop_one_price_at_a_time"),
            models.CheckConstraint(condition=Q(price_minor__gt=0), name="shop_price_above_zero"),
            models.CheckConstraint(
                condition=Q(crossed_out_minor=None) | Q(crossed_out_minor__gt=F("price_minor")),
                name="shop_crossed_out_above_price",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["starts_at"], name="shop_prices_by_beginning")]

    def __str__(self) -> str:
        return f"{self.variant_id}: {self.price_minor} from {self.starts_at}"


class Feature(models.Model):
    """A product that stands in a named slot of the shop's pages."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="features")
    slot = models.SlugField(max_length=40)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveIntegerField()
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["shop", "slot", "product"], name="shop_feature_once"),
        ]

    def __str__(self) -> str:
        return f"{self.slot}: {self.product_id}"
