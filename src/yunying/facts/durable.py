"""Making files survive a power cut: delta-rs writes atomically but does not fsync, so we do."""

import os
from pathlib import Path


def fsync_file(path: Path) -> None:
    """Force one file's bytes to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def fsync_folders(path: Path, root: Path) -> None:
    """Force the folder entries from ``path`` up to and including ``root`` to the disk."""
    folder = path
    while True:
        fsync_file(folder)
        if folder == root or root not in folder.parents:
            return
        folder = folder.parent


def write_durably(path: Path, text: str) -> None:
    """Write a small file so that after a crash it is there whole or not at all."""
    passing = path.with_suffix(path.suffix + ".passing")
    passing.write_text(text, encoding="utf-8")
    fsync_file(passing)
    passing.replace(path)
    fsync_file(path.parent)
