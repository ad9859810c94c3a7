"""The token of a page's forms, as Django makes and checks it, drawn by one call for all its letters.

Django asks the system for each letter by itself, 64 times for a visitor's first page, which was a tenth of the work of
answering with a page that is kept.
"""

import os
from operator import add

from django.http import HttpRequest
from django.middleware.csrf import CSRF_ALLOWED_CHARS, CSRF_SECRET_LENGTH

_LETTERS = CSRF_ALLOWED_CHARS.encode()
_FAIR = 256 - 256 % len(_LETTERS)
# Bytes from here on would make the first letters likelier than others, so they are drawn again.
_UNFAIR = bytes(range(_FAIR, 256))
_LETTER_OF = bytes(_LETTERS[each % len(_LETTERS)] for each in range(256))
_PLACE_OF = bytes(max(_LETTERS.find(each), 0) for each in range(256))


def form_token(request: HttpRequest) -> str:
    """What ``get_token`` of Django gives: the visitor's secret under a mask of its own, the cookie renewed."""
    secret = request.META.get("CSRF_COOKIE")
    drawn = _letters(CSRF_SECRET_LENGTH if secret else 2 * CSRF_SECRET_LENGTH)
    if not secret:
        secret = request.META["CSRF_COOKIE"] = drawn[CSRF_SECRET_LENGTH:].decode()
    request.META["CSRF_COOKIE_NEEDS_UPDATE"] = True
    mask = drawn[:CSRF_SECRET_LENGTH]
    places = map(add, secret.encode().translate(_PLACE_OF), mask.translate(_PLACE_OF))
    return (mask + bytes(places).translate(_LETTER_OF)).decode()


def _letters(count: int) -> bytes:
    """So many letters and digits, each as likely as every other and known to nobody."""
    found = b""
    while len(found) < count:
        found += os.urandom(2 * count).translate(_LETTER_OF, _UNFAIR)
    return found[:count]
