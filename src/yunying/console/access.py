"""Who may see a page and who may act; every page gets the one store that it may read."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language

from yunying.accounts.people import Person
from yunying.interventions.selectors.stores import store_day, stores_all
from yunying.org.active import scope_active
from yunying.org.grants import scope_of
from yunying.org.scope import Scope

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Desk:
    """What a page stands on: the person, the store, its day."""

    person: Person
    store: Any
    stores: list[Any]
    today: date
    scope: Scope

    @property
    def slug(self) -> str:
        """The store's id, the first argument of every selector and service."""
        return str(self.store.slug)

    @property
    def currency(self) -> str:
        """The store's currency."""
        return str(self.store.currency)

    @property
    def may_act(self) -> bool:
        """Whether the person decides on any part of the store, or only looks."""
        return self.scope.may_somewhere("decide", self.slug)

    def may(self, deed: str) -> bool:
        """Whether the person may do a deed to any part of the store."""
        return self.scope.may_somewhere(deed, self.slug)

    @property
    def sees_whole(self) -> bool:
        """Whether what speaks of all of the store's facts is the person's to see."""
        return self.scope.sees_whole(self.slug)

    @property
    def sees_totals(self) -> bool:
        """Whether the whole store's figures are the person's to see."""
        return self.scope.sees_totals(self.slug)

    @property
    def is_simulated(self) -> bool:
        """Whether the store's days can be advanced at will."""
        return bool(self.store.connector == "sim")


class DeskRequest(HttpRequest):
    """A request for a page of the desk."""

    desk: Desk
    htmx: Any


def desk_page(view: View) -> View:
    """A page for whoever is signed in; it reads only."""
    return _guarded(view, ("GET", "HEAD"), "see")


def desk_form(deed: str) -> Callable[[View], View]:
    """A page that shows a form to those who may do the deed to some part of the store, and takes it."""
    return lambda view: _guarded(view, ("GET", "HEAD", "POST"), deed)


def desk_deed(deed: str) -> Callable[[View], View]:
    """A deed for those who may do it to some part of the store; there is nothing to see at its address."""
    return lambda view: _guarded(view, ("POST",), deed)


def is_chinese() -> bool:
    """Whether this request is answered in Chinese."""
    return (get_language() or "en").startswith("zh")


def _guarded(view: View, methods: tuple[str, ...], deed: str) -> View:
    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in methods:
            return HttpResponseNotAllowed(methods)
        person, known = cast(Person, request.user), stores_all()
        scope = scope_of(person, timezone.now().date(), only=request.session.get("acting"))
        stores = [each for each in known if scope.sees(each.slug)]
        if not stores:
            if known and not scope.may_open_store:
                raise PermissionDenied
            return redirect("desk:welcome")
        chosen = request.session.get("store")
        store = next((each for each in stores if each.slug == chosen), stores[0])
        desk = Desk(person, store, stores, store_day(store), scope)
        if not desk.may(deed):
            raise PermissionDenied
        request.desk = desk  # type: ignore[attr-defined]
        with scope_active(scope):
            return view(request, *args, **kwargs)

    return guarded
