"""The simulated gateway's own page, and the door for the notices of every provider."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from yunying.kernel.errors import OperatorError
from yunying.portal.shop.models import Payment
from yunying.portal.shop.payments import notices_receive
from yunying.portal.shop.providers import PROVIDERS, providers_offered
from yunying.portal.shop.providers.gateway_simulator import GatewaySimulator
from yunying.portal.shop.views.frame import page as framed

MOST_BYTES = 100_000


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, reference: str) -> HttpResponse:
    payment = Payment.objects.filter(reference=reference).select_related("order__shop").first()
    gateway = PROVIDERS["gateway-simulator"]
    # Whoever opens its page pays with nothing, so it must not be there where real goods are sold.
    if payment is None or not isinstance(gateway, GatewaySimulator) or gateway.slug not in providers_offered():
        raise Http404
    order = payment.order
    if request.method == "POST":
        sent = gateway.pay(reference) if "pay" in request.POST else gateway.decline(reference)
        for body, signature in sent:
            notices_receive(gateway.slug, body, signature, timezone.now())
        return redirect("shop:order", order.shop.slug, order.token)
    try:
        row = gateway.due_at(reference)
    except OperatorError as error:
        raise Http404 from error
    return framed(request, order.shop, "gateway", {"row": row, "order": order})


@csrf_exempt
@require_POST
def notices(request: HttpRequest, provider: str) -> HttpResponse:
    """Signed notices as JSON; what came of each. A program calls it, so the answer is for programs."""
    if provider not in PROVIDERS:
        raise Http404
    if int(request.headers.get("Content-Length") or 0) > MOST_BYTES:
        return JsonResponse({"code": "too-large", "what": "Send fewer notices at once."}, status=413)
    try:
        told = notices_receive(provider, request.body, request.headers.get("X-Signature", ""), timezone.now())
    except OperatorError as error:
        refused = 401 if error.code == "bad-signature" else 400
        return JsonResponse({"code": error.code, "what": error.what, "remedy": error.remedy}, status=refused)
    return JsonResponse({"outcomes": told})
