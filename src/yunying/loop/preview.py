"""A look at a file before it is imported; nothing is written."""

from pathlib import Path

from yunying.connectors.csv.preview import FileGuess, draft_map, sniff


def file_preview(path: Path, map_path: Path | None, kind: str | None = None) -> tuple[FileGuess, str]:
    """What a file seems to be, and a draft of the map that would read it."""
    return sniff(path, map_path=map_path), draft_map(path, kind=kind, map_path=map_path)
