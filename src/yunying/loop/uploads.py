"""Uploads: a file that somebody gave at the desk is drafted, then imported; both write what they found to it."""

import tempfile
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from yunying.connectors.csv.preview import draft_map, sniff
from yunying.connectors.csv.synonyms import KINDS, fields_of
from yunying.interventions.desk_facts import upload_named, upload_saw
from yunying.kernel.errors import FactError, OperatorError
from yunying.loop.home import Home
from yunying.loop.ingest import ImportOptions, ingest_file

MOST_PROBLEMS = 200


def upload_draft(home: Home, upload_id: int) -> dict[str, Any]:
    """Say what the file seems to be and draft a map for it.

    Raises:
        OperatorError, FactError: it cannot be read; the upload says so too.
    """
    upload: Any = upload_named(upload_id)
    path = home.path / upload.path
    try:
        guess = sniff(path)
        mapping = draft_map(path, kind=upload.kind or None)
    except Exception as error:
        upload_saw(upload_id, state="refused", error=error_plain(error))
        raise
    draft = {
        "format": guess.format,
        "encoding": guess.encoding,
        "kind": guess.kind,
        "preset": guess.preset,
        "rows": guess.rows,
        "columns": _columns(guess),
        "kinds": list(KINDS),
        "fields": {kind: [{"name": each.name, "is_needed": each.is_needed} for each in fields_of(kind).values()]
                   for kind in KINDS},
        "mapping": mapping,
    }  # fmt: skip
    upload_saw(
        upload_id, state="drafted", draft=draft, mapping=mapping, kind=upload.kind or guess.kind or "", error=None
    )
    return {"kind": guess.kind, "rows": guess.rows}


def upload_import(home: Home, upload_id: int, *, latest_date: date, progress: Any) -> dict[str, Any]:
    """Import a drafted file with the map that was confirmed, whole or not at all.

    Raises:
        OperatorError, FactError: nothing was imported; the upload says why, row by row.
    """
    upload: Any = upload_named(upload_id)
    path = home.path / upload.path
    options: Mapping[str, Any] = upload.options
    with tempfile.TemporaryDirectory() as folder:
        map_path = Path(folder) / "map.yaml"
        map_path.write_text(upload.mapping, encoding="utf-8")
        chosen = ImportOptions(
            store=upload.store,
            latest_date=latest_date,
            currency=options.get("currency") or None,
            time_zone=options.get("time_zone") or None,
            kind=upload.kind or None,
            map_path=map_path if _says_something(upload.mapping) else None,
            set_aside=path.with_suffix(".set-aside.csv") if options.get("set_aside") else None,
            stock_date=date.fromisoformat(options["stock_date"]) if options.get("stock_date") else None,
        )
        try:
            done = ingest_file(home, path, chosen, progress=progress)
        except Exception as error:
            upload_saw(upload_id, state="refused", error=error_plain(error))
            raise
    outcome = {
        "kind": done.file.kind,
        "rows_read": done.file.rows_read,
        "rows_new": done.outcome.rows_new,
        "rows_superseded": done.outcome.rows_superseded,
        "rows_set_aside": done.file.rows_set_aside,
        "is_repeat": done.outcome.is_repeat,
        "snapshot": done.outcome.snapshot,
        "notes": list(done.notes),
        "problems": [vars(each) for each in done.file.problems[:MOST_PROBLEMS]],
    }
    upload_saw(upload_id, state="imported", outcome=outcome, error=None)
    return outcome


def error_plain(error: Exception) -> dict[str, Any]:
    """An error as the desk shows it."""
    if isinstance(error, FactError):
        return {
            "code": "bad-rows",
            "what": f"{len(error.problems)} rows are bad, so nothing of the file was imported.",
            "remedy": "Mend the rows, or import the others and set these aside.",
            "problems": [vars(each) for each in error.problems[:MOST_PROBLEMS]],
        }
    if isinstance(error, OperatorError):
        return {"code": error.code, "what": error.what, "remedy": error.remedy, "problems": []}
    what = f"It could not be read: {type(error).__name__}: {error}"[:2000]
    return {"code": "internal", "what": what, "remedy": "Upload it again; if that fails too, report it as a bug.",
            "problems": []}  # fmt: skip


def latest_date(now: date) -> date:
    """Rows dated after tomorrow are refused."""
    return now + timedelta(days=1)


def _columns(guess: Any) -> list[dict[str, Any]]:
    field_of = {header: name for name, header in guess.recognised.items()}
    return [
        {"column": header, "field": field_of.get(header, ""), "samples": list(samples)}
        for header, samples in guess.samples.items()
    ]


def _says_something(mapping: str) -> bool:
    try:
        return bool(yaml.safe_load(mapping or ""))
    except yaml.YAMLError:
        return True
