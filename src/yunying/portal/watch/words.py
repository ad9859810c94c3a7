"""What the states of an incident are called."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from yunying.portal.watch.findings import KINDS

WORDS: Mapping[str, str] = {
    "open": gettext_noop("Open"),
    "opened": gettext_noop("Seen once"),
    "confirmed": gettext_noop("Confirmed"),
    "closed": gettext_noop("Closed"),
    "ours": gettext_noop("It is ours"),
    "restored": gettext_noop("Put back as published"),
    "taken-down": gettext_noop("Taken down"),
    "passed": gettext_noop("It passed"),
}


def kind_words(kind: str) -> str:
    """What an incident is about, in the reader's language."""
    return _(KINDS[kind]) if kind in KINDS else kind
