"""A look at a file without importing it: what it seems to be, and a draft of the map that would read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from yunying.connectors.csv.container import open_content
from yunying.connectors.csv.importer import read_records
from yunying.connectors.csv.limits import Limits
from yunying.connectors.csv.mapping import TODO, WrittenMap, guess_kind_or_none, partial_columns, read_map
from yunying.connectors.csv.records import Records
from yunying.connectors.csv.synonyms import KINDS, fields_of, load_yaml


@dataclass(frozen=True)
class FileGuess:
    """What a file seems to be.

    Args:
        format: ``text``, ``xlsx`` or ``parquet``.
        encoding: of a text file, else empty.
        delimiter: of a text file, else empty.
        kind: None if the columns do not tell.
        preset: empty if none fits.
        recognised: the file's header by field.
        unrecognised: headers that nothing uses.
        samples: up to three distinct texts by header.
    """

    format: str
    encoding: str
    delimiter: str
    kind: str | None
    preset: str
    rows: int
    recognised: Mapping[str, str]
    unrecognised: tuple[str, ...]
    samples: Mapping[str, tuple[str, ...]]


def sniff(path: Path, *, map_path: Path | None = None, limits: Limits | None = None) -> FileGuess:
    """What the file seems to be.

    Raises:
        OperatorError: it cannot be read at all.
        FactError: a quote in it is left open.
    """
    written = read_map(map_path)
    content = open_content(Path(path), limits or Limits())
    records = read_records(content, written, limits or Limits())
    return _guess(records, written, content.format)


def _guess(records: Records, written: WrittenMap, form: str) -> FileGuess:
    kind = written.option("kind") or guess_kind_or_none(records, written)
    preset, columns = partial_columns(records, kind) if kind else ("", {})
    columns = {**columns, **written.columns}
    used = set(columns.values())
    return FileGuess(
        form, records.encoding, records.delimiter, kind, preset, len(records) + len(records.broken), columns,
        tuple(name for name in records.header if name not in used),
        {name: tuple(records.sample(name)) for name in records.header},
    )  # fmt: skip


def draft_map(
    path: Path, *, kind: str | None = None, map_path: Path | None = None, limits: Limits | None = None
) -> str:
    """A YAML map for the file, with samples as comments and ``TODO`` where the operator must choose.

    Args:
        path: the file.
        kind: what it holds, if the caller knows.
        map_path: a map that says already how to read it (its encoding, its kind, some columns).
        limits: what the file may ask of the machine.

    Raises:
        OperatorError: the file cannot be read at all.
    """
    written = read_map(map_path)
    content = open_content(Path(path), limits or Limits())
    records = read_records(content, written, limits or Limits())
    guess = _guess(records, WrittenMap({**written.raw, **({"kind": kind} if kind else {})}), content.format)
    chosen = guess.kind or kind
    lines = [f"# A map for {_comment(content.name)}. Correct it, then: import FILE --map THIS"]
    lines.append(f"kind: {chosen or TODO}  # one of {', '.join(KINDS)}")
    if guess.preset:
        title = load_yaml(f"presets/{guess.preset}.yaml")["title"]
        lines.append(f"preset: {guess.preset}  # {title}")
    if guess.encoding:
        lines.append(f"encoding: {guess.encoding}")
        lines.append(f"delimiter: {_scalar(guess.delimiter)}")
    lines += _option_lines(guess)
    lines.append("columns:")
    lines += _column_lines(guess, chosen)
    lines += ["# Columns that nothing uses:"]
    lines += [f"#   {_comment(name)}{_samples(guess, name)}" for name in guess.unrecognised] or ["#   none"]
    return "\n".join(lines) + "\n"


def _option_lines(guess: FileGuess) -> list[str]:
    table = load_yaml(f"presets/{guess.preset}.yaml") if guess.preset else {}
    notes = {
        "currency": "ISO 4217, such as CNY; not needed if the store exists",
        "time_zone": "IANA name, such as Asia/Shanghai; not needed if the store exists",
        "date_order": "ymd, dmy or mdy: only for dates such as 3/4/2024",
        "decimal": '"." or ",": only where commas are ambiguous',
    }
    return [
        f"{name}: {_scalar(str(table[name]))}  # {note}" if name in table else f"# {name}: {TODO}  # {note}"
        for name, note in notes.items()
    ]


def _column_lines(guess: FileGuess, kind: str | None) -> list[str]:
    names = list(fields_of(kind).values()) if kind else []
    lines = []
    for entry in names:
        if entry.name in guess.recognised:
            header = guess.recognised[entry.name]
            lines.append(f"  {entry.name}: {_scalar(header)}{_samples(guess, header)}")
        elif entry.is_needed:
            lines.append(f"  {entry.name}: {TODO}  # needed")
    free = [entry.name for entry in names if entry.name not in guess.recognised and not entry.is_needed]
    if free:
        lines.append(f"  # Also known: {', '.join(free)}")
    return lines or [f"  # Name the kind first: {TODO}"]


def _samples(guess: FileGuess, header: str) -> str:
    texts = [_comment(text if len(text) <= 30 else text[:27] + "...") for text in guess.samples.get(header, ())]
    return f"  # e.g. {' | '.join(texts)}" if texts else "  # empty"


def _comment(text: str) -> str:
    """Text that cannot leave a comment."""
    return "".join(character if character.isprintable() else " " for character in text)


def _scalar(text: str) -> str:
    """Text as one YAML value on one line."""
    return yaml.safe_dump(text, allow_unicode=True, default_style='"', width=10**6).strip()
