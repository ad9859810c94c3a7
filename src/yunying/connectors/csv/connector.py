"""The hands of a store that is run by files: every command becomes a row on a sheet that a person carries out."""

import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from yunying.connectors.csv.applied_keys import Applied, AppliedKeys, Params, applied_keys
from yunying.connectors.csv.purchase_sheets import first_line, purchase_facts, purchase_sheet, sheet_path
from yunying.connectors.csv.sheets import (
    CSV_TYPE,
    TEXT_TYPE,
    XLSX_TYPE,
    csv_bytes,
    file_write,
    xlsx_bytes,
)  # fmt: skip
from yunying.connectors.csv.subjects import undo_of
from yunying.connectors.csv.work_sheets import WORK_FACTS, text_path, work_path, work_sheet
from yunying.connectors.manifest import Connector, Site, application_check, key_reused
from yunying.connectors.references import reference_of
from yunying.connectors.site_lock import site_lock
from yunying.facts.batch import FactBatch
from yunying.kernel.command import Command
from yunying.kernel.command_schema import COMMANDS, command_schema, command_subject
from yunying.kernel.errors import ConnectorError
from yunying.kernel.json_form import to_plain
from yunying.kernel.receipt import Receipt, ReceiptFile

_ONLY_OF_A_SHOP = ("set_slot", "clear_slot", "receive_goods", "unreceive_goods")
"""What a person cannot do by a sheet: draws by chance, and what a warehouse tells by itself."""
_DECLARED = tuple(sorted(each for each in COMMANDS if each[0] not in _ONLY_OF_A_SHOP))
# Threads of one process share a folder's record; processes are held apart by the lock on the folder.
_TURN = threading.Lock()


def apply(site: Site, command: Command, key: str, dry_run: bool) -> Receipt:
    """Put the command onto its sheet, once for each key.

    The record is written first and the sheets are written anew from it, so a call that dies on the way is finished by
    the next one with the same key.

    Raises:
        OperatorError: the command does not fit, or the key or the order's number belongs to another one.
        ConnectorError: the folder cannot be written just now.
    """
    command = application_check("csv", _DECLARED, command, key)
    try:
        with _TURN:
            return _apply(site, command, key, dry_run)
    except OSError as error:
        raise ConnectorError(f"{site.folder} cannot be used: {error.strerror or error}.", retryable=True) from error


def pull(site: Site, cursor: int) -> Iterator[FactBatch]:
    """Nothing: the facts of such a store come as files that somebody uploads."""
    yield from ()


def source(store: str) -> str:
    """The source of the hands' own facts, of which there are none."""
    return f"csv/{store}"


CONNECTOR = Connector(
    slug="csv",
    title_en="Files",
    title_zh="文件",
    commands=_DECLARED,
    apply=apply,
    pull=pull,
    source=source,
)


def _apply(site: Site, command: Command, key: str, dry_run: bool) -> Receipt:
    if dry_run:
        record = applied_keys(site.folder)
        record.catch_up()
        return _planned(_known(record, command, key) or _prepared(site, record, command, key))
    with site_lock(site.folder):
        record = applied_keys(site.folder)
        record.catch_up()
        applied = _known(record, command, key)
        if applied is None:
            applied = _prepared(site, record, command, key)
            record.add(applied)
        _write_sheets(site, record, applied)
        return applied.receipt


def _known(record: AppliedKeys, command: Command, key: str) -> Applied | None:
    applied = record.find(key)
    if applied is not None and to_plain(applied.command) != to_plain(command):
        raise key_reused(key, applied.command)
    return applied


def _prepared(site: Site, record: AppliedKeys, command: Command, key: str) -> Applied:
    """All that will be recorded of a command; nothing is written here."""
    day, reference = site.as_of.isoformat(), reference_of(command, site.store, key)
    before = _still_in_force(record.in_force(command), site.as_of)
    if command.kind == "purchase_order":
        sheet, number = sheet_path(record, command, day), first_line(record, command, reference)
        facts = {"purchase_line": purchase_facts(command, reference, number, day)}
    else:
        sheet, number = work_path(command, day), 1
        facts = dict(WORK_FACTS[command.kind](command, day)) if command.kind in WORK_FACTS else {}
    schema, subject = command_schema(command.kind, command.version), command_subject(command)
    receipt = Receipt(
        status="applied",
        reference=reference,
        summary_en=f"{schema.title_en} ({subject}) stands on {sheet}.xlsx for a person to carry out.",
        summary_zh=f"{schema.title_zh}（{subject}）已写入 {sheet}.xlsx，请按表执行。",
        undo=undo_of(command, before),
        files=_files(sheet, text_path(command, day, reference)),
        facts=facts,
    )
    return Applied(
        key=key,
        command=command,
        receipt=receipt,
        sheet=sheet,
        date=day,
        currency=site.currency,
        language=site.language,
        first_line=number,
        titles=_titles(site, command),
        before=before,
    )


def _planned(applied: Applied) -> Receipt:
    return replace(applied.receipt, status="planned", undo=None, files=(), facts={})


def _still_in_force(before: Params | None, today: date) -> Params | None:
    """A promotion or a place that ran out by itself is no longer there."""
    end = before.get("end_date") if before else None
    return None if isinstance(end, str) and end <= today.isoformat() else before


def _files(sheet: str, text: str | None) -> tuple[ReceiptFile, ...]:
    kinds = [(f"{sheet}.csv", CSV_TYPE), (f"{sheet}.xlsx", XLSX_TYPE)] + ([(text, TEXT_TYPE)] if text else [])
    return tuple(ReceiptFile(path.rsplit("/", 1)[-1], path, media_type) for path, media_type in kinds)


def _titles(site: Site, command: Command) -> Mapping[str, str]:
    rows = [command.params, *(row for value in command.params.values() if isinstance(value, tuple) for row in value)]
    products = sorted({str(row["product"]) for row in rows if row.get("product")})
    return {product: site.titles[product] for product in products if product in site.titles}


def _write_sheets(site: Site, record: AppliedKeys, applied: Applied) -> None:
    entries = record.of_sheet(applied.sheet)
    sheet = (purchase_sheet if applied.command.kind == "purchase_order" else work_sheet)(entries)
    workbook, table, content = (
        site.folder / f"{applied.sheet}.xlsx",
        site.folder / f"{applied.sheet}.csv",
        csv_bytes(sheet),
    )
    # The table comes last: where it holds the rows already, the workbook does so too.
    if not (workbook.exists() and table.exists() and table.read_bytes() == content):
        file_write(workbook, xlsx_bytes(sheet))
        file_write(table, content)
    text = text_path(applied.command, applied.date, applied.receipt.reference)
    if text:
        file_write(site.folder / text, str(applied.command.params["body"]).encode("utf-8", "replace"))
