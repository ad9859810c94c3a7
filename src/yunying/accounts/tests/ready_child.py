"""Bring the database up to the code from a process of its own, and print what it says of itself as JSON."""

import json
import sys

import django


def main() -> None:
    django.setup()
    from yunying.accounts.database import database_facts, database_ready, migrations_waiting

    waiting = migrations_waiting()
    if "--wait" in sys.argv:
        print("ready", flush=True)
        sys.stdin.readline()
    database_ready()
    print(json.dumps({"before": waiting, "after": migrations_waiting(), **database_facts()}), flush=True)


if __name__ == "__main__":
    main()
