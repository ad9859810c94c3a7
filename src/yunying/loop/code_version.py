"""Which code made a run: the version's name, a digest of the sources, and the libraries that numbers depend on."""

import hashlib
import platform
from functools import cache
from importlib.metadata import version
from pathlib import Path

import yunying

_LIBRARIES = ("numpy", "scipy", "duckdb", "ibis-framework", "pyarrow", "deltalake")


@cache
def code_digest() -> str:
    """The first 16 hexadecimal digits of the SHA-256 over every source file of the program but its tests."""
    root = Path(yunying.__file__).parent
    total = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        if path.suffix in (".py", ".yaml", ".csv") and "tests" not in path.parts:
            total.update(str(path.relative_to(root)).encode())
            total.update(path.read_bytes())
    return total.hexdigest()[:16]


def code_version() -> dict[str, str]:
    """What a run records of the program, its libraries and the processor."""
    found = {"yunying": f"{yunying.__version__}+{code_digest()}", "python": platform.python_version()}
    found |= {name: version(name) for name in _LIBRARIES}
    return {**found, "processor": platform.machine()}
