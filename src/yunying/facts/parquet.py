"""Writing Parquet files under a table's folder; a file counts only once a commit names it."""

import uuid
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from yunying.facts.delta import DataFile
from yunying.facts.durable import fsync_file, fsync_folders

ROW_GROUP_ROWS = 250_000


def write_file(folder: Path, store: str | None, rows: pa.Table) -> DataFile:
    """Write the rows as one new file of the store's partition and force it to the disk."""
    relative, path = new_path(folder, store)
    pq.write_table(
        rows,
        path,
        compression="zstd",
        compression_level=1,
        row_group_size=ROW_GROUP_ROWS,
        write_statistics=True,
        store_schema=False,
    )
    return finish_file(folder, relative, rows.num_rows)


def new_path(folder: Path, store: str | None) -> tuple[str, Path]:
    """A name that no file has: relative to the table's folder, and whole."""
    name = f"part-{uuid.uuid4().hex}.parquet"
    relative = f"store={store}/{name}" if store is not None else name
    path = folder / relative
    path.parent.mkdir(parents=True, exist_ok=True)
    return relative, path


def finish_file(folder: Path, relative: str, rows: int) -> DataFile:
    """Force a written file and the folders above it to the disk."""
    path = folder / relative
    fsync_file(path)
    fsync_folders(path.parent, folder.parent)
    return DataFile(relative, path.stat().st_size, rows)
