"""Every text of the shop has its Chinese, the compiled catalogue is the written one, and the desk's words stay."""

import re

from yunying.console.catalogue import FOLDER, LOCALE, SHOP, compiled, texts_used, translations

WRITTEN = translations((SHOP / LOCALE / "django.po").read_text(encoding="utf-8"))
PLACES = re.compile(r"%\((\w+)\)s")


def test_every_text_has_its_chinese_and_none_is_left_over() -> None:
    used = texts_used(SHOP)
    assert len(used) > 100
    assert sorted(text for text in used if not WRITTEN.get(text)) == []
    assert sorted(text for text in WRITTEN if text and text not in used) == []


def test_the_compiled_catalogue_is_the_written_one() -> None:
    assert (SHOP / LOCALE / "django.mo").read_bytes() == compiled(WRITTEN)


def test_a_translation_keeps_the_places_that_values_go_to() -> None:
    for english, chinese in WRITTEN.items():
        assert english == "" or set(PLACES.findall(english)) == set(PLACES.findall(chinese)), english


def test_a_text_that_desk_and_shop_share_has_one_chinese() -> None:
    """Django keeps one catalogue of all rooms, so the other one would be lost."""
    desk = translations((FOLDER / "django.po").read_text(encoding="utf-8"))
    assert {text for text in WRITTEN if text and text in desk and desk[text] != WRITTEN[text]} == set()
