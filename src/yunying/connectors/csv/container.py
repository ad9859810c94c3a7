"""Opening the file: what it is, and its bytes after decompression, never more than the limits allow."""

import contextlib
import gzip
import hashlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

from yunying.connectors.csv.limits import Limits
from yunying.kernel.errors import OperatorError, YunyingError

Format = Literal["text", "xlsx", "parquet"]

_CHUNK = 1024 * 1024
_SPARE = 1024 * 1024
_OLD_EXCEL = bytes.fromhex("d0cf11e0a1b11ae1")


@dataclass(frozen=True)
class Content:
    """A file's expanded bytes.

    Args:
        name: the file's name, with the member's name where it was packed.
        sha256: hexadecimal digest of the file as it lies on disk.
    """

    name: str
    format: Format
    data: bytes
    sha256: str


def open_content(path: Path, limits: Limits) -> Content:
    """Read a file of any of the accepted formats, unpacked.

    Raises:
        OperatorError: it cannot be read, is of another format, or passes a limit.
    """
    raw = _read_raw(path, limits)
    sha256 = hashlib.sha256(raw).hexdigest()
    name = path.name
    if raw[:2] == b"\x1f\x8b":
        with _unpacking(name), gzip.GzipFile(fileobj=io.BytesIO(raw)) as packed:
            raw = _bounded(packed, len(raw), limits, name)
        if raw[:2] == b"\x1f\x8b" or raw[:4] == b"PK\x03\x04":
            raise _nested(name)
    elif raw[:4] == b"PK\x03\x04" and not _is_workbook(raw):
        name, raw = _only_member(raw, limits, name)
    return Content(name, _format(raw, name), raw, sha256)


def _read_raw(path: Path, limits: Limits) -> bytes:
    try:
        limits.check("file_bytes", path.stat().st_size, f"The file {path.name}")
        with path.open("rb") as file:
            head = file.read(limits.line_bytes + 1)
            _refuse_endless_line(head, limits, path.name)
            raw = head + file.read()
    except OSError as error:
        raise OperatorError(
            "unreadable-file", f"{path} cannot be read: {error.strerror or error}.", "Check the path and your rights."
        ) from error
    if not raw.strip(b"\r\n\t \xef\xbb\xbf"):
        raise OperatorError("empty-file", f"{path.name} is empty.", "Export it again.")
    return raw


def _bounded(stream: IO[bytes] | gzip.GzipFile, compressed: int, limits: Limits, name: str) -> bytes:
    """Read to the end, or stop at the first chunk past a limit: a bomb never comes out whole."""
    pieces: list[bytes] = []
    total = 0
    for piece in _chunks(stream):
        total += len(piece)
        limits.check("expanded_bytes", total, f"The expanded content of {name}")
        if total > _SPARE and total > compressed * limits.expansion:
            raise limits.error("expansion", f"{name}, which grows {total // max(compressed, 1):,} times or more,")
        pieces.append(piece)
        if total - len(piece) <= limits.line_bytes < total:
            _refuse_endless_line(b"".join(pieces), limits, name)
    return b"".join(pieces)


def _refuse_endless_line(head: bytes, limits: Limits, name: str) -> None:
    """Stop before the whole of a text file is read whose first line does not end."""
    is_text = head[:4] not in (b"PAR1", b"PK\x03\x04") and head[:2] != b"\x1f\x8b"
    if is_text and len(head) > limits.line_bytes and b"\n" not in head and b"\r" not in head:
        raise limits.error("line_bytes", f"The first line of {name}")


@contextlib.contextmanager
def _unpacking(name: str) -> Iterator[None]:
    """Tell every failure of the decompressors as what it is: they raise whatever a damaged file makes them meet."""
    try:
        yield
    except (YunyingError, MemoryError):
        raise
    except Exception as error:
        raise OperatorError(
            "broken-archive", f"{name} cannot be unpacked: {error}.", "Download or export it again."
        ) from error


def _chunks(stream: IO[bytes] | gzip.GzipFile) -> Iterator[bytes]:
    while piece := stream.read(_CHUNK):
        yield piece


def _is_workbook(raw: bytes) -> bool:
    with _unpacking("The archive"), zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return any(name.lower() == "[content_types].xml" for name in archive.namelist())


def _only_member(raw: bytes, limits: Limits, name: str) -> tuple[str, bytes]:
    with _unpacking(name), zipfile.ZipFile(io.BytesIO(raw)) as archive:
        members = [
            info for info in archive.infolist() if not info.filename.startswith("__MACOSX/") and not info.is_dir()
        ]
        if len(members) != 1:
            raise OperatorError(
                "zip-members",
                f"{name} holds {len(members)} files.",
                "Unpack it and import the files one by one.",
            )
        member = members[0]
        if ".." in member.filename.replace("\\", "/").split("/") or member.filename.startswith(("/", "\\")):
            raise OperatorError(
                "zip-path",
                f"{name} holds the path {member.filename!r}, which leads out of its folder.",
                "Do not trust this file; pack it again with a plain name.",
            )
        if member.flag_bits & 1:
            raise OperatorError("zip-password", f"{name} is locked with a password.", "Unpack it first.")
        # The stated compressed size may lie; the archive as a whole cannot be smaller than its member.
        compressed = min(max(member.compress_size, 1), len(raw))
        with archive.open(member) as stream:
            data = _bounded(stream, compressed, limits, f"{name}:{member.filename}")
    if data[:2] == b"\x1f\x8b" or (data[:4] == b"PK\x03\x04" and not _is_workbook(data)):
        raise _nested(name)
    return f"{name}:{member.filename}", data


def _nested(name: str) -> OperatorError:
    return OperatorError("nested-archive", f"{name} holds another archive.", "Unpack it and import what is inside.")


def _format(raw: bytes, name: str) -> Format:
    if raw[:4] == b"PAR1":
        return "parquet"
    if raw[:4] == b"PK\x03\x04":
        return "xlsx"
    if raw[:8] == _OLD_EXCEL:
        raise OperatorError(
            "old-excel",
            f"{name} is an old Excel file (.xls) or is locked with a password.",
            "Open it and save it as .xlsx or CSV, without a password.",
        )
    if raw[:5] == b"%PDF-" or raw.lstrip()[:6].lower() in (b"<html>", b"<!doct", b"<?xml "):
        raise OperatorError(
            "unknown-format", f"{name} is not a table but a PDF, web page or XML file.", "Export CSV or XLSX."
        )
    return "text"
