"""From basket to order, and back by a return."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from yunying.portal.shop.models.catalogue import Shop, Variant

PERSON = settings.AUTH_USER_MODEL


class Basket(models.Model):
    """What somebody means to buy; a guest's is found by its token. It becomes one order at most."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+")
    token = models.CharField(max_length=43, unique=True)
    person = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    coupon_code = models.CharField(max_length=40, blank=True)
    is_open = models.BooleanField(default=True)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"basket {self.pk}"


class BasketLine(models.Model):
    basket = models.ForeignKey(Basket, on_delete=models.CASCADE, related_name="lines")
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="+")
    quantity = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["basket", "variant"], name="shop_basket_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0, quantity__lte=999), name="shop_basket_quantity"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.variant_id}"


class ShippingMethod(models.Model):
    """A way to ship. Countries are codes with spaces between them; none named means all.

    ``cost_minor`` is what the courier takes of the shop; None is not known.
    """

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="shipping_methods")
    title = models.CharField(max_length=100)
    title_zh = models.CharField(max_length=100, blank=True)
    fee_minor = models.BigIntegerField()
    free_from_minor = models.BigIntegerField(null=True)
    cost_minor = models.BigIntegerField(null=True)
    countries = models.CharField(max_length=800, blank=True)
    is_offered = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(fee_minor__gte=0), name="shop_fee_not_negative")]

    def __str__(self) -> str:
        return self.title


class Coupon(models.Model):
    """A code that takes an amount or a share off the goods, a limited number of times."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="coupons")
    code = models.CharField(max_length=40)
    off_minor = models.BigIntegerField(default=0)
    off_rate = models.DecimalField(max_digits=5, decimal_places=4, default=0)
    minimum_minor = models.BigIntegerField(default=0)
    most_uses = models.PositiveIntegerField()
    most_each = models.PositiveIntegerField(null=True)
    used = models.IntegerField(default=0)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["shop", "code"], name="shop_coupon_once"),
            models.CheckConstraint(condition=Q(used__gte=0, used__lte=F("most_uses")), name="shop_coupon_limit"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="shop_coupon_holds_a_while"),
            models.CheckConstraint(
                condition=Q(off_minor__gt=0, off_rate=0) | Q(off_minor=0, off_rate__gt=0, off_rate__lt=1),
                name="shop_coupon_amount_or_share",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.used} of {self.most_uses}"


class Address(models.Model):
    """Where an order goes, as it was when it was placed; a Chinese one fills district, an international one may not."""

    name = models.CharField(max_length=100)
    phone = models.CharField(max_length=40)
    email = models.EmailField(blank=True, db_index=True)
    country = models.CharField(max_length=2)
    region = models.CharField(max_length=100, blank=True)
    city = models.CharField(max_length=100)
    district = models.CharField(max_length=100, blank=True)
    street = models.CharField(max_length=300)
    postcode = models.CharField(max_length=20, blank=True)

    def __str__(self) -> str:
        return f"{self.name}, {self.city}"


class Order(models.Model):
    """An order. Its key is the buyer's, so that sending it again is the same order."""

    STATES = ("placed", "accepted", "shipped", "delivered", "cancelled")

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="orders")
    number = models.CharField(max_length=20)
    token = models.CharField(max_length=43, unique=True)
    key = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    basket = models.OneToOneField(Basket, on_delete=models.PROTECT, related_name="order")
    person = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=10, default="placed")
    currency = models.CharField(max_length=3)
    goods_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField(default=0)
    shipping_minor = models.BigIntegerField(default=0)
    tax_minor = models.BigIntegerField(default=0)
    total_minor = models.BigIntegerField()
    paid_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)
    address = models.OneToOneField(Address, on_delete=models.PROTECT, related_name="+")
    shipping_method = models.ForeignKey(ShippingMethod, on_delete=models.PROTECT, related_name="+")
    coupon_code = models.CharField(max_length=40, blank=True)
    provider = models.CharField(max_length=30)
    language = models.CharField(max_length=10, default="en")
    note = models.CharField(max_length=500, blank=True)
    carrier = models.CharField(max_length=60, blank=True)
    tracking = models.CharField(max_length=100, blank=True)
    cancel_reason = models.CharField(max_length=30, blank=True)
    placed_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    shipped_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["shop", "key"], name="shop_key_places_one_order"),
            models.UniqueConstraint(fields=["shop", "number"], name="shop_order_number_once"),
            models.CheckConstraint(condition=Q(total_minor__gte=0), name="shop_total_not_negative"),
            models.CheckConstraint(
                condition=Q(discount_minor__gte=0, discount_minor__lte=F("goods_minor")), name="shop_discount_in_goods"
            ),
            models.CheckConstraint(
                condition=Q(paid_minor=0) | Q(paid_minor=F("total_minor")), name="shop_paid_whole_or_not"
            ),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("paid_minor")),
                name="shop_no_more_refunded_than_paid",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["shop", "state", "-placed_at"], name="shop_orders_by_state"),
            models.Index(fields=["shop", "-placed_at"], name="shop_newest_orders"),
            models.Index(fields=["person", "-placed_at"], name="shop_orders_of_a_member"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.state}"


class OrderLine(models.Model):
    """One line with its price as it was; ``due_minor`` is its share of what the buyer owes for goods."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField()
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="+")
    sku = models.CharField(max_length=60)
    title = models.CharField(max_length=310)
    title_zh = models.CharField(max_length=310, blank=True)
    quantity = models.PositiveIntegerField()
    unit_price_minor = models.BigIntegerField()
    unit_cost_minor = models.BigIntegerField()
    due_minor = models.BigIntegerField()
    returned = models.PositiveIntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "position"], name="shop_order_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="shop_line_has_quantity"),
            models.CheckConstraint(condition=Q(returned__lte=F("quantity")), name="shop_no_more_returned_than_bought"),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("due_minor")), name="shop_line_refund_in_due"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["variant", "unit_price_minor"], name="shop_prices_charged")]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.sku}"


class CouponUse(models.Model):
    """A coupon's use by an order; it is given back when the order is cancelled unpaid."""

    coupon = models.ForeignKey(Coupon, on_delete=models.PROTECT, related_name="uses")
    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="coupon_use")
    phone = models.CharField(max_length=40, blank=True)
    given_back_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.coupon_id} for {self.order_id}"


class Return(models.Model):
    """A buyer sends things back."""

    STATES = ("asked", "approved", "received", "refused")

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="returns")
    key = models.CharField(max_length=64)
    state = models.CharField(max_length=10, default="asked")
    reason = models.CharField(max_length=300, blank=True)
    answer = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["order", "key"], name="shop_return_once")]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.state}"


class ReturnLine(models.Model):
    """Units of an order's line that come back, and the part of its price that they stand for."""

    sent_back = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sent_back", "line"], name="shop_return_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="shop_return_has_quantity"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.line_id}"
