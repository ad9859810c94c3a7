"""Pages of the portal, made anew, with few articles and comments and with very many; PostgreSQL.

    python -m bench.news_scale --json [--articles 1000000 --comments 5000000]

The rows are built by SQL in bulk: articles like one of the sample in one column, a minute apart, and comments spread
over all articles. Search is left out, for its grams are some hundred rows an article. Each page is asked for in the
process, with nothing kept: ``ms`` is the median of ``--pages`` distinct pages, ``queries`` those of one of them, and
``slower`` the share by which the many slow a page.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.databases import own_environment

from bench.shop_server import ROOT, SETTINGS

CHILD = ROOT / "bench/news_scale_child.py"


def measured(articles: int, comments: int, pages: int) -> dict[str, dict[str, float]]:
    """Milliseconds and queries of each kind of page with so many rows, in a database of its own."""
    with (
        tempfile.TemporaryDirectory(prefix="yunying-news-scale-") as home,
        own_environment("postgres", Path(home)) as own,
    ):
        environment = {**own, **SETTINGS, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, str(CHILD), str(articles), str(comments), str(pages)]
        told = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True)
        if told.returncode:
            raise RuntimeError(told.stderr)
        return dict(json.loads(told.stdout))


def main() -> None:
    """Run the bench from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--comments", type=int, default=5_000_000)
    parser.add_argument("--few-articles", type=int, default=1_000)
    parser.add_argument("--few-comments", type=int, default=5_000)
    parser.add_argument("--pages", type=int, default=30)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    few = measured(options.few_articles, options.few_comments, options.pages)
    many = measured(options.articles, options.comments, options.pages)
    slower = {name: round(many[name]["ms"] / few[name]["ms"] - 1, 2) for name in few if name != "seconds_to_build"}
    result = {
        "articles": [options.few_articles, options.articles], "comments": [options.few_comments, options.comments],
        "few": few, "many": many, "slower": slower, "load_before": round(os.getloadavg()[0], 1),
    }  # fmt: skip
    print(json.dumps(result) if options.json else json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
