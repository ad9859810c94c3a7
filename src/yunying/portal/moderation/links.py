"""Links in plain text: where they lead, and how they are shown."""

import re
from urllib.parse import urlsplit

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

_LINK = re.compile(r"https?://[^\s<>\"'`，。！？、；：（）《》“”‘’\u200b]+", re.IGNORECASE)
_BARE = re.compile(r"(?<![\w@./])(?:[a-z0-9-]+\.)+(?:com|cn|net|org|top|xyz|vip|cc|shop|club|site|info|icu|tk|ru|io)\b",
                   re.IGNORECASE)  # fmt: skip
_TAIL = ".,!?;:)]}"
MOST_LINK_CHARS = 500


def hosts_of(text: str) -> list[str]:
    """The hosts that a text names or links to, each once.

    >>> hosts_of("see https://Shop.example.com/a and win88.top, a.b")
    ['shop.example.com', 'win88.top']
    """
    hosts = [_host(found[0]) for found in _LINK.finditer(text)]
    hosts += [found[0].casefold() for found in _BARE.finditer(_LINK.sub(" ", text))]
    return list(dict.fromkeys(host for host in hosts if host))


def text_shown(text: str) -> SafeString:
    """Plain text as HTML: everything is escaped, web addresses become links that vouch for nothing."""
    parts, last = [], 0
    for found in _LINK.finditer(text):
        address = found[0].rstrip(_TAIL)
        if not _host(address) or len(address) > MOST_LINK_CHARS:
            continue
        parts += [escape(text[last : found.start()]),
                  f'<a href="{escape(address)}" rel="nofollow ugc noopener">{escape(address)}</a>']  # fmt: skip
        last = found.start() + len(address)
    parts.append(escape(text[last:]))
    return mark_safe("".join(parts))  # noqa: S308 - every part was escaped above


def _host(address: str) -> str:
    try:
        parts = urlsplit(address)
        return (parts.hostname or "").casefold() if parts.scheme.casefold() in ("http", "https") else ""
    except ValueError:
        return ""
