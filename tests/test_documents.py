"""Documents cannot lie: every command, table, setting and practice has its place, and every link leads somewhere."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from yunying.cli import app
from yunying.facts.document import facts_page
from yunying.facts.schema import TABLES
from yunying.org.roles import roles_page
from yunying.practices.manifest import practices_found

ROOT = Path(__file__).parent.parent
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("src/**/*.md")]
COMMANDS = {command.name or command.callback.__name__ for command in app.registered_commands}


def test_the_page_of_facts_is_what_the_schema_says() -> None:
    assert (ROOT / "docs" / "facts.md").read_text(encoding="utf-8") == facts_page()
    assert all(f"## {name}\n" in facts_page() for name in TABLES)


def test_the_page_of_roles_is_what_the_table_says() -> None:
    assert (ROOT / "docs" / "roles.md").read_text(encoding="utf-8") == roles_page()


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_each_readme_shows_every_command_and_the_two_that_start(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `yunying (\w+)`", text, re.MULTILINE)) == COMMANDS
    assert "make demo" in text
    assert "make test" in text


def test_every_command_has_help_with_an_example() -> None:
    for command in app.registered_commands:
        assert "Example: yunying " in (command.callback.__doc__ or ""), command.callback


@pytest.mark.parametrize("slug", practices_found())
def test_each_practice_explains_itself_and_every_setting(slug: str) -> None:
    text = (ROOT / "src" / "yunying" / "practices" / slug / "README.md").read_text(encoding="utf-8")
    policy = practices_found()[slug].policy
    for setting in fields(policy):
        shown = "none" if setting.default is None else setting.default
        assert f"| `{setting.name}` | {shown} |" in text, setting.name
    for heading in ("## Inputs", "## Method", "## What it must never do", "## Settings"):
        assert heading in text


def test_every_room_stands_on_the_architecture_page() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = {path.name for path in (ROOT / "src" / "yunying").iterdir() if (path / "__init__.py").exists()}
    assert {room for room in rooms if f"| `{room}` |" not in text} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


def test_every_decision_record_names_what_it_rejected_and_fits_half_a_page() -> None:
    for page in (ROOT / "docs" / "decisions").glob("*.md"):
        text = page.read_text(encoding="utf-8")
        assert "**Decision.**" in text
        assert "**Rejected" in text
        assert len(text.splitlines()) <= 30
