"""What a product's page shows beside its words: pictures, attributes, and the grams that search finds it by."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yunying.portal.shop.models.catalogue import Category, Product, Shop


class Picture(models.Model):
    """A picture that was checked and written anew; its files lie under its digest, one for each width."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="pictures")
    digest = models.CharField(max_length=64)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    position = models.PositiveIntegerField()
    words = models.CharField(max_length=200, blank=True)
    words_zh = models.CharField(max_length=200, blank=True)
    added_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "digest"], name="shop_picture_once"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id}: {self.digest[:8]}"


class Attribute(models.Model):
    """A property that products of a shop may have, such as origin or volume."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="attributes")
    slug = models.SlugField(max_length=40)
    title = models.CharField(max_length=60)
    title_zh = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["shop", "slug"], name="shop_attribute_once")]

    def __str__(self) -> str:
        return self.slug


class ProductAttribute(models.Model):
    """A product's value of an attribute."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="attributes")
    attribute = models.ForeignKey(Attribute, on_delete=models.CASCADE, related_name="values")
    value = models.CharField(max_length=60)
    value_zh = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "attribute"], name="shop_one_value_of_an_attribute"),
            models.CheckConstraint(condition=~Q(value=""), name="shop_attribute_has_a_value"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["attribute", "value", "product"], name="shop_products_by_value"),
            models.Index(fields=["product", "attribute", "value", "value_zh"], name="shop_values_of_a_product"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id}: {self.value}"


class ListCount(models.Model):
    """What was counted of a long list of products, of the whole shop or of a category, at a moment."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+")
    category = models.ForeignKey(Category, null=True, on_delete=models.CASCADE, related_name="+")
    products = models.PositiveIntegerField()
    facets = models.JSONField()
    counted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["shop", "category"], name="shop_list_counted_once"),
        ]

    def __str__(self) -> str:
        return f"{self.shop_id}/{self.category_id}: {self.products}"


class SearchGram(models.Model):
    """A piece of a product's words: two letters that stand together in Chinese, three in other scripts."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+")
    gram = models.CharField(max_length=3)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="grams", db_index=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["shop", "gram", "product"], name="shop_gram_once")]

    def __str__(self) -> str:
        return f"{self.gram}: {self.product_id}"
