"""Every text of the desk has its Chinese, and the compiled catalogue is the written one."""

import gettext
import io
import re
from dataclasses import fields

from yunying.console.catalogue import FOLDER, compiled, texts_used, translations
from yunying.practices.manifest import practices_found

WRITTEN = (FOLDER / "django.po").read_text(encoding="utf-8")
CHINESE = re.compile(r"[\u3400-\u9fff]")
PLACES = re.compile(r"%\((\w+)\)s")


def test_every_text_has_its_chinese() -> None:
    known = translations(WRITTEN)
    used = texts_used()
    assert len(used) > 400
    assert sorted(text for text in used if not known.get(text)) == []


def test_every_setting_of_the_practices_has_its_chinese() -> None:
    known = translations(WRITTEN)
    found = [(each.name.replace("_", " "), each.metadata["setting"]) for practice in practices_found().values()
             for each in fields(practice.policy)]  # fmt: skip
    texts = {text for name, about in found for text in (name, about.unit, about.reason)}
    assert len(texts) > 40
    assert sorted(text for text in texts if not known.get(text)) == []


def test_the_texts_of_templates_and_of_code_are_found() -> None:
    used = texts_used()
    assert {"Make today's plan", "It no longer holds.", "%(n)s row\0%(n)s rows", "80 %% interval"} <= used


def test_the_compiled_catalogue_is_the_written_one() -> None:
    assert (FOLDER / "django.mo").read_bytes() == compiled(translations(WRITTEN))


def test_the_compiled_form_is_what_gettext_reads() -> None:
    read = gettext.GNUTranslations(io.BytesIO((FOLDER / "django.mo").read_bytes()))
    assert read.gettext("Today") == "今日"
    assert read.ngettext("%(n)s row", "%(n)s rows", 5) == "%(n)s 行"


def test_a_translation_keeps_the_places_that_values_go_to() -> None:
    for english, chinese in translations(WRITTEN).items():
        if english:
            assert set(PLACES.findall(english)) == set(PLACES.findall(chinese)), english
            assert english.count("%%") == 0 or "%%" in chinese, english
            assert CHINESE.search(chinese) or len(english) < 5, english
