"""How large a file may be before it is refused, and the error that says which limit and how to raise it."""

from dataclasses import dataclass, fields

from yunying.kernel.errors import OperatorError


@dataclass(frozen=True)
class Limits:
    """What one file may ask of the machine; every figure can be raised by the caller.

    Args:
        file_bytes: size on disk.
        expanded_bytes: size after decompression.
        expansion: expanded bytes per compressed byte; tested once more than 1 MiB has come out.
        columns: columns of a table.
        line_bytes: bytes of a text file without a line end.
        cell_characters: characters of one cell.
        rows: records below the header.
        sheets: sheets of a workbook.
        shared_string_bytes: expanded size of a workbook's table of texts.
    """

    file_bytes: int = 2 * 1024**3
    expanded_bytes: int = 4 * 1024**3
    expansion: int = 200
    columns: int = 1_000
    line_bytes: int = 8 * 1024**2
    cell_characters: int = 100_000
    rows: int = 20_000_000
    sheets: int = 50
    shared_string_bytes: int = 256 * 1024**2

    def check(self, name: str, measured: int, subject: str) -> None:
        """Raise OperatorError ``limit-<name>`` if ``measured`` is above the limit of that name."""
        if measured > self[name]:
            raise self.error(name, subject)

    def error(self, name: str, subject: str) -> OperatorError:
        """The error for a limit that was passed."""
        return OperatorError(
            f"limit-{name.replace('_', '-')}",
            f"{subject} passes the limit {name} = {self[name]:,}.",
            f"Split the file; or, if you trust it, raise {name} in the import's limits.",
        )

    def __getitem__(self, name: str) -> int:
        if name not in {field.name for field in fields(self)}:
            raise KeyError(name)
        return int(getattr(self, name))
