"""What import rules cannot see: sizes, names, the clock, and what the vocabulary is built from."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted(path for path in (ROOT / "src" / "yunying").rglob("*.py") if "migrations" not in path.parts)
CODE = [path for path in SOURCES if "tests" not in path.parts]
FORBIDDEN_NAMES = {"utils", "util", "common", "base", "manager", "managers", "helper", "helpers", "misc"}
PURE = ("kernel", "methods")


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(node: ast.FunctionDef) -> int:
    body = node.body
    has_docstring = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    documented = body[0].end_lineno - body[0].lineno + 1 if has_docstring else 0
    return node.end_lineno - node.lineno + 1 - documented


def test_every_function_fits_on_a_screen() -> None:
    long = [f"{path.relative_to(ROOT)}:{node.name} {length(node)}" for path in SOURCES for node in functions(path)
            if length(node) > 70]  # fmt: skip
    assert long == []


def test_every_file_has_one_subject_and_so_at_most_600_lines() -> None:
    assert [str(path) for path in SOURCES if len(path.read_text(encoding="utf-8").splitlines()) > 600] == []


def test_no_file_or_folder_is_named_after_a_mechanism() -> None:
    assert [str(path) for path in SOURCES if FORBIDDEN_NAMES & {path.stem, *path.parts}] == []


def test_the_kernel_needs_the_standard_library_only() -> None:
    allowed = sys.stdlib_module_names | {"yunying"}
    for path in (path for path in CODE if "kernel" in path.parts):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert {name.split(".")[0] for name in names} <= allowed, path


def is_pure(path: Path) -> bool:
    inside = path.relative_to(ROOT / "src" / "yunying").parts
    if inside[0] == "practices":
        return path.stem in ("fit", "decide", "policy")
    return inside[0] in PURE


@pytest.mark.parametrize("path", [path for path in CODE if is_pure(path)], ids=lambda path: str(path.relative_to(ROOT)))
def test_pure_code_reads_no_clock_no_chance_no_environment_and_opens_nothing(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    # The calendar's own data files are part of the code; they are read once and never change while it runs.
    allowed = {"read_text"} if "calendars" in path.parts else set()
    called = {
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call)
    }
    forbidden = {"open", "read_text", "write_text", "now", "today", "utcnow", "time", "getenv", "connect", "system"}
    assert called & forbidden - allowed == set()
    assert not re.search(r"\bos\.environ\b|np\.random\.(rand|seed|normal|choice|randint)\b", text)


def test_public_functions_of_the_pure_rooms_are_documented() -> None:
    rooms = {"kernel", "facts", "metrics", "methods", "sim"}
    bare = []
    for path in (path for path in CODE if rooms & set(path.parts)):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        public = [n for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef) and not n.name.startswith("_")]
        bare += [f"{path.relative_to(ROOT)}:{node.name}" for node in public if not ast.get_docstring(node)]
    assert bare == []


def test_nothing_that_is_committed_names_a_machine_or_an_index() -> None:
    words = re.compile(r"(?<![\w.])/(home|root|Users|mnt)/\w|--(extra-)?index" + r"-url|/simple/")
    for path in [
        *SOURCES,
        ROOT / "requirements.lock",
        ROOT / "Makefile",
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/**/*.md"),
    ]:
        if path.name == "test_architecture.py":
            continue
        assert not words.search(path.read_text(encoding="utf-8")), path


def test_the_lock_holds_names_versions_and_hashes() -> None:
    for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines():
        assert re.fullmatch(r"[a-z0-9.\-]+==[^ ]+( ; [^\\]+)?( \\)?|    --hash=sha256:[0-9a-f]{64}( \\)?", line), line
