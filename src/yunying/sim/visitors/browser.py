"""A browser without a screen and without scripts: cookies, redirects and forms over plain HTTP."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

from yunying.kernel.errors import OperatorError
from yunying.sim.visitors.reading import Form, Page, page_read

MOST_REDIRECTS = 5
SECONDS = 30.0


class Browser:
    """One person's browser at one site.

    Args:
        site: the site's address, such as ``http://127.0.0.1:8000``.
        headers: what the browser sends with every request: its name, languages, wishes.
        clock: gives the moment, by which cookies end.
        told: called with the status of every answer.
    """

    def __init__(
        self, site: str, headers: Mapping[str, str], clock: Callable[[], datetime], told: Callable[[int], None]
    ) -> None:
        self.site, self.headers = site.rstrip("/"), dict(headers)
        self.cookies: dict[str, tuple[str, datetime | None]] = {}
        self._clock, self._told, self._referer = clock, told, ""
        parts = urlsplit(self.site)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise OperatorError("bad-address", f"{site!r} is no address of a site.", "Give it as http://host:port/...")
        self._opened = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._host = (parts.hostname, parts.port)
        self._line: HTTPConnection | None = None

    def get(self, path: str, *, referer: str = "") -> Page:
        """Open an address; redirects are followed.

        Raises:
            OperatorError: nobody answers there, or the site breaks.
        """
        if referer:
            self._referer = referer
        return self._asked("GET", urljoin(self._referer_path() or "/", path), None)

    def submit(self, form: Form, values: Mapping[str, str], button: tuple[str, str] | None = None) -> Page:
        """Send a form with what it holds, what is filled in, and the button that is pressed.

        Raises:
            OperatorError: nobody answers there, or the site breaks.
        """
        sent = {**form.fields, **values, **({button[0]: button[1]} if button else {})}
        if form.is_post:
            return self._asked("POST", form.action, urlencode(sent))
        return self._asked("GET", f"{form.action}?{urlencode(sent)}", None)

    def close(self) -> None:
        """Let the connection go."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def _referer_path(self) -> str:
        return urlsplit(self._referer).path if self._referer.startswith(self.site) else ""

    def _asked(self, method: str, path: str, body: str | None) -> Page:
        for _ in range(MOST_REDIRECTS):
            answer, text = self._sent(method, path, body)
            self._told(answer.status)
            to = answer.headers.get("Location")
            if answer.status not in (301, 302, 303) or not to:
                if answer.status >= 500:
                    raise OperatorError(
                        "shop-broken", f"{path} answered {answer.status}.", "Look at the log of the shop's server."
                    )
                self._referer = self.site + path
                return page_read(answer.status, path, text)
            method, path, body = "GET", urljoin(path, to), None
        raise OperatorError("shop-broken", f"{path} leads on and on.", "Look at the log of the shop's server.")

    def _sent(self, method: str, path: str, body: str | None) -> tuple[HTTPResponse, str]:
        headers = {**self.headers, "Accept": "text/html,application/xhtml+xml", "Sec-Fetch-Site": "same-origin"}
        if self._referer:
            headers["Referer"] = self._referer
        if cookies := self._kept():
            headers["Cookie"] = cookies
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.site}
        is_kept = self._line is not None
        try:
            return self._exchanged(method, path, body, headers)
        except (HTTPException, ConnectionError, OSError) as error:
            self.close()
            # A connection that rested may have been closed by the other side; nothing was asked on it yet.
            if is_kept and isinstance(error, ConnectionError | HTTPException):
                return self._sent(method, path, body)
            what = f"The shop at {self.site} does not answer: {error or type(error).__name__}."
            raise OperatorError("shop-unreachable", what, "Start it, or give another address.") from error

    def _exchanged(
        self, method: str, path: str, body: str | None, headers: Mapping[str, str]
    ) -> tuple[HTTPResponse, str]:
        if self._line is None:
            self._line = self._opened(*self._host, timeout=SECONDS)
        self._line.request(method, path, body.encode() if body is not None else None, dict(headers))
        answer = self._line.getresponse()
        text = answer.read().decode("utf-8", "replace")
        for each in answer.headers.get_all("Set-Cookie") or ():
            self._keep(each)
        if answer.will_close:
            self.close()
        return answer, text

    def _keep(self, line: str) -> None:
        try:
            parsed = SimpleCookie(line)
        except CookieError:
            return
        for name, morsel in parsed.items():
            age = morsel["max-age"]
            ends_at = self._clock() + timedelta(seconds=int(age)) if str(age).lstrip("-").isdecimal() else None
            self.cookies[name] = (morsel.value, ends_at)

    def _kept(self) -> str:
        now = self._clock()
        self.cookies = {
            name: (value, ends_at)
            for name, (value, ends_at) in self.cookies.items()
            if ends_at is None or ends_at > now
        }
        return "; ".join(f"{name}={value}" for name, (value, _) in self.cookies.items())
