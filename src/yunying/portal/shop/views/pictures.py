"""The files of pictures; their address holds their content's digest, so they are kept for a year."""

import re

from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from yunying.portal.shop.pictures import WIDTHS, picture_path


@require_safe
def picture(request: HttpRequest, digest: str, width: int) -> FileResponse:
    if width not in WIDTHS or not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise Http404
    try:
        handle = picture_path(digest, width).open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(handle, content_type="image/webp")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
