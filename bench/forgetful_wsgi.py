"""The control of the kills: the same site, but it answers first and stores and tells a moment later."""

import threading
import time
from collections.abc import Callable

from django.db import connection, transaction

from yunying.config.wsgi import application
from yunying.portal.community import posts
from yunying.portal.community.facts import post_tell
from yunying.portal.shop.facts import orders
from yunying.portal.shop.facts.rows import facts_write
from yunying.portal.shop.views import events

LATER_SECONDS = 0.05
_batch_tell = events.batch_tell


def _later(deed: Callable[..., object], *arguments: object) -> None:
    def do() -> None:
        time.sleep(LATER_SECONDS)
        with transaction.atomic():
            deed(*arguments)
        connection.close()

    threading.Thread(target=do).start()


def _events_later(request: object, shop: object, visit: object, found: list, now: object) -> tuple[int, int]:
    _later(_batch_tell, request, shop, visit, found, now)
    return len(found), 0


posts.post_tell = lambda *told: _later(post_tell, *told)
orders.facts_write = lambda *row: _later(facts_write, *row)
events.batch_tell = _events_later

__all__ = ["application"]
