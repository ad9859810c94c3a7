"""The alarm: a mail to whom the operator named, with what was found and where it is decided on."""

import logging
from datetime import datetime
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from yunying.portal.watch.findings import KINDS
from yunying.portal.watch.models import Incident

MOST_IN_A_MAIL, MOST_SEEN_CHARS = 20, 200
_log = logging.getLogger("yunying.portal")


def incidents_mail(now: datetime) -> int:
    """Tell of all confirmed incidents that nobody was told of, in one mail; how many. One that fails is tried again."""
    rows = list(Incident.objects.filter(state="confirmed", mailed_at=None).order_by("pk"))
    if not rows:
        return 0
    for row in rows:
        _log.error("defacement: %s %s %s", row.subject, row.kind, row.address)
    if not (settings.WATCH_MAIL and settings.EMAIL_HOST):
        return 0
    bodies = []
    for language in ("zh-hans", "en"):
        with translation.override(language):
            bodies.append(_body(rows))
            subject = _("Alarm: the portal shows what nobody published (%(count)s)") % {"count": len(rows)}
    try:
        send_mail(subject, "\n\n".join(bodies), settings.DEFAULT_FROM_EMAIL, settings.WATCH_MAIL)
    except (OSError, SMTPException):
        _log.exception("the alarm could not be mailed; it is tried again")
        return 0
    Incident.objects.filter(pk__in=[row.pk for row in rows]).update(mailed_at=now)
    return len(rows)


def _body(rows: list[Incident]) -> str:
    lines = [_("The portal shows what nobody published:"), ""]
    for row in rows[:MOST_IN_A_MAIL]:
        # What was seen is somebody else's text: it stands on one line and is no link of the site's.
        seen = " ".join(row.seen.split())[:MOST_SEEN_CHARS]
        lines += [f"- {_(KINDS[row.kind])}: {row.address or row.subject}", f"  {seen}"]
    if len(rows) > MOST_IN_A_MAIL:
        lines.append(_("and %(count)s more") % {"count": len(rows) - MOST_IN_A_MAIL})
    place = f"{settings.SHOP_ADDRESS or settings.WATCH_ADDRESS}{reverse('watch:list')}"
    return "\n".join([*lines, "", _("Look at it and decide: %(place)s") % {"place": place}])
