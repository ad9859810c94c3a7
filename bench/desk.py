"""The desk over 50,000 open proposals and five years of interventions: milliseconds and queries of each page.

Run ``python -m bench.desk --json``; with ``YUNYING_DATABASE_URL`` on PostgreSQL, else on SQLite in a throw-away home.
The goal is 300 ms and a number of queries that does not grow.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time

if "YUNYING_HOME" not in os.environ:
    os.environ["YUNYING_HOME"] = tempfile.mkdtemp(prefix="yunying-bench-desk-")
os.environ["DJANGO_SETTINGS_MODULE"] = "yunying.config.settings"

import django

django.setup()

from django.db import connection, reset_queries  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from yunying.accounts.database import database_ready  # noqa: E402
from yunying.interventions.tests.crowd import BUYER, STORE, crowd  # noqa: E402

PAGES = {
    "Today": "/desk/",
    "proposals": "/desk/proposals/",
    "proposals, page 900": "/desk/proposals/?page=900",
    "proposals, text": "/desk/proposals/?q=4711",
    "proposals, cost range by profit": "/desk/proposals/?cost_min=100&cost_max=500&sort=profit",
    "proposals, expiring": "/desk/proposals/?soon=1&sort=expires",
    "interventions": "/desk/interventions/",
    "interventions, credited": "/desk/interventions/?state=credited",
    "interventions, text": "/desk/interventions/?q=4711",
    "measured": "/desk/measured/",
    "runs": "/desk/runs/",
    "imports": "/desk/imports/",
    "settings": "/desk/settings/",
    "activity": "/desk/activity/",
}


def measured(client: Client, address: str, times: int) -> dict[str, float]:
    spent, queries = [], 0
    for _ in range(times + 1):
        with CaptureQueriesContext(connection) as captured:
            began = time.perf_counter()
            response = client.get(address, HTTP_ACCEPT_LANGUAGE="zh-CN")
            spent.append((time.perf_counter() - began) * 1000)
        assert response.status_code == 200, (address, response.status_code)
        queries = len(captured)
        reset_queries()
    return {"ms": round(statistics.median(spent[1:]), 1), "worst_ms": round(max(spent[1:]), 1), "queries": queries}


def bulk(client: Client, count: int) -> dict[str, float]:
    """Reject everything that a filter shows, and take it back."""
    query = f"cost_max={count}"
    page = client.get(f"/desk/proposals/?{query}").content.decode()
    shown = page.split('name="count" value="')[1].split('"')[0]
    began = time.perf_counter()
    client.post("/desk/proposals/act/", {"action": "reject", "all": "1", "query": query, "count": shown})
    return {"rows": int(shown), "seconds": round(time.perf_counter() - began, 2)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--open", type=int, default=50_000)
    parser.add_argument("--past", type=int, default=200_000)
    parser.add_argument("--times", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    database_ready()
    began = time.perf_counter()
    crowd(arguments.open, arguments.past)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    built = round(time.perf_counter() - began, 1)
    client = Client()
    assert client.login(username=BUYER, password="desk-password-1"), STORE
    found = {
        name: measured(client, address, arguments.times)
        for name, address in PAGES.items()
    }  # fmt: skip
    result = {"database": connection.vendor, "open": arguments.open, "past": arguments.past, "built_s": built,
              "pages": found, "bulk": bulk(client, 60)}  # fmt: skip
    if arguments.json:
        sys.stdout.write(json.dumps(result, indent=1) + "\n")
        return
    for name, each in found.items():
        print(f"{name:34} {each['ms']:8.1f} ms   worst {each['worst_ms']:8.1f}   {each['queries']:3} queries")
    print(result["bulk"])


if __name__ == "__main__":
    main()
