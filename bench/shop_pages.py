"""Product and list pages of the shop beside django-oscar's, both with the same number of products, in one run.

    python3 -m venv OSCAR && OSCAR/bin/pip install django-oscar sorl-thumbnail whoosh gunicorn "psycopg[binary]"
    python -m bench.shop_pages --peer OSCAR/bin/python --json --database postgresql

Filling 100,000 products takes longest, above all oscar's search index, from which its lists come: it knows the first
``--indexed`` products, so oscar's lists are shorter than ours. ``--kept FOLDER`` keeps what was filled there, on
PostgreSQL in databases named after the folder; ``--fill-only`` does no more than that.

Both run under gunicorn with the workers and threads of ``yunying serve`` on the same kind of database, and are asked
in turns by the same client on the same cores. **cold**: servers just started, each address for the first time.
**warm**: the same addresses again and again for ``--warm-seconds``, after as many seconds that do not count; a few
hundred requests would still meet connections and statements that each thread makes first. Visitors are browsers that
chose nothing: each of our pages also stores its view and its impressions before it answers, and draws its slot.
``--no-facts`` shows the pages without that.
The open loop sends ``--rate`` requests a second, whatever comes back, and measures from the moment that each was due.
``queries`` are those of one page of ours that is not kept, at ``--few`` and at ``--products`` products.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import cycle, takewhile
from pathlib import Path

import numpy as np
from tests.databases import kept_environment, own_environment

from bench.shop_client import Browser, spread
from bench.shop_server import ROOT, SETTINGS, WEB_THREADS, WORKERS, free_port, server_kill, server_start, server_wait
from yunying.kernel.ids import digest

KINDS = ("product", "list")
FILL = {"ours": ROOT / "bench/shop_fill.py", "oscar": ROOT / "bench/oscar_fill.py"}
WARM_SECONDS = 10.0
OSCAR_SETTINGS = {"DJANGO_SETTINGS_MODULE": "oscar_fill"}


def addresses(who: str, kind: str, count: int, products: int, rng: np.random.Generator) -> list[str]:
    """Distinct pages of so many products; of a list, as many as it has."""
    if kind == "product":
        chosen = rng.choice(products, size=count, replace=False)
        return [f"/shop/big/product/p{n}/" if who == "ours" else f"/catalogue/p{n}_{n + 1}/" for n in chosen]
    there = np.arange(2, min(products // 24, 400))
    chosen = rng.choice(there, size=min(count, len(there)), replace=False)
    return [f"/shop/big/?page={n}" if who == "ours" else f"/catalogue/?page={n}" for n in chosen]


async def closed(port: int, paths: Iterable[str], at_once: int) -> dict[str, float]:
    """Requests a second with so many at once, and their percentiles."""
    seconds: list[float] = []
    waiting = iter(paths)

    async def visit() -> None:
        for path in waiting:
            answer = await Browser(port).get(path)
            assert answer.status == 200, (path, answer.status)
            seconds.append(answer.seconds)

    began = time.perf_counter()
    await asyncio.gather(*(visit() for _ in range(at_once)))
    return {"a_second": round(len(seconds) / (time.perf_counter() - began), 1), **spread(seconds)}


def steady(port: int, paths: Sequence[str], at_once: int, seconds: float) -> dict[str, float]:
    """The same where the paths come again and again for so many seconds, after as many that do not count."""

    def during() -> Iterator[str]:
        end = time.perf_counter() + seconds
        yield from takewhile(lambda _: time.perf_counter() < end, cycle(paths))

    asyncio.run(closed(port, during(), at_once))
    return asyncio.run(closed(port, during(), at_once))


async def opened(port: int, paths: list[str], rate: float, seconds: float) -> dict[str, float]:
    """An open loop: what is late counts from when it was due."""
    late: list[float] = []
    bad = 0
    began = time.perf_counter()

    async def visit(due: float, path: str) -> None:
        nonlocal bad
        await asyncio.sleep(max(began + due - time.perf_counter(), 0))
        try:
            answer = await Browser(port).get(path)
            bad += answer.status != 200
        except OSError:
            bad += 1
        late.append(time.perf_counter() - began - due)

    count = int(rate * seconds)
    await asyncio.gather(*(visit(at / rate, paths[at % len(paths)]) for at in range(count)))
    return {"rate": rate, "requests": count, "failed": bad, **spread(late)}


@contextmanager
def place(kind: str, who: str, kept: str) -> Iterator[tuple[Path, Mapping[str, str]]]:
    """A site's folder and environment, thrown away afterwards unless it is kept."""
    if kept:
        home = Path(kept) / who
        name = f"yunying_bench_{digest(str(home.resolve()), 10)}" if kind == "postgres" else ""
        yield home, kept_environment(home, name, migrated=who == "ours")
        return
    with (
        tempfile.TemporaryDirectory(prefix=f"yunying-bench-{who}-") as folder,
        own_environment(kind, Path(folder), migrated=who == "ours") as own,
    ):
        yield Path(folder), own


