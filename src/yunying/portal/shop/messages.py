"""Sending the messages that wait. A worker that dies between sending and writing it down leaves one unsent for good."""

from datetime import datetime

from django.conf import settings
from django.core.mail import send_mail

from yunying.portal.shop.models import Message


def messages_send(now: datetime) -> int:
    """Send what waits by mail; each is claimed first, so that two workers never send one twice. How many went."""
    if not settings.EMAIL_HOST:
        return 0
    count = 0
    for message in Message.objects.filter(state="waiting").order_by("pk"):
        if not Message.objects.filter(pk=message.pk, state="waiting").update(state="sending"):
            continue
        try:
            send_mail(message.subject, message.body, None, [message.to])
        except OSError:
            Message.objects.filter(pk=message.pk).update(state="waiting")
            continue
        Message.objects.filter(pk=message.pk).update(state="sent", sent_at=now)
        count += 1
    return count
