"""Names that stand in keys, folders and links."""

import hashlib
import re

from yunying.kernel.errors import OperatorError

_STORE = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


def store_check(store: str) -> str:
    """Return the store's id, or raise OperatorError unless it is 1 to 63 of a-z, 0-9, ``-`` and ``_``.

    The id names a folder of the facts, so it stays plain; the store's title may be in any script.

    >>> store_check("taobao-01")
    'taobao-01'
    """
    if not _STORE.fullmatch(store):
        raise OperatorError(
            "bad-store",
            f"{store!r} cannot be the id of a store.",
            "Use 1 to 63 small Latin letters, digits, - and _, starting with a letter or digit, such as flagship-01.",
        )
    return store


def digest(text: str, length: int = 16) -> str:
    """The first ``length`` (1 to 64) hexadecimal digits of the SHA-256 of a text: stable across machines.

    >>> digest("运营", 8)
    '1433b0e6'
    """
    return hashlib.sha256(text.encode()).hexdigest()[:length]