@contextmanager
def sites(
    database: str, peer: str, products: int, indexed: int, *, has_facts: bool, kept: str = ""
) -> Iterator[Mapping[str, tuple]]:
    """Both sites filled: how to start each."""
    kind = "postgres" if database == "postgresql" else "sqlite"
    with ExitStack() as stack:
        found = {}
        for who, python in (("ours", sys.executable), ("oscar", peer)):
            if not python:
                continue
            home, own = stack.enter_context(place(kind, who, kept))
            settings = (
                {**SETTINGS, "YUNYING_SHOP_FACTS": "1" if has_facts else "0"} if who == "ours" else OSCAR_SETTINGS
            )
            environment = {**own, **settings, "PYTHONPATH": str(ROOT if who == "ours" else ROOT / "bench")}
            filled = home / f"filled-{products}"
            if not filled.exists():
                counts = [str(products), *([str(indexed)] if who == "oscar" else [])]
                subprocess.run([python, str(FILL[who]), *counts], env=environment, cwd=ROOT, check=True)
                filled.touch()
            found[who] = (environment, python, "yunying.config.wsgi" if who == "ours" else "oscar_wsgi", home)
        yield found


def queries(products: int) -> dict[str, int]:
    """Queries of our pages that are not kept, in a database of its own."""
    with (
        tempfile.TemporaryDirectory(prefix="yunying-bench-queries-") as home,
        own_environment("sqlite", Path(home)) as own,
    ):
        told = subprocess.run(
            [sys.executable, str(FILL["ours"]), str(products), "--queries"], env={**own, **SETTINGS}, cwd=ROOT,
            check=True, capture_output=True, text=True,
        )  # fmt: skip
    return json.loads(told.stdout)


def main() -> None:
    """Run the bench from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", default="", help="a Python that has django-oscar; without it only ours is measured")
    parser.add_argument("--database", choices=("postgresql", "sqlite"), default="sqlite")
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--indexed", type=int, default=5_000, help="products that oscar's search engine knows")
    parser.add_argument("--few", type=int, default=1_000)
    parser.add_argument("--pages", type=int, default=100, help="distinct pages of each kind")
    parser.add_argument(
        "--at-once", type=int, default=WORKERS * WEB_THREADS, help="as many as the servers have threads"
    )
    parser.add_argument("--times", type=int, default=3, help="how often both are asked in turn")
    parser.add_argument("--warm-seconds", type=float, default=WARM_SECONDS)
    parser.add_argument("--rate", type=float, default=200)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--no-facts", action="store_true")
    parser.add_argument("--kept", default="", metavar="FOLDER")
    parser.add_argument("--fill-only", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    indexed = min(options.indexed, options.products)
    if options.fill_only:
        with sites(options.database, options.peer, options.products, indexed, has_facts=True, kept=options.kept):
            return
    result: dict[str, object] = {
        "database": options.database, "products": options.products, "indexed_by_oscar": indexed,
        "cores": os.cpu_count(), "workers": WORKERS,
        "threads": WEB_THREADS, "facts": not options.no_facts, "load_before": round(os.getloadavg()[0], 1),
        "at_once": options.at_once,
        "warm_seconds": options.warm_seconds,
    }  # fmt: skip
    rounds: list[dict[str, object]] = []
    with sites(
        options.database, options.peer, options.products, indexed, has_facts=not options.no_facts, kept=options.kept
    ) as known:
        for turn in range(options.times):
            for who, (environment, python, wsgi, home) in known.items():
                port, rng = free_port(), np.random.default_rng(turn)
                server = server_start(environment, port, wsgi=wsgi, python=python,
                                      folder=ROOT if who == "ours" else ROOT / "bench", log=home / "log")  # fmt: skip
                try:
                    server_wait(port)
                    for kind in KINDS:
                        known_products = indexed if (who, kind) == ("oscar", "list") else options.products
                        paths = addresses(who, kind, options.pages, known_products, rng)
                        cold = asyncio.run(closed(port, paths, options.at_once))
                        warm = steady(port, paths, options.at_once, options.warm_seconds)
                        rounds.append({"who": who, "kind": kind, "turn": turn, "cold": cold, "warm": warm})
                        if who == "ours" and turn == options.times - 1:
                            loop = asyncio.run(opened(port, paths, options.rate, options.seconds))
                            result[f"open_loop_{kind}"] = loop
                finally:
                    server_kill(server)
    result["rounds"] = rounds
    for kind in KINDS:
        for state in ("cold", "warm"):
            medians = {
                who: float(np.median([each[state]["a_second"] for each in rounds  # type: ignore[index]
                                      if (each["who"], each["kind"]) == (who, kind)]))
                for who in known
            }  # fmt: skip
            ratio = round(medians["ours"] / medians["oscar"], 2) if "oscar" in medians else None
            result[f"{kind}_{state}"] = {**medians, "ratio": ratio}
    result["queries"] = {str(each): queries(each) for each in (options.few, options.products)}
    print(json.dumps(result) if options.json else json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
