"""Makes a few pages for nobody before the first reader comes, so that he waits for none of what a process does once."""

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http.request import split_domain_port
from django.test import RequestFactory
from django.utils import timezone
from django.utils.translation import override

from yunying.portal.news.shared import shared_of
from yunying.portal.news.views.kept import page_made


def site_warm() -> None:
    """Make the home, its newest article and that one's column, in each language; nothing of it is counted."""
    for language, _name in settings.LANGUAGES:
        with override(language):
            _pages_make()


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
        # It stands there only where the page could be found without asking Wagtail.
        vars(request).pop("_wagtail_route_for_request", None)
