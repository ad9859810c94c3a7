"""Refusals in the person's language: services answer in English with a stable code, and the code is translated here."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from yunying.console.access import is_chinese
from yunying.console.file_refusals import FILES

# The code's meaning and remedy, where it is one that a person meets at the desk.
KNOWN = {
    "expired": (gettext_noop("It no longer holds."), gettext_noop("Make today's plan anew.")),
    "changed": (
        gettext_noop("It changed while you were deciding."),
        gettext_noop("Look at it again, then decide anew."),
    ),
    "over-budget": (
        gettext_noop("It does not fit what is left of the budget."),
        gettext_noop("Raise the budget, approve less, or cancel something."),
    ),
    "not-found": (gettext_noop("It is not in this store."), gettext_noop("Open the list again.")),
    "bad-day": (gettext_noop("That day has passed already."), gettext_noop("Give a later day.")),
    "not-allowed": (gettext_noop("You may look but not act."), gettext_noop("Ask the store's manager to do it.")),
    "bad-budget": (
        gettext_noop("The period is empty or the cap below zero."),
        gettext_noop("Give a later end, a cap from 0."),
    ),
    "budget-overlaps": (gettext_noop("Another budget holds some of these days."), gettext_noop("Choose other days.")),
    "budget-committed": (
        gettext_noop("More than that is reserved or spent already."),
        gettext_noop("Give a larger cap, or cancel first."),
    ),
    "not-free": (
        gettext_noop("So much is not free in that budget."),
        gettext_noop("Move less, or cancel something first."),
    ),
    "own-move": (gettext_noop("You asked for this move."), gettext_noop("Somebody else has to agree to it.")),
    "bad-command": (gettext_noop("It cannot be done as given."), gettext_noop("Mend the marked fields.")),
    "bad-setting": (gettext_noop("That value does not fit."), gettext_noop("Stay within the bounds.")),
    "invitation-over": (gettext_noop("This invitation does not hold."), gettext_noop("Ask for a new one.")),
    "too-many-guesses": (gettext_noop("Too many attempts."), gettext_noop("Wait, then try again.")),
    "wrong-code": (
        gettext_noop("The code is wrong or was used already."),
        gettext_noop("Wait for the next one, then try it."),
    ),
    "weak-password": (
        gettext_noop("The password is too weak."),
        gettext_noop("Give at least 10 characters, no usual word."),
    ),
    "unknown-person": (
        gettext_noop("Nobody who sees this is called that."),
        gettext_noop("Choose a name from the list, or write it without the sign."),
    ),
    "no-title": (gettext_noop("It says nothing."), gettext_noop("Write something, not too long.")),
    "bad-text": (gettext_noop("It says nothing."), gettext_noop("Write something, not too long.")),
    "name-taken": (gettext_noop("That name is taken."), gettext_noop("Choose another.")),
    "bad-name": (gettext_noop("That is no log-in name."), gettext_noop("Use 2 to 150 letters, digits and . @ + - _")),
    "bad-email": (gettext_noop("That is no e-mail address."), gettext_noop("Give one such as a@b.example.")),
    "identity-refused": (
        gettext_noop("The identity provider's answer cannot be trusted."),
        gettext_noop("Begin again from the sign-in page."),
    ),
    "needs-second": (gettext_noop("It needs a second person."), gettext_noop("Ask a second person to approve it.")),
    "newer-proposal": (gettext_noop("There is a newer proposal for it."), gettext_noop("Decide on the newer one.")),
    "not-yours": (gettext_noop("Only a role of one's own can be handed over."), gettext_noop("Choose one of yours.")),
    "is-done": (gettext_noop("The task is done already."), gettext_noop("Open the list again.")),
    "factor-set": (gettext_noop("There is a second factor already."), gettext_noop("Take it away first.")),
    "try-again": (gettext_noop("Codes were being made already."), gettext_noop("Try again.")),
    "unknown-role": (gettext_noop("There is no such role."), gettext_noop("Choose one from the list.")),
    "unknown-place": (gettext_noop("There is no such company, brand or store."), gettext_noop("Make it first.")),
    "unknown-store": (gettext_noop("There is no such store."), gettext_noop("Choose one of yours.")),
    "no-simulation": (gettext_noop("It is no simulated store."), gettext_noop("Its days pass by themselves.")),
    "no-dates": (gettext_noop("The store has no orders and no stock yet."), gettext_noop("Import its orders.")),
    "run-lost": (gettext_noop("Another worker has taken it over."), gettext_noop("Nothing to do: it goes on there.")),
    "used-promotion": (
        gettext_noop("A promotion of that name is running or planned."),
        gettext_noop("Give the new one a name of its own."),
    ),
    "bad-price": (gettext_noop("A list price must be above 0."), gettext_noop("Give a price above 0.")),
    "identity-taken": (gettext_noop("That sign-in belongs to another account."), gettext_noop("Use another one.")),
    "closed-account": (gettext_noop("The account is closed."), gettext_noop("Ask whoever manages people.")),
}
STATES = {
    "already-": (gettext_noop("It has been decided already."), gettext_noop("Open it to see its history.")),
    "is-": (
        gettext_noop("Its state does not allow that any more."),
        gettext_noop("Open it to see its history."),
    ),
}


@dataclass(frozen=True)
class Words:
    """What is wrong and what to do; ``exact`` is what the service said of a file, where that was put in other words."""

    code: str
    what: str
    remedy: str
    exact: str = ""


def refusal_words(code: str, what: str, remedy: str) -> Words:
    """The refusal as the person reads it; English keeps the service's own, more exact words."""
    if not is_chinese():
        return Words(code, what, remedy)
    if code in FILES:
        return Words(code, *map(_, FILES[code]), what)
    known = KNOWN.get(code) or next((words for start, words in STATES.items() if code.startswith(start)), None)
    return Words(code, _(known[0]), _(known[1])) if known else Words(code, what, remedy)
