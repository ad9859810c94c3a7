"""What the shop keeps. Only the portal imports these models; states change through its services."""

from yunying.portal.shop.models.books import BooksHold, ClosedDay, OrderPart
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
from yunying.portal.shop.models.purchases import PurchaseOrder, PurchaseOrderLine
from yunying.portal.shop.models.slots import SlotChance, SlotPlan
from yunying.portal.shop.models.stock import Reservation, ReservationLine, Stock, StockMovement
from yunying.portal.shop.models.tracking import BasketVisit, BotCount, EventCount

__all__ = [
    "Address",
    "AppliedCommand",
    "Basket",
    "BasketLine",
    "BasketVisit",
    "BooksHold",
    "BotCount",
    "BundlePart",
    "Category",
    "ClosedDay",
    "Coupon",
    "CouponUse",
    "EventCount",
    "Feature",
    "ListPrice",
    "Message",
    "MoneyToReturn",
    "Order",
    "OrderLine",
    "OrderPart",
    "Payment",
    "PaymentNotice",
    "Product",
    "PurchaseOrder",
    "PurchaseOrderLine",
    "Refund",
    "Reservation",
    "ReservationLine",
    "Return",
    "ReturnLine",
    "ShippingMethod",
    "Shop",
    "SimulatedCharge",
    "SlotChance",
    "SlotPlan",
    "Stock",
    "StockMovement",
    "Variant",
]
