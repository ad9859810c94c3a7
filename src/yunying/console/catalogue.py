"""The Chinese of the pages: which texts a room uses, which its ``django.po`` lacks, and ``django.mo`` made from it.

``python -m yunying.console.catalogue`` writes the compiled files; nothing but Python is needed for it.
"""

import ast
import re
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation.template import templatize

HERE = Path(__file__).parent
SHOP, STAFF, NEWS, COMMUNITY, MEMBERS, WATCH = (
    HERE.parent / "portal" / room for room in ("shop", "staff", "news", "community", "members", "watch")
)
LOCALE = Path("locale", "zh_Hans", "LC_MESSAGES")
FOLDER = HERE / LOCALE
_CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext"}
_IN_TEMPLATE = re.compile(r"\b(?P<name>ngettext|gettext|_)\(")
_STRING = re.compile(r"""\s*,?\s*[uU]?(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""")
_LINE = re.compile(r'^(?P<key>msgid|msgid_plural|msgstr(?:\[\d\])?)\s+(?P<text>".*")$')
_MAGIC, _REVISION, _HEAD = 0x950412DE, 0, 28


def texts_used(room: Path = HERE) -> set[str]:
    """Every text of a room's code and templates that is meant to be translated."""
    found: set[str] = set()
    for path in sorted(room.rglob("*.py")):
        if "tests" not in path.parts:
            found |= set(_in_code(path.read_text(encoding="utf-8")))
    for path in sorted((room / "templates").rglob("*.*")):
        found |= set(_in_template(path.read_text(encoding="utf-8")))
    return found


def translations(text: str) -> dict[str, str]:
    r"""The entries of a ``.po`` text by their English; of a plural, Chinese has one form.

    >>> translations('msgid "a day"\nmsgstr "一天"\n')
    {'a day': '一天'}
    """
    found: dict[str, str] = {}
    key, parts = "", {}
    for line in [*text.splitlines(), ""]:
        match = _LINE.match(line)
        if match:
            key = match["key"]
            parts[key] = ast.literal_eval(match["text"])
        elif line.startswith('"') and key:
            parts[key] += ast.literal_eval(line)
        elif not line.strip() and "msgid" in parts:
            plural = parts.get("msgid_plural")
            name = parts["msgid"] if plural is None else f"{parts['msgid']}\0{plural}"
            found[name] = parts.get("msgstr", parts.get("msgstr[0]", ""))
            key, parts = "", {}
    return found


def compiled(entries: dict[str, str]) -> bytes:
    """The entries in the form that gettext reads (GNU ``.mo``, little-endian, sorted)."""
    pairs = sorted((name.encode(), text.encode()) for name, text in entries.items())
    names = b"".join(name + b"\0" for name, _text in pairs)
    texts = b"".join(text + b"\0" for _name, text in pairs)
    start = _HEAD + 16 * len(pairs)
    table_of_names, table_of_texts, at_name, at_text = b"", b"", start, start + len(names)
    for name, text in pairs:
        table_of_names += struct.pack("<II", len(name), at_name)
        table_of_texts += struct.pack("<II", len(text), at_text)
        at_name, at_text = at_name + len(name) + 1, at_text + len(text) + 1
    head = struct.pack("<7I", _MAGIC, _REVISION, len(pairs), _HEAD, _HEAD + 8 * len(pairs), 0, 0)
    return head + table_of_names + table_of_texts + names + texts


def _in_code(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLS and node.args:
            words = [each.value for each in node.args[:2] if isinstance(each, ast.Constant)]
            texts = [each for each in words if isinstance(each, str)]
            if texts:
                yield "\0".join(texts) if node.func.id == "ngettext" else texts[0]


def _in_template(source: str) -> Iterator[str]:
    code = templatize(source)
    for call in _IN_TEMPLATE.finditer(code):
        at, texts = call.end(), []
        while len(texts) < (2 if call["name"] == "ngettext" else 1) and (match := _STRING.match(code, at)):
            texts.append(ast.literal_eval(match["text"]))
            at = match.end()
        if texts:
            yield "\0".join(texts)


if __name__ == "__main__":
    for each in (HERE, SHOP, STAFF, NEWS, COMMUNITY, MEMBERS, WATCH):
        known = translations((each / LOCALE / "django.po").read_text(encoding="utf-8"))
        (each / LOCALE / "django.mo").write_bytes(compiled(known))
        lacking = sorted(text for text in texts_used(each) if not known.get(text))
        sys.stdout.write("".join(f"lacks {text!r}\n" for text in lacking))
