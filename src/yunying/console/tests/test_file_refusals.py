"""Whatever may be wrong with a file is told in Chinese, beside the service's exact words."""

import ast
import re
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.utils import translation

import yunying
from yunying.console.file_refusals import FILES
from yunying.console.refusals import KNOWN, refusal_words

CHINESE = re.compile(r"[\u4e00-\u9fff]")
NOT_SHOWN = {"unwritable-file", "used-reference", "journal-damaged"}
"""Told at the command line or in a receipt, never of a file that was given at the desk."""


def codes_raised(folder: Path) -> set[str]:
    found = set()
    for path in folder.rglob("*.py"):
        if "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "OperatorError" and node.args:
                found |= {node.args[0].value} if isinstance(node.args[0], ast.Constant) else set()
    return found


def test_each_refusal_of_a_file_has_its_chinese() -> None:
    raised = codes_raised(Path(yunying.__file__).parent / "connectors" / "csv")
    assert len(raised) > 30
    assert sorted(raised - set(FILES) - NOT_SHOWN) == []


@pytest.mark.parametrize("code", sorted({**FILES, **KNOWN}))
def test_chinese_keeps_the_exact_words_of_a_file_and_english_shows_them(code: str) -> None:
    with translation.override("zh-hans"):
        words = refusal_words(code, "In column 'Datum' 03/04.", "Say so in the map.")
    assert CHINESE.search(words.what)
    assert CHINESE.search(words.remedy)
    assert words.exact == ("In column 'Datum' 03/04." if code in FILES else "")
    with translation.override("en"):
        words = refusal_words(code, "In column 'Datum' 03/04.", "Say so in the map.")
    assert (words.what, words.remedy, words.exact) == ("In column 'Datum' 03/04.", "Say so in the map.", "")


def test_no_code_has_two_meanings() -> None:
    assert not set(KNOWN) & set(FILES)


def test_the_exact_words_are_shown_where_a_refusal_is_told_at_once() -> None:
    with translation.override("zh-hans"):
        words = refusal_words("bad-zone", "'Mars' is not a time zone.", "Give another.")
        told = render_to_string("console/refusal_toast.html", {"refusal": words})
    assert "Mars" in told
    assert words.what in told
