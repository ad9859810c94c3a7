"""What the shop keeps. Only the portal imports these models; states change through its services."""

from yunying.portal.shop.models.catalogue import BundlePart, Category, Feature, ListPrice, Product, Shop, Variant
from yunying.portal.shop.models.commands import AppliedCommand, Message
from yunying.portal.shop.models.orders import (
    Address,
    Basket,
    BasketLine,
    Coupon,
    CouponUse,
    Order,
    OrderLine,
    Return,
    ReturnLine,
    ShippingMethod,
)
from yunying.portal.shop.models.payments import MoneyToReturn, Payment, PaymentNotice, Refund, SimulatedCharge
from yunying.portal.shop.models.stock import Reservation, ReservationLine, Stock, StockMovement

__all__ = [
    "Address",
    "AppliedCommand",
    "Basket",
    "BasketLine",
    "BundlePart",
    "Category",
    "Coupon",
    "CouponUse",
    "Feature",
    "ListPrice",
    "Message",
    "MoneyToReturn",
    "Order",
    "OrderLine",
    "Payment",
    "PaymentNotice",
    "Product",
    "Refund",
    "Reservation",
    "ReservationLine",
    "Return",
    "ReturnLine",
    "ShippingMethod",
    "Shop",
    "SimulatedCharge",
    "Stock",
    "StockMovement",
    "Variant",
]
