"""A batch: what one source hands to the facts at once; it becomes visible whole or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa


@dataclass(frozen=True)
class FactBatch:
    """Rows for one store from one source.

    Args:
        source: names the source, such as ``file/<sha256>`` or ``sim``; numbers rise within a source.
        number: from 1; a batch whose number is not above the source's last one is skipped.
        store: the store that every row belongs to; the tables need no ``store`` column.
        tables: Arrow tables by name of the fact table. Columns may be missing where they are nullable. A column
            ``_source_row`` (int64) may name the record of the file that the row came from.
        primary: the table whose source rows are counted in the outcome.
        whole_orders: orders without line numbers: the order is the unit, so an order that comes again with
            other lines supersedes itself.
        note: small texts and counts recorded with the snapshot, such as the file's name and rows read.
    """

    source: str
    number: int
    store: str
    tables: Mapping[str, pa.Table]
    primary: str
    whole_orders: bool = False
    note: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class WriteOutcome:
    """What became of a batch.

    ``rows_new`` and ``rows_superseded`` count source rows of the primary table where the batch carried
    ``_source_row``, else fact rows. ``is_repeat`` says that the batch had been published before.
    """

    snapshot: int
    rows_new: int
    rows_superseded: int
    rows_unchanged: int
    by_table: Mapping[str, int]
    is_repeat: bool = False
    note: Mapping[str, str | int] = field(default_factory=dict)
