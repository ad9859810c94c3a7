"""On PostgreSQL the insert of a page's events is parsed and planned once for a connection, and keeps what it kept."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.databases import own_environment

# Prints how often the server planned the insert and what was kept, over a refusal, a rollback and a lost connection.
CHILD = """
import django, json, os, psycopg
django.setup()
from django.db import DatabaseError, close_old_connections, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from yunying.inbox.box import inbox_append
from yunying.inbox.models import InboxRow

def keep(text, only_if=("SELECT 'a'", "a")):
    return inbox_append("event", [("shop", {"text": text}), ("other", {"text": text, "n": None})], timezone.now(), only_if)

kept = [keep("%s 'x' \\\\ 茶"), keep("2"), keep("3", ("SELECT 'a'", "b")), keep("4", None)]
with CaptureQueriesContext(connection) as queries:
    keep("5")
try:
    keep("\\x00")
except DatabaseError:
    kept.append("refused")
try:
    with transaction.atomic():
        keep("6")
        raise ValueError
except ValueError:
    pass
kept.append(keep("7"))
with connection.cursor() as cursor:
    cursor.execute("SELECT sum(generic_plans + custom_plans) FROM pg_prepared_statements WHERE statement LIKE '%WHERE (%'")
    plans = cursor.fetchone()[0]
with psycopg.connect(os.environ["YUNYING_DATABASE_URL"], autocommit=True) as other:
    other.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
try:
    keep("8")
except DatabaseError:
    kept.append("broken")
close_old_connections()
kept.append(keep("9"))
rows = [[row.store, row.content["text"]] for row in InboxRow.objects.order_by("id")]
print(json.dumps({"kept": kept, "told": [each["sql"][:11] for each in queries], "plans": plans and int(plans), "rows": rows}))
"""  # noqa: E501 (a program of its own)


@pytest.mark.needs("postgres")
@pytest.mark.parametrize("pooler", ["", "1"])
def test_prepared_or_behind_a_pooler_the_same_is_kept(tmp_path: Path, pooler: str) -> None:
    with own_environment("postgres", tmp_path) as environment:
        done = subprocess.run(
            [sys.executable, "-c", CHILD], capture_output=True, text=True,
            env={**environment, "DJANGO_SETTINGS_MODULE": "yunying.config.settings", "YUNYING_DATABASE_POOLER": pooler},
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["kept"] == [True, True, False, True, "refused", True, "broken", True]
    assert found["told"] == ["INSERT INTO"], "it is told among the connection's queries as every other"
    texts = ["%s 'x' \\ 茶", "2", "4", "5", "7", "9"]
    assert found["rows"] == [[store, text] for text in texts for store in ("shop", "other")]
    if pooler:
        assert found["plans"] is None, "such a connection may be another one for the next statement"
    else:
        assert found["plans"], "one statement serves the connection again and again"
