"""Who calls: a token, its person, and the scope within which everything of the request is read and done."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from yunying.accounts.addresses import address_of
from yunying.accounts.people import Person
from yunying.accounts.tokens import token_of
from yunying.api.limits import call_count
from yunying.api.refusals import Refused, not_found
from yunying.interventions.selectors.stores import stores_all
from yunying.org.active import scope_active
from yunying.org.grants import scope_of
from yunying.org.roles import DEEDS
from yunying.org.scope import Scope


@dataclass(frozen=True)
class Caller:
    """A token with its person and what the two together may do."""

    token: int
    person: Person
    scope: Scope

    def stores(self) -> list[Any]:
        """The stores of which the caller may do anything."""
        return [each for each in stores_all() if self.reaches(each.slug)]

    def reaches(self, store: str) -> bool:
        """Whether the store exists for the caller: a token that only brings facts in sees nothing of it."""
        return any(self.scope.may_somewhere(deed, store) for deed in DEEDS)

    def store(self, slug: str, deed: str) -> Any:
        """The store, if the deed may be done in it.

        Raises:
            Refused: there is no such store for the caller, or the deed is not his.
        """
        found = next((each for each in self.stores() if each.slug == slug), None)
        if found is None:
            raise not_found()
        if not self.scope.may_somewhere(deed, slug):
            raise Refused("not-allowed", f"This token may not do that here ({deed}).", "Use a token that may.")
        return found


class TokenAuth(HttpBearer):
    """``Authorization: Bearer yy_...``; each call counts, by its token or else by its address."""

    def __call__(self, request: HttpRequest) -> Any:
        kind, _, text = request.headers.get("Authorization", "").partition(" ")
        caller = self.authenticate(request, text.strip()) if kind.lower() == "bearer" else None
        if caller is None:
            call_count(f"address/{address_of(request)}", settings.API_ADDRESS_LIMIT)
        return caller

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        now = timezone.now()
        found = token_of(token, now)
        if found is None:
            return None
        call_count(f"token/{found.pk}", settings.API_TOKEN_LIMIT)
        person = found.person
        # A program is no fresh sign-in of the person behind it, however lately that was.
        person.last_login = None
        scope = scope_of(person, now.date()).narrowed(found.stores, found.deeds)
        return Caller(found.pk, person, scope)


def caller_of(request: HttpRequest) -> Caller:
    """Who sent the request."""
    return cast(Caller, request.auth)


def scoped(view: Callable[..., Any]) -> Callable[..., Any]:
    """Run a view within the caller's scope: no list can be read outside of it."""

    @wraps(view)
    def within(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        with scope_active(caller_of(request).scope):
            return view(request, *args, **kwargs)

    return within
