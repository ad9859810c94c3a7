"""Comments on interventions; whoever is named by ``@name`` finds it among what waits for him."""

import re

from django.db import transaction
from django.utils import timezone

from yunying.accounts.people import Person
from yunying.audit.log import Change, audit_record
from yunying.interventions.rights import deed_check
from yunying.kernel.errors import OperatorError
from yunying.management.covering import people_offered, piece_about, seen_row
from yunying.management.models import Comment, Mention

MOST_CHARS = 2_000
# A sign within a word, as in an e-mail address, names nobody; a full stop ends the sentence.
_NAMED = re.compile(r"(?<![\w.+-])@([\w+-]+(?:[.@][\w+-]+)*)")


def comment_write(store: str, intervention: int, text: str, actor: Person) -> Comment:
    """Write about an intervention.

    Raises:
        OperatorError: it is not there, the text is empty or too long, or names somebody who does not see it.
    """
    row = seen_row(store, intervention)
    deed_check(actor, "see", store, piece_about(row))
    text, now = text.strip(), timezone.now()
    if not 1 <= len(text) <= MOST_CHARS:
        raise OperatorError("bad-text", f"A comment has 1 to {MOST_CHARS} characters.", "Write less, or something.")
    people = {each.get_username().casefold(): each for each in people_offered(store, row)}
    named = {}
    for name in names_in(text):
        person = people.get(name.casefold())
        if person is None:
            what = f"Nobody who sees this is called {name!r}."
            raise OperatorError("unknown-person", what, "Choose a name from the list, or write it without the sign.")
        named[person.pk] = person
    with transaction.atomic():
        comment = Comment.objects.create(store=store, intervention=row, author=actor, text=text, at=now)
        Mention.objects.bulk_create([Mention(comment=comment, person=person) for person in named.values()])
        after = {"text": text, "named": sorted(each.get_username() for each in named.values())}
        change = Change("comment", f"intervention/{intervention}", after=after)
        audit_record(store, actor.get_username(), now, [change])
    return comment


def mentions_looked_at(store: str, person: Person) -> None:
    """The person has seen where he is named."""
    Mention.objects.filter(person=person, read_at=None, comment__store=store).update(read_at=timezone.now())


def names_in(text: str) -> list[str]:
    """The names behind an ``@``.

    >>> names_in("@chen see this, @li.na. Mail a@b.example; @王芳，请看")
    ['chen', 'li.na', '王芳']
    """
    return _NAMED.findall(text)
