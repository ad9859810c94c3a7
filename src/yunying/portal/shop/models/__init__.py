"""What the shop keeps. Only the portal imports these models; states change through its services."""

from yunying.portal.shop.models.aftercare import Conversation, Invoice, InvoiceCount, Remark, Review
from yunying.portal.shop.models.catalogue import BundlePart, Category, Feature, ListPrice, Product, Shop, Variant
from yunying.portal.shop.models.commands import AppliedCommand, Message
from yunying.portal.shop.models.display import Attribute, Picture, ProductAttribute, SearchGram
from yunying.portal.shop.models.members import Favourite, Member, SavedAddress
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
from yunying.portal.shop.models.payments import (
    MoneyToReturn,
    Payment,
    PaymentNotice,
    Refund,
    RefundLine,
    SimulatedCharge,
)
from yunying.portal.shop.models.stock import Reservation, ReservationLine, Stock, StockMovement
from yunying.portal.shop.models.stock_takes import StockTake, StockTakeLine

__all__ = [
    "Address",
    "AppliedCommand",
    "Attribute",
    "Basket",
    "BasketLine",
    "BundlePart",
    "Category",
    "Conversation",
    "Coupon",
    "CouponUse",
    "Favourite",
    "Feature",
    "Invoice",
    "InvoiceCount",
    "ListPrice",
    "Member",
    "Message",
    "MoneyToReturn",
    "Order",
    "OrderLine",
    "Payment",
    "PaymentNotice",
    "Picture",
    "Product",
    "ProductAttribute",
    "Refund",
    "RefundLine",
    "Remark",
    "Reservation",
    "ReservationLine",
    "Return",
    "ReturnLine",
    "Review",
    "SavedAddress",
    "SearchGram",
    "ShippingMethod",
    "Shop",
    "SimulatedCharge",
    "Stock",
    "StockMovement",
    "StockTake",
    "StockTakeLine",
    "Variant",
]
