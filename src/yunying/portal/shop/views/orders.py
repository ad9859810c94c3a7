"""One order, for whoever has its address: where it stands, paying, cancelling, sending back."""

import secrets

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from yunying.kernel.errors import ConnectorError, OperatorError
from yunying.portal.shop.baskets import basket_refill
from yunying.portal.shop.models import Order, Refund
from yunying.portal.shop.payments import payment_start
from yunying.portal.shop.refunds import refund_send
from yunying.portal.shop.returns import return_ask, return_is_open
from yunying.portal.shop.states import order_cancel
from yunying.portal.shop.views.frame import basket_of, keep_basket, shop_named, text_given
from yunying.portal.shop.views.frame import page as framed
from yunying.portal.shop.views.payment_names import PAYMENT_NAMES


@require_safe
def page(request: HttpRequest, shop: str, token: str) -> HttpResponse:
    return shown(request, order_of(shop, token), None)


@require_POST
def cancel(request: HttpRequest, shop: str, token: str) -> HttpResponse:
    order = order_of(shop, token)
    try:
        refund = order_cancel(order, "buyer", timezone.now())
    except OperatorError as error:
        return shown(request, order, error)
    if refund is not None:
        refund_send(refund, timezone.now())
    return redirect("shop:order", shop, token)


@require_POST
def send_back(request: HttpRequest, shop: str, token: str) -> HttpResponse:
    order = order_of(shop, token)
    given = {line.position: request.POST.get(f"line-{line.position}", "0") for line in order.lines.all()}
    quantities = {position: int(text) for position, text in given.items() if text.isdecimal() and len(text) < 4}
    try:
        return_ask(
            order,
            quantities,
            text_given(request.POST, "key", 64),
            text_given(request.POST, "reason", 300),
            timezone.now(),
        )
    except OperatorError as error:
        return shown(request, order, error)
    return redirect("shop:order", shop, token)


@require_POST
def again(request: HttpRequest, shop: str, token: str) -> HttpResponse:
    order = order_of(shop, token)
    basket = basket_of(request, order.shop)
    basket_refill(basket, order, timezone.now())
    return keep_basket(redirect("shop:basket", shop), request, basket)


def order_of(shop: str, token: str) -> Order:
    """The order of an address."""
    rows = Order.objects.filter(shop=shop_named(shop), token=token)
    order = rows.select_related("shop", "address", "shipping_method", "basket").first()
    if order is None:
        raise Http404
    return order


def shown(request: HttpRequest, order: Order, problem: OperatorError | None) -> HttpResponse:
    """The order's page as it is now."""
    start = None
    if order.state == "placed":
        try:
            start = payment_start(order)
        except OperatorError as error:
            problem = error
        except ConnectorError:
            problem = OperatorError("gateway-down", "The payment page does not answer.", "Open this page again soon.")
    content = {
        "order": order,
        "lines": order.lines.order_by("position").select_related("review"),
        "start": start,
        "payment_name": PAYMENT_NAMES.get(order.provider, order.provider),
        "may_cancel": order.state in ("placed", "accepted"),
        "may_return": return_is_open(order, timezone.now())
        and any(line.returned < line.quantity for line in order.lines.all()),
        "returns": order.returns.order_by("pk").prefetch_related("lines__line"),
        "refunds": Refund.objects.filter(payment__order=order).order_by("pk"),
        "may_review": order.state == "delivered",
        "invoices": order.invoices.order_by("pk"),
        "conversations": order.conversations.order_by("pk"),
        "return_key": secrets.token_urlsafe(16),
    }
    return framed(request, order.shop, "order", content, problem)
