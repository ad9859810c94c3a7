"""Simulated visitors for a shop that is being tried out."""

import os
import time
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from yunying.cli.app import HomeOption, JsonOption, app, home_of, moment, print_json, progress_bar
from yunying.kernel.errors import OperatorError

LOCAL = ("127.0.0.1", "localhost", "::1")


@app.command()
def visitors(
    shop: Annotated[str, typer.Option("--shop", help="Address of the shop's first page.")] = (
        "http://127.0.0.1:8000/shop/teahouse/"
    ),
    visits: Annotated[int, typer.Option("--visits", help="How many visits.", min=1, max=100_000)] = 20,
    seed: Annotated[int, typer.Option("--seed", help="The crowd's luck.", min=0)] = 1,
    every: Annotated[
        float, typer.Option("--every", help="Mean seconds between two visits; 0 sends one after another.", min=0)
    ] = 0.0,
    elsewhere: Annotated[
        bool, typer.Option("--elsewhere", help="Allow a shop on another machine: it must be one of yours, for trial.")
    ] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let simulated visitors use a shop by HTTP: they look, search, buy with simulated money, send back, review.

    What they remember (people, prices they knew first, orders) is kept in the home, so that the next run goes on.

    Example: yunying visitors --shop http://127.0.0.1:8000/shop/teahouse/ --visits 50
    """
    import numpy as np

    from yunying.sim.visitors.crowd import Crowd
    from yunying.sim.visitors.memory import memory_read, memory_write
    from yunying.sim.visitors.tastes import Tastes

    site, path = _site(shop, elsewhere)
    memory_path = _memory_path(home_of(home).path, path)
    memory = memory_read(memory_path)
    crowd = Crowd(site, path, memory, moment, seed, Tastes())
    crowd.look()
    rests = np.random.default_rng([seed, memory.visits]).exponential(every, visits)
    try:
        with progress_bar("visits") as tell:
            for number in range(visits):
                crowd.plans_do()
                crowd.visit()
                tell(f"{number + 1} of {visits}", (number + 1) / visits)
                time.sleep(float(rests[number]) if every and number + 1 < visits else 0.0)
    finally:
        memory_write(memory_path, memory)
    if as_json:
        print_json(dict(sorted(crowd.counts.items())))
    else:
        typer.echo(", ".join(f"{name.replace('_', ' ')} {count}" for name, count in sorted(crowd.counts.items())))


def _site(shop: str, elsewhere: bool) -> tuple[str, str]:
    """The site and the path of a shop's address."""
    parts = urlsplit(shop)
    if parts.scheme not in ("http", "https") or not parts.hostname or len(parts.path) < 2:
        raise OperatorError("bad-address", f"{shop!r} is no address of a shop.", "Give http://host:port/shop/name/.")
    if parts.hostname not in LOCAL and not elsewhere:
        what = f"{parts.hostname} is another machine, and simulated buyers place orders."
        raise OperatorError("not-local", what, "Add --elsewhere if it is a shop of yours that is being tried out.")
    return f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/") + "/"


def _memory_path(home: Path, path: str) -> Path:
    slug = path.strip("/").rpartition("/")[2]
    return home / "hands" / os.path.basename(slug) / "portal" / "visitors.json"
