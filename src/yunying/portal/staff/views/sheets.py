"""The catalogue as a file."""

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from yunying.kernel.errors import FactError, OperatorError
from yunying.portal.shop.catalogue_sheet import MOST_BYTES, sheet_read, sheet_write
from yunying.portal.shop.models import Shop
from yunying.portal.staff.access import actor_of, staff
from yunying.portal.staff.views.catalogue import listed


@require_safe
@staff("catalogue")
def export(request: HttpRequest, shop: Shop) -> StreamingHttpResponse:
    # Costs are in it, so it takes the deed that may change them.
    response = StreamingHttpResponse(sheet_write(shop, timezone.now()), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{shop.slug}-products.csv"'
    return response


@require_POST
@staff("catalogue")
def receive(request: HttpRequest, shop: Shop) -> HttpResponse:
    sent = request.FILES.get("file")
    try:
        if sent is None:
            raise OperatorError("no-file", "There is no file.", "Choose one.")
        made, changed = sheet_read(shop, sent.read(MOST_BYTES + 1), actor_of(request), timezone.now())
    except (OperatorError, FactError) as error:
        return listed(request, shop, error)
    return redirect(f"{reverse('staff:products', args=[shop.slug])}?done=1&made={made}&changed={changed}")
