"""One importer of many that meets the same new customers at the same moment.

It gets ready, says so, waits for the starting line on its standard input, and prints the keys that it was given.
"""

import json
import sys

import django


def main() -> None:
    django.setup()
    from django.db import connection

    from yunying.accounts.member_keys import member_keys

    store, count = sys.argv[1], int(sys.argv[2])
    connection.ensure_connection()
    print("ready", flush=True)
    sys.stdin.readline()
    print(json.dumps(dict(member_keys(store, [f"customer-{number}" for number in range(count)]))), flush=True)


if __name__ == "__main__":
    main()
