"""What a connector answers when it has applied a command, or has only tried it dry."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from yunying.kernel.command import Command, Value

ReceiptStatus = Literal["applied", "partly_applied", "planned"]


@dataclass(frozen=True)
class ReceiptFile:
    """A file that the connector wrote for people: its name, its path below the site's folder, its media type."""

    name: str
    path: str
    media_type: str


@dataclass(frozen=True)
class Receipt:
    """The answer to one command.

    Args:
        status: ``planned`` answers a dry run, which changed nothing.
        reference: what the outside system calls it, such as a purchase order's number; the same key gives the same one.
        summary_en, summary_zh: one sentence on what was done.
        undo: the command that takes it back; None where nothing does.
        files: what was written for people.
        facts: rows that the outside system will not report by itself, by fact table, in JSON values (dates as ISO text,
            prices as decimal text), without the store column.
        problems: of a partly applied command, what was left out and why.
    """

    status: ReceiptStatus
    reference: str
    summary_en: str
    summary_zh: str
    undo: Command | None = None
    files: tuple[ReceiptFile, ...] = ()
    facts: Mapping[str, tuple[Mapping[str, Value], ...]] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
