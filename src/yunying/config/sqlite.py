"""SQLite's journal follows the library: older ones can corrupt a WAL file that two processes write."""

WAL_SAFE = ((3, 51, 3), (3, 50, 7), (3, 44, 6))
"""The releases that mended the WAL reset bug, and the branches they were ported back to (SQLite 3.51.3 notes)."""


def journal_mode(version: tuple[int, int, int]) -> str:
    """``WAL`` where the library is safe for several processes, else a rollback journal.

    >>> journal_mode((3, 51, 3)), journal_mode((3, 50, 7)), journal_mode((3, 50, 6)), journal_mode((3, 40, 1))
    ('WAL', 'WAL', 'TRUNCATE', 'TRUNCATE')
    """
    newest = WAL_SAFE[0]
    patched = any(version[:2] == safe[:2] and version >= safe for safe in WAL_SAFE)
    return "WAL" if version >= newest or patched else "TRUNCATE"
