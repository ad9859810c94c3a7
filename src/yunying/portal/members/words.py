"""The words that name or reach a member, and texts without them."""

import re
from collections.abc import Callable, Iterable

from yunying.accounts.people import Person
from yunying.portal.members.models import Profile
from yunying.portal.shop.erasing import phones_of
from yunying.portal.shop.models import Address, Order, SavedAddress

FEWEST_CHARS = 2
GONE = "…"


def words_of(person: Person, email: str, orders: Iterable[Order]) -> set[str]:
    """Names, telephone numbers, mail addresses and streets of a member: of his account, profile, book and orders."""
    found = {person.get_username(), person.email, email, person.first_name, person.last_name, person.get_full_name()}
    found |= set(Profile.objects.filter(person=person).values_list("nickname", flat=True))
    for saved in SavedAddress.objects.filter(person=person):
        found |= {saved.name, saved.phone, saved.email, saved.street}
    return {word for word in found if len(word) >= FEWEST_CHARS} | order_words(orders)


def order_words(orders: Iterable[Order]) -> set[str]:
    """The same of orders alone."""
    rows = list(orders)
    addresses: list[Address] = [order.address for order in rows]
    found = {word for each in addresses for word in (each.name, each.phone, each.email, each.street)}
    return {word for word in found | phones_of(rows) if len(word) >= FEWEST_CHARS}


def without(words: Iterable[str]) -> Callable[[str], str]:
    """A function that puts three dots in the place of each word, in letters of either size.

    >>> without({"Ann", "王芳"})("I am ann, Anna knows me; 我叫王芳。")
    'I am …, Anna knows me; 我叫…。'
    """
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    if not longest_first:
        return lambda text: text
    pattern = re.compile("|".join(_bounded(word) for word in longest_first), re.IGNORECASE)
    return lambda text: pattern.sub(GONE, text)


def _bounded(word: str) -> str:
    """Part of a longer Latin word or number is another word; Chinese knows no such bounds."""
    before = "(?<![A-Za-z0-9])" if word[0].isascii() and word[0].isalnum() else ""
    after = "(?![A-Za-z0-9])" if word[-1].isascii() and word[-1].isalnum() else ""
    return f"{before}{re.escape(word)}{after}"
