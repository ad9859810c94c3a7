"""The files of pictures; their address holds their content's digest, so they are kept for a year."""

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from yunying.portal.shop.pictures import WIDTHS, picture_path


@require_safe
def picture(request: HttpRequest, digest: str, width: int) -> HttpResponse:
    if width not in WIDTHS or not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise Http404
    try:
        content = picture_path(digest, width).read_bytes()
    except FileNotFoundError as error:
        raise Http404 from error
    response = HttpResponse(content, content_type="image/webp")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
