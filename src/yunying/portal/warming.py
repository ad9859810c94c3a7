"""What the portal makes before a server's first visitor comes."""

import logging

from django.db import DatabaseError, connections

from yunying.portal.news.warming import site_warm
from yunying.portal.shop.warming import shops_warm

_log = logging.getLogger("yunying.portal")


def portal_warm() -> None:
    """Make what pages share, and a page of each kind, for nobody; no failure keeps a server from starting."""
    for make in (shops_warm, site_warm):
        try:
            make()
        except DatabaseError as error:
            # A server may start before its database does.
            _log.info("no page was made before the first visitor: %s", error)
        except Exception:
            # Who asks for that page will see what is wrong with it; others are served.
            _log.exception("a page could not be made before the first visitor")
        finally:
            # Nothing of it may pass into the workers.
            connections.close_all()
