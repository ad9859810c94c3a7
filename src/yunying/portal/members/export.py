"""All that is held on a member as one file: JSON for programs, tables for spreadsheets, and a page to read."""

import csv
import io
import json
import zipfile
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.template.loader import render_to_string

from yunying.accounts.people import Person
from yunying.audit.log import Change, audit_record
from yunying.kernel.errors import OperatorError
from yunying.kernel.sheet_text import inert_csv_text
from yunying.portal.members.holdings import Row, holdings_of
from yunying.portal.members.models import Profile
from yunying.portal.moderation.rates import rate_take

MOST_A_DAY = 3


def export_make(person: Person, site: str, browser: Row, now: datetime) -> bytes:
    """A ZIP archive of everything; that it was made stands in the audit log.

    Raises:
        OperatorError: it was made as often as it may be on a day.
    """
    if not rate_take(f"member-export/{person.pk}", MOST_A_DAY, timedelta(days=1), now):
        raise OperatorError("too-many-exports", "You had your data several times today.", "Ask again tomorrow.")
    held = holdings_of(person, browser)
    picture = Profile.objects.filter(person=person).values_list("picture", flat=True).first()
    content = _packed(held, bytes(picture) if picture else b"", now)
    audit_record(site, person.get_username(), now, [Change("member-export", f"person/{person.pk}")])
    return content


def _packed(held: Mapping[str, list[Row]], picture: bytes, now: datetime) -> bytes:
    out = io.BytesIO()
    told = {"made_at": now.isoformat(), "sections": held}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(told, ensure_ascii=False, indent=1))
        archive.writestr("read-me.html", render_to_string("members/held.html", _page(held, now)))
        for name, rows in held.items():
            if rows:
                archive.writestr(f"tables/{name}.csv", table_text(rows).encode("utf-8-sig"))
        if picture:
            archive.writestr("picture.webp", picture)
    return out.getvalue()


def table_text(rows: list[Row]) -> str:
    """Rows as CSV, a column for each field that any of them has; no text of it runs as a formula."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow([inert_csv_text(name) for name in names])
    table.writerows([_cell(row.get(name)) for name in names] for row in rows)
    return out.getvalue()


def _cell(value: Any) -> object:
    if value is None or isinstance(value, (int, float)):
        return value
    return inert_csv_text(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _page(held: Mapping[str, list[Row]], now: datetime) -> dict[str, Any]:
    tables = []
    for name, rows in held.items():
        names = list(dict.fromkeys(column for row in rows for column in row))
        tables.append((name, names, [[_read(row.get(column)) for column in names] for row in rows]))
    return {"tables": tables, "now": now}


def _read(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
