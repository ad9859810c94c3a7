"""``kill -9`` while people register and write: what the site acknowledged is there once, in the database and the facts.

    python -m bench.talk_kills --json --database postgresql

As ``bench.shop_kills``, with people who register by name and guests who write into the guestbook, each from an address
of his own, as the site's proxy tells it. A form is sent again until it is answered, and once more after it was.
``--forgetful`` is the control: the facts of posts are told a moment after their answer; some must be missing there.
``posts_lost`` and ``members_lost`` are of those that were acknowledged; ``twice`` counts texts that stand there twice.
"""

import asyncio
import ipaddress
import json
import secrets
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.databases import own_environment

from bench.shop_client import Browser
from bench.shop_kills import BREAKS, Place, killed, kills_main
from bench.shop_server import ROOT, SETTINGS, race_shop

TOLD = ROOT / "bench/talk_told.py"
SITE, WRITERS, COMERS = "teahouse", 6, 2


@dataclass
class Heard:
    """What clients sent, and what of it was acknowledged: texts, and names of members."""

    texts: list[str] = field(default_factory=list)
    shown: set[str] = field(default_factory=set)
    names: list[str] = field(default_factory=list)
    joined: set[str] = field(default_factory=set)
    refused: int = 0


def somebody(port: int) -> Browser:
    """A browser at an address that nobody else has."""
    return Browser(port, address=str(ipaddress.IPv6Address(secrets.randbits(124) | 1 << 125)))


async def write(port: int, heard: Heard) -> None:
    """An entry in the guestbook; the key in its form makes that it counts once."""
    browser = somebody(port)
    page = await browser.get(f"/talk/{SITE}/guestbook/")
    text = f"Greetings from {secrets.token_hex(8)}"
    form = {"kind": "guestbook", "place": "guestbook", "key": page.field("key"), "name": "Wanderer", "text": text}
    heard.texts.append(text)
    answered = 0
    while answered < 2:
        try:
            answer = await browser.post(f"/talk/{SITE}/write/", form)
        except BREAKS:
            await asyncio.sleep(0.05)
            continue
        if answer.status >= 500:
            await asyncio.sleep(0.05)
            continue
        answered += 1
        heard.refused += answer.status == 400
        if answer.status == 302:
            heard.shown.add(text)


async def join(port: int, heard: Heard) -> None:
    """A member registers by name; once the name is his, the same form is refused."""
    browser, name = somebody(port), f"member-{secrets.token_hex(6)}"
    await browser.get(f"/shop/{SITE}/register/")
    heard.names.append(name)
    while True:
        try:
            answer = await browser.post(
                f"/shop/{SITE}/register/", {"username": name, "password": f"pass-{secrets.token_hex(8)}"}
            )
        except BREAKS:
            await asyncio.sleep(0.05)
            continue
        if answer.status == 302:
            heard.joined.add(name)
        if answer.status < 500:
            return
        await asyncio.sleep(0.05)


def run(database: str, kills: int, *, forgetful: bool = False, seed: int = 1) -> dict[str, object]:
    """One site killed so often, in a database of its own; what was lost and doubled."""
    kind = "postgres" if database == "postgresql" else "sqlite"
    with tempfile.TemporaryDirectory(prefix="yunying-talk-kills-") as home, own_environment(kind, Path(home)) as own:
        race_shop({**own, **SETTINGS}, "fill", "100", "0", "1")
        wsgi = "bench.forgetful_wsgi" if forgetful else "yunying.config.wsgi"
        place = Place({**own, "YUNYING_TRUSTED_PROXY": "127.0.0.1"}, wsgi, Path(home) / "server.log")
        heard = Heard()
        crowd = [partial(write, place.port, heard)] * WRITERS + [partial(join, place.port, heard)] * COMERS
        try:
            done = asyncio.run(killed(place, kills, seed, crowd))
        finally:
            place.stop()
        file = Path(home) / "heard.json"
        told = {
            "texts": heard.texts,
            "shown": sorted(heard.shown),
            "names": heard.names,
            "joined": sorted(heard.joined),
        }
        file.write_text(json.dumps(told), "utf-8")
        found = subprocess.run(
            [sys.executable, str(TOLD), str(file)], env=own, cwd=ROOT, capture_output=True, text=True
        )
        if found.returncode:
            raise RuntimeError(found.stderr)
    return {
        "database": database, "forgetful": forgetful, "kills": sum(done.values()), "killed": dict(done),
        "refused": heard.refused, **json.loads(found.stdout),
    }  # fmt: skip


if __name__ == "__main__":
    kills_main(run, __doc__)
