"""Every text of the shop and its staff pages has its Chinese, and each compiled catalogue is the written one."""

import ast
import re
from pathlib import Path

import pytest

from yunying.console.catalogue import (
    COMMUNITY,
    FOLDER,
    LOCALE,
    MEMBERS,
    NEWS,
    SHOP,
    STAFF,
    WATCH,
    compiled,
    texts_used,
    translations,
)

ROOMS = (SHOP, STAFF, NEWS, COMMUNITY, MEMBERS, WATCH)
WRITTEN = {room: translations((room / LOCALE / "django.po").read_text(encoding="utf-8")) for room in ROOMS}
PLACES = re.compile(r"%\((\w+)\)s")


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_every_text_has_its_chinese_and_none_is_left_over(room: Path) -> None:
    used = texts_used(room)
    assert len(used) > 50
    assert sorted(text for text in used if not WRITTEN[room].get(text)) == []
    assert sorted(text for text in WRITTEN[room] if text and text not in used) == []


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_the_compiled_catalogue_is_the_written_one(room: Path) -> None:
    assert (room / LOCALE / "django.mo").read_bytes() == compiled(WRITTEN[room])


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_translation_keeps_the_places_that_values_go_to(room: Path) -> None:
    for english, chinese in WRITTEN[room].items():
        assert english == "" or set(PLACES.findall(english)) == set(PLACES.findall(chinese)), english


def test_a_text_that_rooms_share_has_one_chinese() -> None:
    """Django keeps one catalogue of all rooms, so the other one would be lost."""
    rooms = [translations((FOLDER / "django.po").read_text(encoding="utf-8")), *WRITTEN.values()]
    told = {(text, room[text]) for room in rooms for text in room if text}
    assert len(told) == len({text for text, _chinese in told})


def test_what_services_refuse_the_shops_people_has_its_chinese() -> None:
    """A refusal is told by its service in English; its words must be in a catalogue."""
    known = {text for room in WRITTEN.values() for text in room}
    for path in [*(SHOP / f"{name}.py" for name in ("order_work", "catalogue_edit", "stock_work", "coupon_work")),
                 *(STAFF / "views").glob("*.py"), *COMMUNITY.glob("*.py"),
                 *MEMBERS.glob("*.py"), *(MEMBERS / "views").glob("*.py"),
                 *(COMMUNITY.parent / "moderation").glob("*.py")]:  # fmt: skip
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "OperatorError":
                texts = [each.value for each in node.args[1:] if isinstance(each, ast.Constant)]
                assert len(texts) == 2, f"{path.name}:{node.lineno}: an interpolated text has no Chinese"
                assert set(texts) <= known, (path.name, texts)
