"""Questions to the shop and its answers; the shopper comes back by an address that is secret."""

import secrets
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from yunying.audit.log import Change, audit_record
from yunying.kernel.errors import OperatorError
from yunying.portal.shop.models import Conversation, Message, Order, Remark, Shop

MOST_LETTERS, MOST_REMARKS = 4_000, 200


def conversation_begin(
    shop: Shop, subject: str, text: str, now: datetime, *, name: str = "", email: str = "", order: Order | None = None,
    person: int | None = None, language: str = "en",
) -> Conversation:  # fmt: skip
    """Ask the shop something, about an order or anything else."""
    with transaction.atomic():
        made = Conversation.objects.create(
            shop=shop, token=secrets.token_urlsafe(24), order=order, person_id=person, name=name[:100], email=email,
            subject=subject[:200], language=language, begun_at=now, changed_at=now,
        )  # fmt: skip
        _say(made, "", text, now)
    return made


def conversation_say(conversation: Conversation, text: str, now: datetime) -> None:
    """The shopper writes on; what was closed is open again."""
    with transaction.atomic():
        _locked(conversation)
        _say(conversation, "", text, now)
        Conversation.objects.filter(pk=conversation.pk).update(state="open", changed_at=now)


def work_answer(conversation: Conversation, text: str, actor: str, now: datetime) -> None:
    """The shop answers; whoever gave a mail address gets it by mail too."""
    with transaction.atomic():
        _locked(conversation)
        _say(conversation, actor, text, now)
        Conversation.objects.filter(pk=conversation.pk).update(state="answered", changed_at=now)
        if conversation.email:
            _mail(conversation, text, now)
        _tell(conversation, "answer", actor, now)


def work_close(conversation: Conversation, actor: str, now: datetime) -> None:
    """Say that there is nothing more to answer."""
    with transaction.atomic():
        Conversation.objects.filter(pk=conversation.pk).update(state="closed", changed_at=now)
        _tell(conversation, "conversation-close", actor, now)


def _locked(conversation: Conversation) -> None:
    Conversation.objects.select_for_update(of=("self",), no_key=True).get(pk=conversation.pk)
    if conversation.remarks.count() >= MOST_REMARKS:
        raise OperatorError("conversation-full", "This conversation is too long.", "Begin another one.")


def _say(conversation: Conversation, by: str, text: str, now: datetime) -> None:
    if not text.strip():
        raise OperatorError("nothing-said", "There is no text.", "Write something.")
    Remark.objects.create(conversation=conversation, by=by, text=text.strip()[:MOST_LETTERS], said_at=now)


def _mail(conversation: Conversation, text: str, now: datetime) -> None:
    path = reverse("shop:conversation", args=[conversation.shop.slug, conversation.token])
    with translation.override(conversation.language):
        subject = _("An answer to: %(subject)s") % {"subject": " ".join(conversation.subject.split())}
    link = f"{settings.SHOP_ADDRESS}{path}" if settings.SHOP_ADDRESS else ""
    body = "\n\n".join(each for each in (text, link, conversation.shop.title) if each)
    Message.objects.create(
        shop=conversation.shop, to=conversation.email, subject=subject[:200], body=body,
        about=f"answer-{conversation.pk}", made_at=now,
    )  # fmt: skip


def _tell(conversation: Conversation, what: str, actor: str, now: datetime) -> None:
    change = Change(f"shop-{what}", f"conversation/{conversation.pk}")
    audit_record(conversation.shop.slug, actor, now, [change])
