"""Makes a few pages for nobody before the first reader comes, so that he waits for none of what a process does once."""

import logging

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connections
from django.http.request import split_domain_port
from django.test import RequestFactory
from django.utils import timezone
from django.utils.translation import override

from yunying.portal.news.shared import shared_of
from yunying.portal.news.views.kept import page_made

_log = logging.getLogger("yunying.portal")


def site_warm() -> None:
    """Make the home, its newest article and that one's column, in each language; nothing of it is counted."""
    try:
        for language, _name in settings.LANGUAGES:
            with override(language):
                _pages_make()
    except DatabaseError as error:
        # A server may start before its database does.
        _log.info("no page was made before the first reader: %s", error)
    except Exception:
        # Who asks for that page will see what is wrong with it; others are served.
        _log.exception("a page could not be made before the first reader")
    finally:
        # Nothing of it may pass into the workers.
        connections.close_all()


def _pages_make() -> None:
    host = split_domain_port(settings.ALLOWED_HOSTS[0] if settings.ALLOWED_HOSTS else "localhost")[0]
    request = RequestFactory().get("/", headers={"host": host.strip("*.") or "localhost"})
    request.user = AnonymousUser()
    shared = shared_of(request)
    if shared.home is None:
        return
    paths = [""]
    for each in shared.newest(timezone.now(), shared.home.pk, shared.language("en"), "newest", 1):
        below = each.url_path.removeprefix(shared.home.url_path)
        paths += [below, below.rstrip("/").rpartition("/")[0]]
    for path in paths:
        page_made(request, path)
        del request._wagtail_route_for_request  # type: ignore[attr-defined]
