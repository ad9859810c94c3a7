"""Whether style sheets, scripts and pictures are answered as they lie on the disk, and nothing where nothing is."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote

from django.conf import settings
from django.contrib.staticfiles import finders

from yunying.portal.watch.findings import Finding
from yunying.portal.watch.models import Seal
from yunying.portal.watch.published import Rendition
from yunying.portal.watch.readers import BAIDU, DESKTOP
from yunying.portal.watch.site import Answer, Fetch, cookies_of, made_here
from yunying.portal.watch.targets import nowhere

MOST_PICTURES = 60


def asset_findings(paths: Iterable[str], fetch: Fetch) -> Iterator[Finding]:
    """The files that some pages load, each asked for once."""
    html = "".join(made_here(path, "zh-hans", cookies_of()).text for path in paths)
    for address in sorted(set(re.findall(rf'"({re.escape(settings.STATIC_URL)}[^"]+)"', html))):
        name = unquote(address.partition("?")[0].removeprefix(settings.STATIC_URL))
        place = finders.find(name)
        expected = Path(place).read_bytes() if isinstance(place, str) else b""
        yield from _compared(f"asset/{name}", address, hashlib.sha256(expected).hexdigest(), fetch)
    files = sorted(set(re.findall(rf'"{re.escape(settings.MEDIA_URL)}(images/[^"]+)"', html)))[:MOST_PICTURES]
    for pk, file in Rendition.objects.filter(file__in=files).values_list("pk", "file"):
        seal = Seal.objects.filter(subject=f"rendition/{pk}").first()
        if seal is not None:
            yield from _compared(f"asset/{file}", f"{settings.MEDIA_URL}{file}", seal.content["digest"], fetch)


def nowhere_findings(fetch: Fetch) -> Iterator[Finding]:
    """Addresses that nobody published must say that nothing is there, to a search engine too."""
    for path in nowhere():
        for reader in (DESKTOP, BAIDU):
            answer = _asked(fetch, path, reader.sent())
            if answer.status != 404:
                where = answer.headers.get("location", "")
                # The address is another one each time; the incident is the same.
                kind = "/".join("*" for _ in path.strip("/").split("/"))
                yield Finding(f"at/{kind}", "answers", path, "404", f"{answer.status} {where}".strip(), (reader.name,))


def _compared(subject: str, address: str, expected: str, fetch: Fetch) -> Iterator[Finding]:
    answer = _asked(fetch, address, DESKTOP.sent())
    seen = hashlib.sha256(answer.body).hexdigest()
    if answer.status != 200 or seen != expected:
        yield Finding(subject[:200], "asset", address, expected, f"{answer.status} {seen}", (DESKTOP.name,))


def _asked(fetch: Fetch, path: str, headers: dict[str, str]) -> Answer:
    try:
        return fetch(path, headers)
    except OSError as error:
        return Answer(0, {}, str(error).encode())
