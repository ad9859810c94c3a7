"""What the shop keeps. Only the portal imports these models; states change through its services."""

from yunying.portal.shop.models.aftercare import Conversation, Invoice, InvoiceCount, Remark, Review
from yunying.portal.shop.models.books import BooksHold, ClosedDay, OrderPart
from yunying.portal.shop.models.catalogue import BundlePart, Category, Feature, ListPrice, Product, Shop, Variant
from yunying.portal.shop.models.changes import CatalogueChange
from yunying.portal.shop.models.commands import AppliedCommand, Message
from yunying.portal.shop.models.display import Attribute, ListCount, Picture, ProductAttribute, SearchGram
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
from yunying.portal.shop.models.purchases import PurchaseOrder, PurchaseOrderLine
from yunying.portal.shop.models.slots import SlotChance, SlotPlan
from yunying.portal.shop.models.stock import Reservation, ReservationLine, Stock, StockMovement
from yunying.portal.shop.models.stock_takes import StockTake, StockTakeLine
from yunying.portal.shop.models.tracking import BasketVisit, BotCount, EventCount

__all__ = [
    "Address",
    "AppliedCommand",
    "Attribute",
    "Basket",
    "BasketLine",
    "BasketVisit",
    "BooksHold",
    "BotCount",
    "BundlePart",
    "CatalogueChange",
    "Category",
    "ClosedDay",
    "Conversation",
    "Coupon",
    "CouponUse",
    "EventCount",
    "Favourite",
    "Feature",
    "Invoice",
    "InvoiceCount",
    "ListCount",
    "ListPrice",
    "Member",
    "Message",
    "MoneyToReturn",
    "Order",
    "OrderLine",
    "OrderPart",
    "Payment",
    "PaymentNotice",
    "Picture",
    "Product",
    "ProductAttribute",
    "PurchaseOrder",
    "PurchaseOrderLine",
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
    "SlotChance",
    "SlotPlan",
    "Stock",
    "StockMovement",
    "StockTake",
    "StockTakeLine",
    "Variant",
]
