"""Who may do what to which row: the services' one door to ``org``."""

from datetime import timedelta

from django.utils import timezone

from yunying.accounts.people import Person
from yunying.interventions.models import Intervention
from yunying.kernel.errors import OperatorError
from yunying.kernel.money import minor_digits
from yunying.org.grants import people_of, scope_of
from yunying.org.scope import ANYTHING, Piece, Scope

FRESH = timedelta(minutes=10)
"""Whoever approves alone what he composed himself has signed in within so much time."""
ALONE_WAIT = timedelta(minutes=15)
"""And his command waits so long, so that it can be noticed."""


def deed_check(actor: Person | None, deed: str, store: str, piece: Piece | None = None) -> Scope:
    """The actor's scope, if he may do a deed to a piece of a store, or, without a piece, to any part of it.

    Args:
        actor: None for the program itself.

    Raises:
        OperatorError: he may not; of a store that he does not see nothing is told.
    """
    if actor is None:
        return Scope(0, ())
    scope = scope_of(actor, timezone.now().date())
    if not scope.sees(store):
        raise OperatorError("unknown-store", f"There is no store {store!r}.", "Choose one of yours.")
    allowed = scope.may_somewhere(deed, store) if piece is None else scope.may(deed, store, piece)
    if not allowed:
        what = f"{actor.get_username()} may not do that here ({deed})."
        raise OperatorError("not-allowed", what, "Ask the store's manager to do it, or for the role.")
    return scope


def opening_check(actor: Person | None, store: str, deed: str) -> None:
    """Refuse whoever may neither do the deed in the store nor begin a store that nobody has placed yet."""
    if actor is None:
        return
    scope = scope_of(actor, timezone.now().date())
    if not (scope.may_somewhere(deed, store) or (scope.may_open_store and not scope.sees(store))):
        deed_check(actor, deed, store)


def is_able_to_act(actor: Person, store: str, piece: Piece = ANYTHING) -> bool:
    """Whether an account still may decide on a piece of a store."""
    return scope_of(actor, timezone.now().date()).may("decide", store, piece)


def piece_of(row: Intervention) -> Piece:
    """What a row is about."""
    return Piece(row.practice, row.category, row.channel, row.style)


def approval_refusal(scope: Scope, row: Intervention, actor: Person) -> tuple[str, str, str] | None:
    """Why somebody may not approve a row's amount, or must not because it is his own; None if he may."""
    digits = minor_digits(row.currency)
    if not scope.may_spend(row.store, piece_of(row), row.cost_minor, digits):
        return "over-limit", f"“{row.title_en}” is above what you approve.", "Ask somebody with a larger amount."
    if not scope.has_rules or row.composer_id != actor.pk:
        return None
    if others_who_may(row, actor):
        return "own-proposal", f"“{row.title_en}” is your own.", "Somebody else has to approve it."
    if actor.last_login is None or timezone.now() - actor.last_login > FRESH:
        return "sign-in-again", f"Nobody else can approve “{row.title_en}”.", "Sign in again, then approve it yourself."
    return None


def is_alone(scope: Scope, row: Intervention, actor: Person) -> bool:
    """Whether somebody approves what he composed himself, because nobody else can."""
    return scope.has_rules and row.composer_id == actor.pk


def second_is_needed(scope: Scope, row: Intervention, actor: Person) -> bool:
    """Whether an amount needs a second person, and there is one."""
    if not scope.has_rules or not scope.needs_second(row.store, row.cost_minor, minor_digits(row.currency)):
        return False
    return bool(others_who_may(row, actor))


def others_who_may(row: Intervention, actor: Person) -> list[Person]:
    """The other people who could approve a row."""
    today = timezone.now().date()
    people = {person.pk: person for person, _ in people_of(row.store, today) if person.pk != actor.pk}
    found = []
    for person in people.values():
        scope = scope_of(person, today)
        if scope.may_spend(row.store, piece_of(row), row.cost_minor, minor_digits(row.currency)):
            found.append(person)
    return found
