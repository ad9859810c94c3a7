"""The outside parts that some tests talk to, and how to tell whether they are there."""

import os
import shutil
from functools import cache

POSTGRES_URL = os.environ.get("YUNYING_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/test")


@cache
def missing_service(service: str) -> str | None:
    """Why the service cannot be used; None if it can."""
    return {"postgres": _postgres, "chromium": _chromium}[service]()


def _postgres() -> str | None:
    try:
        import psycopg
    except ImportError:
        return "psycopg is not installed"
    try:
        with psycopg.connect(POSTGRES_URL, connect_timeout=3):
            return None
    except psycopg.OperationalError as error:
        return f"PostgreSQL does not answer at {POSTGRES_URL}: {error}"


def _chromium() -> str | None:
    return None if chromium_path() else "Chromium is not installed (Debian: apt-get install chromium)"


def chromium_path() -> str | None:
    """Where the browser is."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
