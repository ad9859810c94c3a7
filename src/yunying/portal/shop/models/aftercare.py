"""What follows an order: reviews, invoices, and conversations with the shop."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from yunying.portal.shop.models.catalogue import Product, Shop
from yunying.portal.shop.models.orders import Order, OrderLine
from yunying.portal.shop.models.payments import Refund

PERSON = settings.AUTH_USER_MODEL


class Review(models.Model):
    """What a buyer says of one line that was delivered; it is shown once somebody of the shop has read it."""

    STATES = ("waiting", "shown", "hidden")

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="reviews")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="reviews")
    line = models.OneToOneField(OrderLine, on_delete=models.PROTECT, related_name="review")
    stars = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=2000, blank=True)
    name = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=10, default="waiting")
    answer = models.CharField(max_length=1000, blank=True)
    written_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="shop_one_to_five_stars"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["product", "state", "-written_at"], name="shop_reviews_of_a_product"),
            models.Index(fields=["shop", "state", "written_at"], name="shop_reviews_to_read"),
        ]

    def __str__(self) -> str:
        return f"{self.stars} stars for {self.product_id}"


class InvoiceCount(models.Model):
    """The last number of a shop's year; its row is held while the next one is written, so that none is left out."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["shop", "year"], name="shop_one_count_a_year")]

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class Invoice(models.Model):
    """An invoice, or the credit note of a refund. The database refuses to change or delete one."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveIntegerField()
    number = models.PositiveIntegerField()
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="invoices")
    refund = models.OneToOneField(Refund, null=True, on_delete=models.PROTECT, related_name="credit_note")
    total_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    content = models.JSONField()
    issued_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["shop", "year", "number"], name="shop_invoice_number_once"),
            models.UniqueConstraint(fields=["order"], condition=Q(refund=None), name="shop_one_invoice_an_order"),
        ]

    def __str__(self) -> str:
        return f"{self.year}-{self.number:06d}"


class Conversation(models.Model):
    """A question to the shop and what followed; whoever has its address may read and write on."""

    STATES = ("open", "answered", "closed")

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="conversations")
    token = models.CharField(max_length=43, unique=True)
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="conversations")
    person = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(max_length=100, blank=True)
    email = models.EmailField(blank=True)
    subject = models.CharField(max_length=200)
    language = models.CharField(max_length=10, default="en")
    state = models.CharField(max_length=10, default="open")
    begun_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["shop", "state", "changed_at"], name="shop_conversations_by_state")]

    def __str__(self) -> str:
        return f"{self.subject}: {self.state}"


class Remark(models.Model):
    """One thing that was said in a conversation; of the shop's, who said it."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="remarks")
    by = models.CharField(max_length=150, blank=True)
    text = models.TextField()
    said_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.conversation_id}: {self.text[:20]}"
