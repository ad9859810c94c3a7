"""What the watch adds to the editors' desk."""

from typing import Any

from django.http import HttpRequest
from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from yunying.portal.watch.views import SEE


class _WatchItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(SEE)


@hooks.register("register_admin_urls")
def addresses() -> list[Any]:
    """The pages of the watch."""
    return [path("watch/", include("yunying.portal.watch.urls"))]


@hooks.register("register_admin_menu_item")
def menu() -> MenuItem:
    """The way to it."""
    return _WatchItem(_("Watch"), reverse("watch:list"), name="watch", icon_name="view", order=900)
