"""Orders: the list with its filters, and one order with everything that can be done to it."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from yunying.kernel.errors import OperatorError
from yunying.portal.shop.catalogue_sheet import amount_read
from yunying.portal.shop.models import Message, Order, Refund, Return, Shop
from yunying.portal.shop.order_work import (
    work_cancel,
    work_come_back,
    work_deliver,
    work_money_came,
    work_refund,
    work_return_answer,
    work_return_receive,
    work_ship,
)
from yunying.portal.shop.providers import provider_of
from yunying.portal.shop.providers.contract import ByHand
from yunying.portal.shop.refunds import refund_send
from yunying.portal.shop.views.frame import text_given
from yunying.portal.shop.views.payment_names import PAYMENT_NAMES
from yunying.portal.staff.access import actor_of, framed, paged, staff

FILTERS = {
    "to-ship": Q(state="accepted"),
    "to-pay": Q(state="placed"),
    "shipped": Q(state="shipped"),
    "delivered": Q(state="delivered"),
    "cancelled": Q(state="cancelled"),
    "returns": Q(returns__state__in=("asked", "approved")),
}


@require_safe
@staff("see")
def order_list(request: HttpRequest, shop: Shop) -> HttpResponse:
    rows = Order.objects.filter(shop=shop).select_related("address").order_by("-placed_at", "-pk")
    chosen = text_given(request.GET, "state", 20)
    if chosen in FILTERS:
        rows = rows.filter(FILTERS[chosen]).distinct()
    for word in text_given(request.GET, "q", 100).split()[:4]:
        rows = rows.filter(
            Q(number__startswith=word) | Q(address__name__icontains=word) | Q(address__phone__contains=word)
            | Q(address__email__iexact=word) | Q(tracking=word)
        )  # fmt: skip
    content = {"rows": paged(request, rows), "chosen": chosen, "filters": FILTERS,
               "words": text_given(request.GET, "q", 100)}  # fmt: skip
    return framed(request, shop, "orders", content)


@require_safe
@staff("see")
def page(request: HttpRequest, shop: Shop, number: str) -> HttpResponse:
    return _shown(request, _order(shop, number), None)


@require_POST
@staff("orders")
def act(request: HttpRequest, shop: Shop, number: str, action: str) -> HttpResponse:
    order, now, actor = _order(shop, number), timezone.now(), actor_of(request)
    refund = None
    try:
        if action == "ship":
            given = (text_given(request.POST, "carrier", 60), text_given(request.POST, "tracking", 100))
            work_ship(order, *given, actor, now)
        elif action == "deliver":
            work_deliver(order, actor, now)
        elif action == "cancel":
            refund = work_cancel(order, actor, now)
        elif action == "come-back":
            refund = work_come_back(order, actor, now, is_sellable="spoilt" not in request.POST)
        elif action in ("return-approve", "return-refuse"):
            answer = text_given(request.POST, "answer", 300)
            work_return_answer(_return(request, order), answer, actor, now, is_approved=action == "return-approve")
        elif action == "return-receive":
            is_sellable = "spoilt" not in request.POST
            refund = work_return_receive(_return(request, order), actor, now, is_sellable=is_sellable)
        else:
            raise Http404
    except OperatorError as error:
        return _shown(request, order, error)
    if refund is not None:
        refund_send(refund, timezone.now())
    return redirect(f"{reverse('staff:order', args=[shop.slug, number])}?done=1")


@require_POST
@staff("money")
def act_money(request: HttpRequest, shop: Shop, number: str, action: str) -> HttpResponse:
    order, now, actor = _order(shop, number), timezone.now(), actor_of(request)
    try:
        if action == "refund":
            refund = _refund(request, order, actor, now)
            refund_send(refund, timezone.now())
        elif action == "came":
            amount = amount_read(request.POST.get("amount", ""), order.currency)
            if amount is None:
                raise OperatorError("bad-amount", "This is no amount.", "Write it like 12.50.")
            outcome = work_money_came(order, text_given(request.POST, "charge", 60), amount, actor, now)
            if outcome != "paid":
                raise OperatorError(
                    "money-not-paid", "The money is written down, but it does not pay this order.",
                    "It stands in the list of money to be sent back.",
                )  # fmt: skip
        else:
            raise Http404
    except OperatorError as error:
        return _shown(request, order, error)
    return redirect(f"{reverse('staff:order', args=[shop.slug, number])}?done=1")


def _refund(request: HttpRequest, order: Order, actor: str, now: datetime) -> Refund:
    amounts: dict[int, int] = {}
    for name in ("shipping", *(f"line-{line.position}" for line in order.lines.all())):
        amount = amount_read(request.POST.get(name, "") or "0", order.currency)
        if amount is None:
            raise OperatorError("bad-amount", "This is no amount.", "Write it like 12.50.")
        amounts[0 if name == "shipping" else int(name[5:])] = amount
    shipping = amounts.pop(0)
    key = f"staff-{order.pk}-{text_given(request.POST, 'key', 24)}"
    return work_refund(order, amounts, shipping, key, text_given(request.POST, "reason", 300), actor, now)


def _return(request: HttpRequest, order: Order) -> Return:
    pk = request.POST.get("return", "")
    found = Return.objects.filter(order=order, pk=int(pk)).first() if pk.isdecimal() and len(pk) < 19 else None
    if found is None:
        raise Http404
    return found


def _order(shop: Shop, number: str) -> Order:
    rows = Order.objects.filter(shop=shop, number=number.replace("\x00", ""))
    found = rows.select_related("shop", "address", "shipping_method", "person").first()
    if found is None:
        raise Http404
    return found


def _shown(request: HttpRequest, order: Order, problem: OperatorError | None) -> HttpResponse:
    order.refresh_from_db()
    payments = list(order.payments.order_by("pk"))
    refunds = list(Refund.objects.filter(payment__order=order).order_by("pk"))
    returns = list(order.returns.order_by("pk").prefetch_related("lines__line"))
    content = {
        "order": order,
        "lines": order.lines.order_by("position"),
        "payments": payments,
        "refunds": refunds,
        "returns": returns,
        "steps": _steps(order, refunds, returns),
        "mails": Message.objects.filter(shop=order.shop, about__endswith=f"-{order.number}").order_by("pk"),
        "payment_name": PAYMENT_NAMES.get(order.provider, order.provider),
        "is_by_hand": any(isinstance(provider_of(each.provider), ByHand) for each in payments) and not order.paid_at,
        "left_minor": order.paid_minor - order.refunded_minor,
        "conversations": order.conversations.order_by("pk"),
        "invoices": order.invoices.order_by("pk"),
        "key": secrets.token_hex(8),
    }
    return framed(request, order.shop, "order", content, problem)


def _steps(order: Order, refunds: Sequence[Refund], returns: Sequence[Return]) -> list[tuple[datetime, str, int]]:
    """What happened to an order, in its order: the moment, the name, an amount where there is one."""
    steps = [(order.placed_at, "placed", order.total_minor), (order.paid_at, "paid", order.paid_minor),
             (order.shipped_at, "shipped", 0), (order.delivered_at, "delivered", 0),
             (order.cancelled_at, "cancelled", 0)]  # fmt: skip
    steps += [(each.ended_at, f"refund-{each.state}", each.amount_minor) for each in refunds]
    steps += [(each.asked_at, "return-asked", 0) for each in returns]
    steps += [(each.received_at, "return-received", 0) for each in returns]
    return sorted((step for step in steps if step[0] is not None), key=lambda step: step[0])
