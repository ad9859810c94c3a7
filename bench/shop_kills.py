"""``kill -9`` under load, over HTTP: what the shop acknowledged is there once, in the database and in the facts.

    python -m bench.shop_kills --json --database postgresql

A real gunicorn with the portal-only settings, a drainer that publishes facts, and buyers and browsers that send orders
and events without a pause and send again what was not answered, as people and browsers do. At random moments one
worker, the whole server or the drainer is killed. ``orders_lost`` and ``events_lost`` are of those that a client was
told of.

``--forgetful`` is the control: a server that answers first and stores and tells its facts a moment later. It must lose.
"""

import argparse
import asyncio
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
from tests.databases import own_environment

from bench.flash_sale import SHOP, to_check_out
from bench.shop_client import Browser
from bench.shop_server import ROOT, SETTINGS, free_port, race_shop, server_kill, server_start, server_wait

TOLD = ROOT / "bench/shop_told.py"
BUYERS, BROWSERS = 6, 3
# Shares of the kills: a worker is back at once, a server takes its seconds.
WHOM = {"worker": 0.7, "server": 0.15, "drainer": 0.15}
BREAKS = (OSError, ValueError, IndexError, StopIteration, asyncio.IncompleteReadError, RuntimeError)


@dataclass
class Heard:
    """What clients were told: of orders, the addresses by key; of events, visitor and id."""

    orders: dict[str, list[str]] = field(default_factory=dict)
    events: list[tuple[str, str]] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    statuses: Counter = field(default_factory=Counter)


async def buy(port: int, heard: Heard) -> None:
    """One order; the same form is sent again until it is answered, and once more after it was."""
    browser = Browser(port)
    form = await to_check_out(browser)
    heard.sent.append(form["key"])
    answered = 0
    while answered < 2:
        try:
            answer = await browser.post(f"{SHOP}/check-out/", form)
        except BREAKS:
            await asyncio.sleep(0.05)
            continue
        heard.statuses[answer.status] += 1
        if answer.status == 302 and "/order/" in answer.location:
            heard.orders.setdefault(form["key"], []).append(answer.location)
        elif answer.status >= 500:
            await asyncio.sleep(0.05)
            continue
        answered += 1


async def click(port: int, heard: Heard) -> None:
    """A batch of two events, sent until it is answered, and once more."""
    visitor = secrets.token_hex(12)
    cookies = {"shop_consent": "yes", "shop_visitor": visitor, "shop_visit": f"{visitor}||"}
    ids = [secrets.token_hex(8) for _ in range(2)]
    body = json.dumps({"events": [{"id": each, "type": "click", "page": "list"} for each in ids]}).encode()
    answered = 0
    while answered < 2:
        try:
            answer = await Browser(port, dict(cookies)).send("POST", f"{SHOP}/events/", body, "text/plain")
        except BREAKS:
            await asyncio.sleep(0.05)
            continue
        if answer.status == 200 and not answered:
            heard.events += [(visitor, each) for each in ids]
        answered += answer.status == 200
        await asyncio.sleep(0.2 if answer.status == 429 else 0)


async def _always(deed: Callable[[], Awaitable[None]], until: asyncio.Event) -> None:
    while not until.is_set():
        try:
            await deed()
        except BREAKS:
            await asyncio.sleep(0.05)


class Place:
    """The server and the drainer, and how each is killed and stands up again."""

    def __init__(self, environment: dict[str, str], wsgi: str, log: Path) -> None:
        self.environment, self.wsgi, self.log, self.port = environment, wsgi, log, free_port()
        self.server, self.drainer = self._served(), self._drained()
        server_wait(self.port)

    def _served(self) -> subprocess.Popen[bytes]:
        return server_start({**self.environment, **SETTINGS}, self.port, wsgi=self.wsgi, log=self.log)

    def _drained(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, str(TOLD), "drain"], env=self.environment, cwd=ROOT)

    def workers(self) -> list[int]:
        """The server's workers that run now."""
        children = Path(f"/proc/{self.server.pid}/task/{self.server.pid}/children")
        return [int(each) for each in children.read_text().split()]

    def kill(self, whom: str, rng: np.random.Generator) -> None:
        """Kill one and start it again where nobody else does."""
        if whom == "worker":
            found = self.workers()
            if found:
                os.kill(int(rng.choice(found)), signal.SIGKILL)
        elif whom == "server":
            server_kill(self.server)
            self.server = self._served()
        else:
            self.drainer.kill()
            self.drainer.wait()
            self.drainer = self._drained()

    def stop(self) -> None:
        """End both."""
        server_kill(self.server)
        self.drainer.kill()
        self.drainer.wait()


async def killed(place: Place, kills: int, seed: int, crowd: Sequence[Callable[[], Awaitable[None]]]) -> Counter:
    """A crowd under way, each again and again, while it is killed so often; how often each was killed."""
    over, rng, done = asyncio.Event(), np.random.default_rng(seed), Counter()
    clients = [asyncio.create_task(_always(deed, over)) for deed in crowd]
    for _ in range(kills):
        await asyncio.sleep(float(rng.uniform(0.3, 1.6)))
        whom = str(rng.choice(list(WHOM), p=list(WHOM.values())))
        place.kill(whom, rng)
        done[whom] += 1
        if whom == "server":
            await asyncio.to_thread(server_wait, place.port)
    over.set()
    await asyncio.gather(*clients)
    return done


def run(database: str, kills: int, *, forgetful: bool, seed: int = 1) -> dict[str, object]:
    """One shop killed so often, in a database of its own; what was lost and doubled."""
    kind = "postgres" if database == "postgresql" else "sqlite"
    with tempfile.TemporaryDirectory(prefix="yunying-shop-kills-") as home, own_environment(kind, Path(home)) as own:
        race_shop({**own, **SETTINGS}, "fill", "1000000", "0", "1")
        log = Path(home) / "server.log"
        place = Place(dict(own), "bench.forgetful_wsgi" if forgetful else "yunying.config.wsgi", log)
        heard = Heard()
        crowd = [partial(buy, place.port, heard)] * BUYERS + [partial(click, place.port, heard)] * BROWSERS
        try:
            done = asyncio.run(killed(place, kills, seed, crowd))
        finally:
            place.stop()
        file = Path(home) / "heard.json"
        file.write_text(json.dumps({"orders": heard.orders, "events": heard.events, "sent": heard.sent}), "utf-8")
        found = subprocess.run([sys.executable, str(TOLD), "told", str(file)], env=own, cwd=ROOT,
                               capture_output=True, text=True)  # fmt: skip
        if found.returncode:
            raise RuntimeError(found.stderr)
    return {
        "database": database, "forgetful": forgetful, "kills": sum(done.values()), "killed": dict(done),
        "statuses": {str(status): count for status, count in sorted(heard.statuses.items())},
        **json.loads(found.stdout),
    }  # fmt: skip


def kills_main(run: Callable[..., dict[str, object]], doc: str | None) -> None:
    """The command line of a bench that kills: run it and print what it found."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=("postgresql", "sqlite"), default="sqlite")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--forgetful", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = run(options.database, options.kills, forgetful=options.forgetful)
    if options.json:
        print(json.dumps(found, ensure_ascii=False))
        return
    for name, value in found.items():
        print(f"{name:24} {value}")


if __name__ == "__main__":
    kills_main(run, __doc__)
