"""A flash sale over HTTP: many buyers at once for few units, each sending his order three times.

    python -m bench.flash_sale --json --database postgresql

A real gunicorn with the portal-only settings, workers and threads as ``yunying serve`` starts them, on loopback and on
the same cores as the buyers. Each buyer opens the product, puts it into his basket and opens the check-out; that is not
counted. Then all send their orders, three times the same key, never more than ``--in-flight`` at a time. ``seconds``
and the percentiles are of these sends. Goals: as many orders as units, no 5xx, p99 under 3 seconds on two cores.

``--without-protection`` is the control: the reservation looks first and writes later, and the database's constraint is
taken away. It must oversell on PostgreSQL; SQLite has one writer at a time and hides it.
"""

import argparse
import asyncio
import json
import os
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

import numpy as np
from tests.databases import own_environment

from bench.shop_client import Answer, Browser, spread
from bench.shop_server import SETTINGS, WEB_THREADS, WORKERS, race_shop, served

SENDS = 3
ADDRESS = {
    "name": "王小明", "phone": "13800000000", "country": "CN", "region": "浙江省", "city": "杭州市",
    "district": "西湖区", "street": "龙井路 1 号", "provider": "bank-transfer",
}  # fmt: skip
SHOP = "/shop/teahouse"


async def to_check_out(browser: Browser) -> dict[str, str]:
    """From the product's page to the check-out, over HTTP; what the buyer then sends."""
    product = await browser.get(f"{SHOP}/product/longjing/")
    await browser.post(f"{SHOP}/basket/add/", {"variant": product.field("variant"), "quantity": "1"})
    page = await browser.get(f"{SHOP}/check-out/")
    return {**ADDRESS, **{name: page.field(name) for name in ("key", "seen", "shipping_method")}}


async def sale(port: int, buyers: int, in_flight: int, seed: int) -> tuple[list[tuple[int, Answer]], float]:
    """All sends with the buyer of each, and the seconds that they took."""
    browsers = [Browser(port) for _ in range(buyers)]
    forms: dict[int, dict[str, str]] = {}
    answers: list[tuple[int, Answer]] = []

    async def prepare(buyer: int) -> None:
        forms[buyer] = await to_check_out(browsers[buyer])

    async def order(buyer: int) -> None:
        answers.append((buyer, await browsers[buyer].post(f"{SHOP}/check-out/", forms[buyer])))

    await _each(prepare, range(buyers), 8)
    sends = np.random.default_rng(seed).permutation(np.repeat(np.arange(buyers), SENDS)).tolist()
    began = time.perf_counter()
    await _each(order, sends, in_flight)
    return answers, time.perf_counter() - began


async def _each(deed: Callable[[int], Awaitable[None]], items: Iterable[int], at_once: int) -> None:
    waiting = iter(list(items))

    async def work() -> None:
        for item in waiting:
            await deed(item)

    await asyncio.gather(*(work() for _ in range(at_once)))


def run(database: str, buyers: int, units: int, in_flight: int, *, protected: bool, seed: int = 1) -> dict[str, object]:
    """One sale in a database of its own; its figures."""
    kind = "postgres" if database == "postgresql" else "sqlite"
    with tempfile.TemporaryDirectory(prefix="yunying-flash-sale-") as home, own_environment(kind, Path(home)) as own:
        environment = {**own, **SETTINGS}
        race_shop(environment, "fill", str(units), "0", "1")
        if not protected:
            race_shop(environment, "unprotect")
        log = Path(home) / "server.log"
        with served(environment, wsgi="yunying.config.wsgi" if protected else "bench.careless_wsgi", log=log) as port:
            answers, seconds = asyncio.run(sale(port, buyers, in_flight, seed))
        books = race_shop(environment, "sums")
        told = log.read_text(errors="replace") if log.exists() else ""
    by_buyer: dict[int, set[str]] = {}
    for buyer, answer in answers:
        if answer.status == 302 and "/order/" in answer.location:
            by_buyer.setdefault(buyer, set()).add(answer.location)
    return {
        "database": database, "buyers": buyers, "sends": len(answers), "units": units, "in_flight": in_flight,
        "protected": protected, "cores": os.cpu_count(), "workers": WORKERS, "threads": WEB_THREADS,
        "orders": books["orders"], "reserved": books["reserved"], "books": books["problems"],
        "buyers_told_of_an_order": len(by_buyer),
        "buyers_told_of_two": sum(len(each) > 1 for each in by_buyer.values()),
        "statuses": dict(sorted(Counter(str(answer.status) for _, answer in answers).items())),
        "server_errors": sum(answer.status >= 500 for _, answer in answers),
        "seconds": round(seconds, 2), "sends_per_second": round(len(answers) / seconds, 1),
        **spread([answer.seconds for _, answer in answers]), "server_log": told[-2000:],
    }  # fmt: skip


def main() -> None:
    """Run the bench from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=("postgresql", "sqlite"), default="sqlite")
    parser.add_argument("--buyers", type=int, default=1_000)
    parser.add_argument("--units", type=int, default=100)
    parser.add_argument("--in-flight", type=int, default=100)
    parser.add_argument("--without-protection", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.without_protection and options.database == "sqlite":
        parser.error("SQLite has one writer at a time and hides what the control shows: use --database postgresql")
    found = run(options.database, options.buyers, options.units, options.in_flight,
                protected=not options.without_protection)  # fmt: skip
    if options.json:
        print(json.dumps(found, ensure_ascii=False))
        return
    for name, value in found.items():
        print(f"{name:24} {value}")


if __name__ == "__main__":
    main()
