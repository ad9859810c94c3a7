"""A skip for want of a required part is a failure, and the parts that are there really answer."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.requirements import POSTGRES_URL, chromium_path

ROOT = Path(__file__).parent.parent


def run_needing_nothing_there(service: str, tmp_path: Path, **environment: str) -> subprocess.CompletedProcess:
    """Run a one-test suite, under the project's own conftest, whose service cannot be found."""
    (tmp_path / "test_one.py").write_text(
        f"import pytest\n@pytest.mark.needs({service!r})\ndef test_it() -> None:\n    pass\n"
    )
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), f"--rootdir={ROOT}", "-p", "conftest",
         "-rs", str(tmp_path / "test_one.py")],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
    )  # fmt: skip


MISSING = {
    "postgres": {"YUNYING_TEST_POSTGRES": "postgresql://nobody@127.0.0.1:1/none"},
    "chromium": {"PATH": "/nonexistent"},
}


@pytest.mark.parametrize("service", MISSING)
def test_a_missing_part_skips_and_a_required_one_fails(service: str, tmp_path: Path) -> None:
    skipped = run_needing_nothing_there(service, tmp_path, **MISSING[service], YUNYING_REQUIRE="")
    assert skipped.returncode == 0, skipped.stdout
    assert "1 skipped" in skipped.stdout
    failed = run_needing_nothing_there(service, tmp_path, **MISSING[service], YUNYING_REQUIRE="chromium,postgres")
    assert failed.returncode == 1, failed.stdout
    assert f"YUNYING_REQUIRE names {service}" in failed.stdout


@pytest.mark.needs("postgres")
def test_postgres_answers() -> None:
    with psycopg.connect(POSTGRES_URL) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.needs("chromium")
def test_chromium_renders_a_page(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<!doctype html><meta charset=utf-8><body><script>document.body.textContent=6*7+'元'</script>")
    command = [
        str(chromium_path()), "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic",
        f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", page.as_uri(),
    ]  # fmt: skip
    shown = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert "42元" in shown.stdout
