"""The key of a form: made by the server with the moment, so that a form counts once and tells how long it took."""

import secrets
from datetime import datetime, timedelta

from django.core import signing

from yunying.kernel.errors import OperatorError

_SALT = "yunying.community.form"
HOLDS = timedelta(days=1)


def form_key(now: datetime) -> str:
    """A key for one form that is shown now."""
    return signing.dumps([secrets.token_hex(12), int(now.timestamp() * 1000)], salt=_SALT)


def form_key_read(text: str, now: datetime) -> tuple[str, timedelta]:
    """The key's own part, and how long ago its form was shown.

    Raises:
        OperatorError: it is no key of ours, or too old.
    """
    try:
        own, moment = signing.loads(text, salt=_SALT)
    except signing.BadSignature as error:
        raise _old() from error
    typed = timedelta(milliseconds=int(now.timestamp() * 1000) - moment)
    if not timedelta() <= typed <= HOLDS:
        raise _old()
    return own, typed


def _old() -> OperatorError:
    return OperatorError("form-old", "This form is too old.", "Look at your text below and send it once more.")
