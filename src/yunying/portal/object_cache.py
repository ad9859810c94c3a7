"""A cache of one process that hands out what it was given: for finished pages and their parts, which nobody changes."""

import secrets
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.locmem import LocMemCache


def uneven(seconds: float) -> float:
    """Between half of so many seconds and all of them: what a crowd made at once is not made anew at once."""
    return seconds * (0.5 + secrets.randbelow(1_000) / 2_000)


class ObjectCache(LocMemCache):
    """Django's local memory without its copy of each value, which took a fifth of answering with a kept page.

    What is kept is shared by all threads, so it must not be changed afterwards.
    """

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """What was kept, itself and no copy."""
        key = self.make_key(key, version)
        with self._lock:
            if self._has_expired(key):
                self._delete(key)
                return default
            self._cache.move_to_end(key, last=False)
            return self._cache[key]

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Keep a value."""
        key = self.make_key(key, version)
        with self._lock:
            self._set(key, value, timeout)

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Keep a value unless there is one; whether it was kept."""
        key = self.make_key(key, version)
        with self._lock:
            if not self._has_expired(key):
                return False
            self._set(key, value, timeout)
            return True

    incr = BaseCache.incr
