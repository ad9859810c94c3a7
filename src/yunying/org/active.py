"""The scope that is active: every list of the ledger is read within one, and none is read without."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from yunying.kernel.errors import InternalError
from yunying.org.roles import ROLES
from yunying.org.scope import Scope

_ACTIVE: ContextVar[Scope | None] = ContextVar("scope", default=None)


@contextmanager
def scope_active(scope: Scope) -> Iterator[None]:
    """Read within a scope until the block ends."""
    token = _ACTIVE.set(scope)
    try:
        yield
    finally:
        _ACTIVE.reset(token)


@contextmanager
def scope_of_the_program() -> Iterator[None]:
    """Read everything: for the program's own work, never for what somebody asked to see."""
    with scope_active(Scope(0, (), everywhere=ROLES["coo"])):
        yield


def active_scope() -> Scope:
    """The scope that is active.

    Raises:
        InternalError: none is: a list that nobody limited must not be read.
    """
    scope = _ACTIVE.get()
    if scope is None:
        raise InternalError("no scope is active")
    return scope
