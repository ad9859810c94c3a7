"""What pages of one version of the catalogue share: made once, and kept until a price or feature changes by itself."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.core.cache import caches
from django.utils import timezone

from yunying.kernel.ids import digest
from yunying.portal.object_cache import uneven
from yunying.portal.shop.catalogue_version import KEPT, holds_until

Part = TypeVar("Part")


class Parts:
    """The kept parts of one version, as they hold at one moment; in the cache ``pages``, or ``parts`` of many pages."""

    def __init__(self, version: str, now: datetime) -> None:
        self.version, self.now = version, now
        # Django looks for the thread's own at each ``caches[...]``, and a page asks for six parts.
        self._caches = {name: caches[name] for name in ("pages", "parts")}
        self._until: datetime | None = None

    @property
    def until(self) -> datetime:
        """Until when what is made now may be kept; ask for it before what is to be kept is made."""
        if self._until is None:
            key = f"until-{self.version}"
            self._until = self.find("parts", key)
            if self._until is None:
                self._until = holds_until(self.now)
                self.keep("parts", key, self._until)
        return self._until

    def find(self, cache: str, key: str) -> Any:
        """What was kept and holds by the clock of the shop; that of the cache runs slower where a past is made."""
        if not settings.SHOP_PAGES:
            return None
        begun, until, made = self._caches[cache].get(key) or (self.now, self.now, None)
        return made if begun <= self.now < until else None

    def keep(self, cache: str, key: str, made: object) -> None:
        """Keep something as long as it holds, ``KEPT`` at most; each its own while: no minute makes all anew."""
        # What is known of the time ahead is asked for anew within KEPT, and always reaches as far again.
        until = min(self.until, self.now + timedelta(seconds=uneven(KEPT.total_seconds())))
        seconds = (until - timezone.now()).total_seconds()
        if settings.SHOP_PAGES and seconds > 0:
            self._caches[cache].set(key, (self.now, until, made), seconds)

    def shared(self, name: str, alike: tuple[object, ...], make: Callable[[], Part]) -> Part:
        """A part that is the same wherever ``alike`` is, found or made."""
        key = self.key(name, alike)
        found: Part | None = self.find("parts", key)
        if found is None:
            # A slow part must not outlive a price that begins meanwhile.
            _ = self.until
            found = make()
            self.keep("parts", key, found)
        return found

    def key(self, name: str, alike: tuple[object, ...]) -> str:
        """Where a part is kept."""
        return f"shop-{name}-{digest(repr((self.version, *alike)), 32)}"
