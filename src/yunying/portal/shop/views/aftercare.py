"""After the order: questions, reviews, invoices."""

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunying.accounts.addresses import address_of
from yunying.accounts.guesses import guess_begin
from yunying.kernel.errors import OperatorError
from yunying.portal.shop.conversations import conversation_begin, conversation_say
from yunying.portal.shop.invoices import invoice_of
from yunying.portal.shop.models import Conversation, Invoice, Order, Shop
from yunying.portal.shop.reviews import review_write
from yunying.portal.shop.views.frame import page as framed
from yunying.portal.shop.views.frame import shop_named, text_given
from yunying.portal.shop.views.orders import order_of, shown


class QuestionForm(forms.Form):
    """A question to the shop from somebody whom it may not know yet."""

    name = forms.CharField(max_length=100, required=False)
    email = forms.EmailField(required=False)
    subject = forms.CharField(max_length=200)
    text = forms.CharField(max_length=4_000)


@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest, shop: str) -> HttpResponse:
    the_shop, problem = shop_named(shop), None
    form = QuestionForm(request.POST) if request.method == "POST" else None
    if form is not None:
        try:
            if not form.is_valid():
                raise OperatorError("bad-question", "Something is missing or too long.", "Look at the fields below.")
            made = _begun(request, the_shop, None, **form.cleaned_data)
            return redirect("shop:conversation", shop, made.token)
        except OperatorError as error:
            problem = error
    given = form.data if form else {}
    return framed(request, the_shop, "contact", {"given": given}, problem)


@require_POST
def ask(request: HttpRequest, shop: str, token: str) -> HttpResponse:
    """Ask about an order, from its page."""
    order = order_of(shop, token)
    subject = _("Order %(number)s") % {"number": order.number}
    text = text_given(request.POST, "text", 4_000)
    try:
        made = _begun(request, order.shop, order, name=order.address.name, email=order.address.email, subject=subject,
                      text=text)  # fmt: skip
    except OperatorError as error:
        return shown(request, order, error)
    return redirect("shop:conversation", shop, made.token)


@require_http_methods(["GET", "HEAD", "POST"])
def conversation(request: HttpRequest, shop: str, token: str) -> HttpResponse:
    the_shop, problem = shop_named(shop), None
    found = Conversation.objects.filter(shop=the_shop, token=token).select_related("order").first()
    if found is None:
        raise Http404
    if request.method == "POST":
        try:
            _limited(request)
            conversation_say(found, text_given(request.POST, "text", 4_000), timezone.now())
            return redirect("shop:conversation", shop, token)
        except OperatorError as error:
            problem = error
    content = {"conversation": found, "remarks": found.remarks.order_by("pk")}
    return framed(request, the_shop, "conversation", content, problem)


@require_POST
def review(request: HttpRequest, shop: str, token: str, position: int) -> HttpResponse:
    order = order_of(shop, token)
    stars = request.POST.get("stars", "")
    try:
        review_write(
            order, min(position, 10**6), int(stars) if stars in ("1", "2", "3", "4", "5") else 0,
            text_given(request.POST, "text", 2_000), text_given(request.POST, "name", 40), timezone.now(),
        )  # fmt: skip
    except OperatorError as error:
        return shown(request, order, error)
    return redirect("shop:order", shop, token)


@require_safe
def invoices(request: HttpRequest, shop: str, token: str) -> HttpResponse:
    """The order's invoice, written now where the shop's turn did not come to it yet."""
    order = order_of(shop, token)
    found = invoice_of(order, timezone.now())
    if found is None:
        raise Http404
    return redirect("shop:invoice", shop, token, found.pk)


@require_safe
def invoice(request: HttpRequest, shop: str, token: str, id: int) -> HttpResponse:
    order: Order = order_of(shop, token)
    found = Invoice.objects.filter(order=order, pk=min(id, 2**62)).first()
    if found is None:
        raise Http404
    return framed(request, order.shop, "invoice", {"invoice": found, "told": found.content, "order": order})


def _begun(request: HttpRequest, shop: Shop, order: Order | None, **given: str) -> Conversation:
    _limited(request)
    person = request.user.pk if request.user.is_authenticated else None
    return conversation_begin(
        shop, given["subject"], given["text"], timezone.now(), name=given["name"], email=given["email"], order=order,
        person=person, language=get_language() or "en",
    )  # fmt: skip


def _limited(request: HttpRequest) -> None:
    if guess_begin([f"address/questions {address_of(request)}"], timezone.now()):
        raise OperatorError("too-many-guesses", "Too many attempts.", "Wait a while, then try again.")
