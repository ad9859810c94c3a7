"""Pages of the portal, made anew, with few articles and comments and with very many; PostgreSQL.

    python -m bench.news_scale --json [--articles 1000000 --comments 5000000]

The rows are built by SQL in bulk: articles like one of the sample in one column, a minute apart, and comments spread
over all articles. Search is left out, for its grams are some hundred rows an article. Each page is asked for in the
process, with nothing kept: ``ms`` is the median of ``--rounds``, each the median of ``--pages`` distinct pages; both
portals take turns, so that what else the machine does slows them alike. ``queries`` are those of one page, and
``slower`` the share by which the many slow a page.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from tests.databases import own_environment

from bench.shop_server import ROOT, SETTINGS

CHILD = ROOT / "bench/news_scale_child.py"


class Built:
    """A portal that a process of its own has built and times again each time that it is asked."""

    def __init__(self, stack: ExitStack, articles: int, comments: int, pages: int) -> None:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="yunying-news-scale-")))
        own = stack.enter_context(own_environment("postgres", home))
        environment = {**own, **SETTINGS, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, str(CHILD), str(articles), str(comments), str(pages)]
        self._child = stack.enter_context(
            subprocess.Popen(
                command, env=environment, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
        )
        self.seconds_to_build = float(self._told())

    def timed(self) -> dict[str, dict[str, float]]:
        """Milliseconds and queries of each kind of page, now."""
        assert self._child.stdin
        self._child.stdin.write("again\n")
        self._child.stdin.flush()
        return dict(json.loads(self._told()))

    def _told(self) -> str:
        assert self._child.stdout
        line = self._child.stdout.readline()
        if not line:
            raise RuntimeError("the portal could not be built or timed; its process told why")
        return line


def measured(portals: Sequence[Built], rounds: int) -> list[dict[str, dict[str, float]]]:
    """Of each portal the medians of its rounds, which all take in turns, so that what else runs slows them alike."""
    told = [[each.timed() for each in portals] for _ in range(rounds)]
    return [
        {name: {unit: round(float(np.median([row[at][name][unit] for row in told])), 1) for unit in told[0][at][name]}
         for name in told[0][at]}
        for at in range(len(portals))
    ]  # fmt: skip


def main() -> None:
    """Run the bench from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--comments", type=int, default=5_000_000)
    parser.add_argument("--few-articles", type=int, default=1_000)
    parser.add_argument("--few-comments", type=int, default=5_000)
    parser.add_argument("--pages", type=int, default=15)
    parser.add_argument("--rounds", type=int, default=12, help="how often each portal is timed, in turns")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with ExitStack() as stack:
        portals = [
            Built(stack, options.few_articles, options.few_comments, options.pages),
            Built(stack, options.articles, options.comments, options.pages),
        ]
        few, many = measured(portals, options.rounds)
        seconds = portals[1].seconds_to_build
    slower = {name: round(many[name]["ms"] / few[name]["ms"] - 1, 2) for name in few}
    result = {
        "articles": [options.few_articles, options.articles], "comments": [options.few_comments, options.comments],
        "few": few, "many": many, "slower": slower, "seconds_to_build": seconds,
        "load_before": round(os.getloadavg()[0], 1),
    }  # fmt: skip
    print(json.dumps(result) if options.json else json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
