"""The portal's own work of a minute: what is due is published, what has expired goes, old marks are forgotten."""

from datetime import datetime

from django.core.management import call_command

from yunying.portal.news.hits import hits_write
from yunying.portal.news.site_version import changes_forget


def news_turn(now: datetime) -> None:
    """Do it once."""
    call_command("publish_scheduled", verbosity=0)
    hits_write(now)
    changes_forget(now)
