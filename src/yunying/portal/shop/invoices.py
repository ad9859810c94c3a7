"""Invoices and credit notes: numbered without a gap for each shop and year, and never changed.

The count's row is locked last of all, so that writing one waits for nobody who waits for it.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F

from yunying.portal.shop.models import Invoice, InvoiceCount, Order, Refund, Shop


def invoice_of(order: Order, now: datetime) -> Invoice | None:
    """The invoice of a paid order, written where there is none yet; None where it is not paid."""
    if order.paid_at is None or order.total_minor == 0:
        return None
    with transaction.atomic():
        Order.objects.select_for_update(of=("self",), no_key=True).get(pk=order.pk)
        known = Invoice.objects.filter(order=order, refund=None).first()
        return known or _write(order, None, order.total_minor, order.tax_minor, _content(order), now)


def credit_note_of(refund: Refund, now: datetime) -> Invoice | None:
    """The credit note of money that went back, for an order that has an invoice."""
    if refund.state != "done":
        return None
    with transaction.atomic():
        order = Order.objects.select_for_update(of=("self",), no_key=True).get(pk=refund.payment.order_id)
        known = Invoice.objects.filter(refund=refund).first()
        if known is not None:
            return known
        invoice = invoice_of(order, now)
        if invoice is None:
            return None
        share = Decimal(order.tax_minor) * refund.amount_minor / order.total_minor
        tax_minor = int(share.quantize(Decimal(1), rounding=ROUND_HALF_UP))
        content = {**_content(order), "of": str(invoice), "reason": refund.reason}
        return _write(order, refund, -refund.amount_minor, -tax_minor, content, now)


def invoices_sweep(now: datetime) -> int:
    """Write what is lacking, the oldest first; how many were written."""
    orders = Order.objects.exclude(paid_at=None).filter(total_minor__gt=0, invoices=None).order_by("paid_at")[:500]
    refunds = Refund.objects.filter(state="done", credit_note=None).select_related("payment").order_by("pk")[:500]
    made = [invoice_of(order, now) for order in orders.select_related("shop", "address")]
    return len([each for each in (*made, *(credit_note_of(refund, now) for refund in refunds)) if each])


def _write(
    order: Order, refund: Refund | None, total_minor: int, tax_minor: int, content: Mapping[str, object], now: datetime
) -> Invoice:  # fmt: skip
    shop = Shop.objects.get(pk=order.shop_id)
    year = now.astimezone(ZoneInfo(shop.time_zone)).year
    InvoiceCount.objects.get_or_create(shop=shop, year=year)
    InvoiceCount.objects.filter(shop=shop, year=year).update(last=F("last") + 1)
    number = InvoiceCount.objects.get(shop=shop, year=year).last
    return Invoice.objects.create(
        shop=shop, year=year, number=number, order=order, refund=refund, total_minor=total_minor, tax_minor=tax_minor,
        content=content, issued_at=now,
    )  # fmt: skip


def _content(order: Order) -> dict[str, object]:
    """All that is printed, as it was when it was written."""
    address = order.address
    return {
        "shop": order.shop.title, "order": order.number, "currency": order.currency,
        "tax_rate": f"{Decimal(order.shop.tax_rate).normalize():f}", "prices_hold_tax": order.shop.prices_hold_tax,
        "paid_at": order.paid_at.isoformat() if order.paid_at else "",
        "to": [each for each in (address.name, address.street, address.district, address.city, address.region,
                                 address.postcode, address.country) if each],
        "lines": [
            {"title": line.title, "title_zh": line.title_zh, "sku": line.sku, "quantity": line.quantity,
             "unit_price_minor": line.unit_price_minor}
            for line in order.lines.order_by("position")
        ],
        "goods_minor": order.goods_minor, "discount_minor": order.discount_minor,
        "shipping_minor": order.shipping_minor, "tax_minor": order.tax_minor, "total_minor": order.total_minor,
    }  # fmt: skip
