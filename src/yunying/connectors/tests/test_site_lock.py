"""A site's folder is worked on by one at a time; who waits in vain may come again."""

import subprocess
import sys
from pathlib import Path

import pytest

from yunying.connectors.site_lock import folder_make, site_lock
from yunying.kernel.errors import ConnectorError

HOLDER = """
import sys
from pathlib import Path
from yunying.connectors.site_lock import site_lock
with site_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_who_waits_too_long_is_told_to_come_again_and_the_death_of_the_holder_frees_the_lock(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(ConnectorError, match="Another process") as caught, site_lock(folder, patience_seconds=0.05):
        pass
    assert caught.value.retryable
    holder.kill()
    holder.communicate()
    with site_lock(folder, patience_seconds=5.0):
        pass


def test_a_folder_is_made_with_all_above_it(tmp_path: Path) -> None:
    folder_make(tmp_path / "a" / "b" / "c")
    folder_make(tmp_path / "a" / "b" / "c")
    assert (tmp_path / "a" / "b" / "c").is_dir()
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OSError, match="file"):
        folder_make(tmp_path / "file" / "below")
