"""The name under which others know a member; never a mail address, which many sign in by."""

import unicodedata

from yunying.accounts.people import Person
from yunying.portal.members.models import Profile


def name_of(person: Person) -> str:
    """The nickname, else the name that he signs in by, else a number."""
    return shown_name(person, Profile.objects.filter(person=person).first())


def shown_name(person: Person, profile: Profile | None) -> str:
    """The same where the profile, or that there is none, is known."""
    if profile is not None and profile.nickname:
        return profile.nickname
    username = person.get_username()
    return username if "@" not in username else f"#{person.pk}"


def folded_name(name: str) -> str:
    """What two names are compared by.

    >>> folded_name("  Ａnna  B "), folded_name("ANNA b")
    ('anna b', 'anna b')
    """
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
