"""As whom the watch looks: what serves another page to some readers must serve it to one of these."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from yunying.portal.watch.site import cookies_of

_DESKTOP = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
)
_PHONE = (
    "Mozilla/5.0 (Linux; Android 15; PJZ110) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile "
    "Safari/537.36"
)
_BAIDU = "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)"
_GOOGLE = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
_ACCEPTS = {"zh-hans": "zh-CN,zh;q=0.9", "en": "en-US,en;q=0.9"}
NOTICE = "news_notice"
"""A cookie that readers have who closed an announcement; with a value of its own a page is made anew for it."""


@dataclass(frozen=True)
class Reader:
    """A kind of reader: its name, the language that the site answers it in, and its headers."""

    name: str
    language: str
    headers: Mapping[str, str]

    def sent(self, notice: str = "") -> dict[str, str]:
        """The headers of one look; with a ``notice`` that nobody has, for a page that no reader was answered with."""
        return {**self.headers, "Cookie": cookies_of(**({NOTICE: notice} if notice else {}))}

    def speaking(self, language: str) -> "Reader":
        """The same who reads a language of the site, ``zh-hans`` or ``en``."""
        return replace(self, language=language, headers={**self.headers, "Accept-Language": _ACCEPTS[language]})


def _reader(name: str, language: str, agent: str, **more: str) -> Reader:
    headers = {"User-Agent": agent, "Accept": "text/html,application/xhtml+xml,*/*;q=0.8", **more}
    return Reader(name, language, headers).speaking(language)


DESKTOP = _reader("desktop", "zh-hans", _DESKTOP)
BAIDU = _reader("Baiduspider", "zh-hans", _BAIDU)
GOOGLE = _reader("Googlebot", "en", _GOOGLE)
READERS = (
    DESKTOP,
    _reader("phone", "zh-hans", _PHONE),
    BAIDU,
    GOOGLE,
    _reader("desktop from Baidu", "zh-hans", _DESKTOP, Referer="https://www.baidu.com/link?url=x"),
    _reader("phone from Google", "en", _PHONE, Referer="https://www.google.com/"),
)
