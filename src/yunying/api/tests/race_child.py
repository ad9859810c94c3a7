"""One sender of many: race_child.py fill | send TOKEN COUNT | limit TOKEN COUNT | unprotect | sums."""

import json
import os
import sys
from datetime import date

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yunying.config.settings")

import django

django.setup()

from django.db import connection
from django.test import Client
from django.utils import timezone

from yunying.accounts.database import database_ready
from yunying.accounts.people import person_make
from yunying.accounts.tokens import token_make
from yunying.api.models import KeptAnswer
from yunying.inbox.models import InboxRow
from yunying.interventions.desk_facts import store_save
from yunying.interventions.models import Intervention

PRICE = {"kind": "set_price", "params": {"product": "CUP", "list_price": "9.90"}}


def fill() -> dict:
    database_ready()
    store_save("shop", title="Shop", currency="CNY", time_zone="Asia/Shanghai", today_date=date(2026, 11, 25))
    person = person_make("till", "a long enough password")
    return {"token": token_make(person, "race", now=timezone.now())}


def post(client: Client, token: str, path: str, key: str, body: dict) -> str:
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
    answer = client.post(
        f"/api/v1/stores/shop/{path}", json.dumps(body), content_type="application/json", headers=headers
    )
    return f"{answer.status_code} {answer.content.decode()}"


def send(token: str, count: int) -> dict:
    """Each key composes something and brings one row in; what was answered, by key."""
    client, told = Client(raise_request_exception=False), {}
    for number in range(count):
        told[f"c{number}"] = post(client, token, "interventions", f"c{number}", {**PRICE, "title": str(number)})
        row = {"product": f"P{number}", "date": "2026-11-20", "on_hand": number}
        told[f"f{number}"] = post(client, token, "facts/stock_level", f"f{number}", {"rows": [row]})
    return told


def limit(token: str, count: int) -> dict:
    client, told = Client(raise_request_exception=False), {}
    for _ in range(count):
        answer = client.get("/api/v1/stores", headers={"Authorization": f"Bearer {token}"})
        told[str(answer.status_code)] = told.get(str(answer.status_code), 0) + 1
    return told


def unprotect() -> dict:
    """The control: nothing in the database keeps a key from being written twice."""
    constraint = next(each for each in KeptAnswer._meta.constraints if each.name == "one_answer_per_key_of_a_token")
    with connection.schema_editor() as editor:
        editor.remove_constraint(KeptAnswer, constraint)
    return {}


def sums() -> dict:
    return {"composed": Intervention.objects.count(), "rows": InboxRow.objects.count()}


def main() -> None:
    deed, *arguments = sys.argv[1:]
    if deed in ("fill", "unprotect", "sums"):
        sys.stdout.write(json.dumps({"fill": fill, "unprotect": unprotect, "sums": sums}[deed]()) + "\n")
        return
    connection.ensure_connection()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    sys.stdout.write(json.dumps({"send": send, "limit": limit}[deed](arguments[0], int(arguments[1]))) + "\n")


if __name__ == "__main__":
    main()
