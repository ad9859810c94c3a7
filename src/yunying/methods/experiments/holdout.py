"""Which units keep the old rule: drawn by a hash, the same on every machine and in every language."""

import hashlib

from yunying.kernel.errors import InternalError

_SPAN = 2**64


def holdout_drawn(store: str, practice: str, window: str, unit: str, *, rate: float) -> bool:
    """Whether a unit keeps the old rule for one window.

    The draw is uniform, and independent between windows, practices, stores and units: the first 64 bits of the SHA-256
    of the four texts, each in UTF-8 behind its length in bytes (8 bytes, the highest first), are held against the rate.

    Args:
        store, practice, window, unit: any texts; together they name the draw.
        rate: share of the units to hold out, 0 to 1. A unit held out at one rate is held out at every higher one.

    Raises:
        InternalError: the rate is not from 0 to 1.

    Example:
        >>> holdout_drawn("demo", "purchasing", "2026-W10", "P0002", rate=0.1)
        False
        >>> sum(holdout_drawn("demo", "purchasing", "2026-W10", f"P{number}", rate=0.1) for number in range(10_000))
        990
    """
    if not 0.0 <= rate <= 1.0:
        raise InternalError(f"a holdout rate is from 0 to 1, not {rate}")
    digest = hashlib.sha256()
    for text in (store, practice, window, unit):
        coded = text.encode()
        digest.update(len(coded).to_bytes(8, "big") + coded)
    return int.from_bytes(digest.digest()[:8], "big") < rate * _SPAN
