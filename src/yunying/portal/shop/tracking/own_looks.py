"""The site's own looks at its pages: counted nowhere, and like those of any returning reader to whoever serves them.

What serves another page to a program would serve the published one to a program that says it is the watch. So a look
carries the cookie that every reader's browser carries after its first form, and only the site's key tells its value
from another reader's.
"""

import hmac
import secrets
import string

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

_LETTERS = string.ascii_letters + string.digits
_CHOSEN, _WHOLE = 12, 32
_SALT = "yunying.portal.own-looks"


def mark_made() -> str:
    """A value of the forms' cookie (32 letters and digits) by which the site knows its own look."""
    chosen = "".join(secrets.choice(_LETTERS) for _ in range(_CHOSEN))
    return chosen + _code(chosen)


def is_own_look(request: HttpRequest) -> bool:
    """Whether a request is one of the site's own."""
    given = request.COOKIES.get(settings.CSRF_COOKIE_NAME, "")
    if len(given) != _WHOLE or not given.isascii():
        return False
    return hmac.compare_digest(given[_CHOSEN:], _code(given[:_CHOSEN]))


def _code(chosen: str) -> str:
    number, code = int(salted_hmac(_SALT, chosen, algorithm="sha256").hexdigest(), 16), ""
    while len(code) < _WHOLE - _CHOSEN:
        number, at = divmod(number, len(_LETTERS))
        code += _LETTERS[at]
    return code
