r"""Texts that no spreadsheet runs as a formula, in files that people open.

Source: OWASP, CSV Injection; ASVS 5.0, 1.2.10.
"""

import re

MOST_CHARS = 32_767
"""The longest text that a cell of a workbook holds."""
_SIGNS = "=+\\-@＝＋－＠﹦﹢﹣﹫"
# What a spreadsheet may skip before it looks for a sign: blanks, controls, what has no width, and quotes.
_SKIPPED = '\\s\x00-\x1f\x7f-\x9f\u00ad\u180e\u200b-\u200f\u2028-\u202f\u2060-\u2064\ufeff"'
_LIVE_START = re.compile(f"(?=[\x00\t\r\n]|[{_SKIPPED}]*[{_SIGNS}])")
# A sheet that is opened with another separator, or by a reader that ends a row at every line, begins cells inside.
_LIVE_INSIDE = re.compile(f"([;\t\r\n\x0b\x0c\x85\u2028\u2029])(?=[{_SKIPPED}]*[{_SIGNS}])")
# What XML cannot hold: a workbook with such a character would not open.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def inert_text(text: str) -> str:
    """The text with a leading apostrophe where a cell of it would run as a formula.

    >>> inert_text("=1+1"), inert_text("＠x"), inert_text("亚麻衬衫"), inert_text("'=1")
    ("'=1+1", "'＠x", '亚麻衬衫', "'=1")
    """
    return f"'{text}" if _LIVE_START.match(text) else text


def inert_csv_text(text: str) -> str:
    r"""As ``inert_text``, and no part of it runs where the file is read with another separator.

    >>> inert_csv_text("a;=1+1"), inert_csv_text("a\n@x")
    ("a;'=1+1", "a\n'@x")
    """
    return inert_text(_LIVE_INSIDE.sub(r"\g<1>'", text))


def sheet_text(text: str) -> str:
    r"""The text as a workbook's cell can hold it, inert also when somebody edits the cell.

    >>> sheet_text("a\x00b"), sheet_text("\x01=1")
    ('ab', "'=1")
    """
    return inert_text(_NOT_XML.sub("", text))[:MOST_CHARS]
