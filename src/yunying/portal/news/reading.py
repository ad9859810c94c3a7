"""What readers do with an article: keep it, report it, tell a friend by mail."""

from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from yunying.accounts.people import Person
from yunying.kernel.errors import OperatorError
from yunying.portal.news.models import ArticleFavourite, ArticlePage, Report
from yunying.portal.news.shares import (
    MOST_MAILS_A_DAY,
    MOST_MAILS_TO_ONE_A_DAY,
    MOST_REPORTS_A_DAY,
    sending_take,
)
from yunying.portal.shop.models import Message, Shop

MOST_FAVOURITES = 1_000


def article_keep(person: Person, article: ArticlePage, now: datetime, *, kept: bool) -> None:
    """Let a person keep an article, or not any more."""
    mine = ArticleFavourite.objects.filter(person=person)
    if not kept:
        mine.filter(article=article).delete()
        return
    if mine.count() >= MOST_FAVOURITES:
        raise OperatorError(
            "favourites-full", gettext_noop("You keep as many articles as you may."), gettext_noop("Let one go first.")
        )
    ArticleFavourite.objects.bulk_create(
        [ArticleFavourite(person=person, article=article, kept_at=now)], ignore_conflicts=True
    )


def article_report(
    article: ArticlePage, reason: str, words: str, contact: str, now: datetime, *, address: str, person: Person | None
) -> None:
    """Keep a reader's report for the editors."""
    if reason not in Report.REASONS:
        raise OperatorError("bad-reason", gettext_noop("This is none of the reasons."), gettext_noop("Choose one."))
    with transaction.atomic():
        sending_take(f"report/{address}", MOST_REPORTS_A_DAY, now)
        Report.objects.create(
            article=article, reason=reason, words=words, contact=contact, person=person, reported_at=now
        )


def article_mail(person: Person, article: ArticlePage, to: str, link: str, shop: Shop, now: datetime) -> None:
    """Let a mail wait to be sent that tells a friend of an article, in words of the site only."""
    try:
        validate_email(to)
    except ValidationError as error:
        raise OperatorError("bad-email", gettext_noop("This is no mail address."), gettext_noop("Check it.")) from error
    if not settings.EMAIL_HOST:
        raise OperatorError(
            "no-mail", gettext_noop("This site sends no mail."), gettext_noop("Send the link yourself.")
        )
    sender = person.get_full_name() or person.get_username()
    with transaction.atomic():
        sending_take(f"mail/{person.pk}", MOST_MAILS_A_DAY, now)
        sending_take(f"mail-to/{to.casefold()}", MOST_MAILS_TO_ONE_A_DAY, now)
        subject = _("%(name)s recommends: %(title)s") % {"name": sender, "title": article.title}
        body = _("%(name)s thought of you while reading this:\n\n%(title)s\n%(summary)s\n\n%(link)s") % {
            "name": sender, "title": article.title, "summary": article.summary, "link": link,
        }  # fmt: skip
        Message.objects.create(
            shop=shop, to=to, subject=" ".join(subject.split())[:200], body=body, about=f"article-{person.pk}",
            made_at=now,
        )  # fmt: skip
