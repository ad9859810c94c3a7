"""Pages of articles and columns, and beside them a product's page of django-oscar, in one run.

    python -m bench.news_pages --peer OSCAR/bin/python --json --database postgresql

As ``bench.shop_pages``: both under gunicorn with the workers and threads of ``yunying serve``, asked in turns by one
client on the same cores. **cold**: servers just started, each address for the first time. **warm**: the same addresses
again and again. The open loop sends ``--rate`` requests a second and measures from the moment that each was due.
Readers are browsers that chose nothing: each page stores its view and its impressions before it answers.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.shop_pages import FILL, OSCAR_SETTINGS, WARM_SECONDS, addresses, closed, opened, place, steady
from bench.shop_server import ROOT, SETTINGS, WEB_THREADS, WORKERS, free_port, server_kill, server_start, server_wait

OSCAR_PRODUCTS = 600
KINDS = {"ours": ("article", "column"), "oscar": ("product",)}


@dataclass(frozen=True)
class Site:
    """A site that was filled: how to start it, and the addresses of each kind of page."""

    environment: Mapping[str, str]
    python: str
    wsgi: str
    folder: Path
    log: Path
    paths: Mapping[str, Sequence[str]]


@contextmanager
def sites(kind: str, peer: str, copies: int) -> Iterator[dict[str, Site]]:
    """Our portal, and oscar where it is there, each with a database of its own."""
    with ExitStack() as stack:
        home, own = stack.enter_context(place(kind, "ours", ""))
        ours = {**own, **SETTINGS, "PYTHONPATH": str(ROOT)}
        fill = [sys.executable, str(ROOT / "bench/news_fill.py"), str(copies)]
        told = subprocess.run(fill, env=ours, cwd=ROOT, check=True, capture_output=True, text=True).stdout
        found = {"ours": Site(ours, sys.executable, "yunying.config.wsgi", ROOT, home / "log", json.loads(told))}
        if peer:
            away, other = stack.enter_context(place(kind, "oscar", ""))
            oscar = {**other, **OSCAR_SETTINGS, "PYTHONPATH": str(ROOT / "bench")}
            subprocess.run([peer, str(FILL["oscar"]), *2 * [str(OSCAR_PRODUCTS)]], env=oscar, cwd=ROOT, check=True)
            paths = addresses("oscar", "product", OSCAR_PRODUCTS, OSCAR_PRODUCTS, np.random.default_rng(0))
            found["oscar"] = Site(oscar, peer, "oscar_wsgi", ROOT / "bench", away / "log", {"product": paths})
        yield found


def asked(site: Site, chosen: list[str], at_once: int, rate: float, seconds: float) -> dict[str, object]:
    """One server just started, asked cold, warm and, where a rate is given, in an open loop."""
    port = free_port()
    server = server_start(site.environment, port, wsgi=site.wsgi, python=site.python, folder=site.folder, log=site.log)
    try:
        server_wait(port)
        cold = asyncio.run(closed(port, chosen, at_once))
        warm = steady(port, chosen, at_once, WARM_SECONDS)
        loop = asyncio.run(opened(port, chosen, rate, seconds)) if rate else None
    finally:
        server_kill(server)
    return {"cold": cold["a_second"], "warm": warm["a_second"], "open_loop": loop}


def run(options: argparse.Namespace) -> dict[str, object]:
    """Both sites in turns; medians of the turns, their ratios, and the open loops of the last turn."""
    rows: dict[str, list[dict[str, object]]] = {}
    with sites("postgres" if options.database == "postgresql" else "sqlite", options.peer, options.copies) as known:
        for turn in range(options.times):
            is_last = turn == options.times - 1
            for who, site in known.items():
                for name in KINDS[who]:
                    chosen = [str(each) for each in np.random.default_rng(turn).permutation(site.paths[name])]
                    rate = options.rate if is_last and who == "ours" else 0
                    row = asked(site, chosen[: options.pages], options.at_once, rate, options.seconds)
                    rows.setdefault(name, []).append(row)
    medians = {
        f"{name}_{state}": float(np.median([each[state] for each in rows[name]]))
        for name in rows for state in ("cold", "warm")
    }  # fmt: skip
    ratios = {
        f"{name}_{state}": round(medians[f"{name}_{state}"] / medians[f"product_{state}"], 2)
        for name in KINDS["ours"] for state in ("cold", "warm") if "product" in rows
    }  # fmt: skip
    return {
        "database": options.database, "articles": options.copies + 60, "at_once": options.at_once,
        "cores": os.cpu_count(), "workers": WORKERS, "threads": WEB_THREADS, "requests_a_second": medians,
        "ratio_to_oscar_product": ratios, "open_loop": {name: rows[name][-1]["open_loop"] for name in KINDS["ours"]},
    }  # fmt: skip


def main() -> None:
    """Run the bench from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", default="", help="a Python that has django-oscar; without it only ours is measured")
    parser.add_argument("--database", choices=("postgresql", "sqlite"), default="sqlite")
    parser.add_argument("--copies", type=int, default=2_000, help="articles beside those of the sample")
    parser.add_argument("--pages", type=int, default=40, help="distinct pages of each kind")
    parser.add_argument("--at-once", type=int, default=WORKERS * WEB_THREADS)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--rate", type=float, default=200)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    load = round(os.getloadavg()[0], 1)
    result = {**run(options), "load_before": load}
    print(json.dumps(result) if options.json else json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
