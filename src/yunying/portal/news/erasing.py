"""What the portal's articles keep of a reader who is erased: a report of his stays, without who sent it."""

from collections.abc import Callable

from django.db.models import Q

from yunying.accounts.people import Person
from yunying.portal.news.models import Report
from yunying.portal.shop.models import Message


def reader_forget(person: Person, email: str, without: Callable[[str], str]) -> None:
    """Strip a reader's reports and drop the mails in which he told friends, in the caller's transaction.

    Favourites and shares go with the account itself.
    """
    mine = Q(person=person)
    if email:
        mine |= Q(contact__icontains=email)
    for row in Report.objects.filter(mine):
        Report.objects.filter(pk=row.pk).update(
            person=None, contact="", words=without(row.words), answer=without(row.answer)
        )
    Message.objects.filter(about=f"article-{person.pk}").delete()
    for name in {person.get_full_name(), person.get_username()} - {""}:
        # Mails from before each was marked with who let it be sent begin with his name.
        Message.objects.filter(about="article", body__startswith=f"{name} ").delete()
