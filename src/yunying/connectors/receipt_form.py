"""Receipts as they lie in a journal, and back without loss."""

from collections.abc import Mapping
from typing import Any

from yunying.kernel.command import Command
from yunying.kernel.errors import InternalError
from yunying.kernel.json_form import from_plain
from yunying.kernel.receipt import Receipt, ReceiptFile, ReceiptStatus

_STATUSES: Mapping[str, ReceiptStatus] = {
    "applied": "applied", "partly_applied": "partly_applied", "planned": "planned",
}  # fmt: skip


def receipt_from(plain: Mapping[str, Any]) -> Receipt:
    """The inverse of ``to_plain`` for a receipt.

    Raises:
        InternalError: the value is no receipt.
    """
    try:
        return Receipt(
            status=_STATUSES[plain["status"]],
            reference=str(plain["reference"]),
            summary_en=str(plain["summary_en"]),
            summary_zh=str(plain["summary_zh"]),
            undo=None if plain["undo"] is None else from_plain(Command, plain["undo"]),
            files=tuple(from_plain(ReceiptFile, each) for each in plain["files"]),
            facts={table: tuple(dict(row) for row in rows) for table, rows in plain["facts"].items()},
            problems=tuple(map(str, plain["problems"])),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise InternalError(f"{plain!r} is no receipt") from error
