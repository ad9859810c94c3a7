"""Texts that were mangled or tampered with are found, and honest ones are left alone."""

import pytest

from yunying.methods.pinyin import SYLLABLES, is_toned_syllable
from yunying.methods.text_integrity import problems_of
from yunying.methods.traditional import TABLE, simplified

ARTICLE = (
    "电商运营是指围绕网店所做的一切计划、组织、执行和控制，它与产品生产和服务创造密切相关，"
    "是各项管理工作的总称。店长要决定什么时候进货，什么时候做促销，哪些产品做爆款，怎么推广。"
)
HONEST = (
    ARTICLE, "运营(operations)是每天的事。", "北京（Beijing）和上海（Shanghai）", "他比我高(gāo)。",
    "生词：高(gāo)、矮(ǎi)、胖(pàng)、瘦(shòu)", "湖南郴(chēn)州的特产", "耄(mào)耋(dié)之年，精神矍(jué)铄",
    "会议时间(8)下午(a)地点(b)", "我(们)都很好(er)", "价格······面议",
    "Café, naïve, Köln, Größe, São Paulo, Ñandú", "2 × 3 ÷ 4 ± 5°C",
    "第一行\n第二行\t列", "👨‍👩‍👧 一家三口 ❤️", "“引号”和‘单引号’——破折号……省略号",
    "現在臺灣的網路商店都很關心運營", "日本語のテキストと한국어", "𠮷野家（よしのや）",
    "曱甴饕餮魑魅魍魉龘靐齉爨", "№ 5 § 3 © 2026 ™ ®", "",
)  # fmt: skip


def cut(text: str, encoding: str, read_as: str, errors: str) -> str:
    return text.encode(encoding).decode(read_as, errors)


@pytest.mark.parametrize("text", HONEST)
def test_honest_texts_raise_no_alarm(text: str) -> None:
    assert problems_of(text) == []


@pytest.mark.parametrize(
    ("encoding", "read_as"),
    [("utf-8", "latin-1"), ("utf-8", "cp1252"), ("utf-8", "gbk"), ("utf-8", "gb18030"), ("gb18030", "latin-1")],
)
@pytest.mark.parametrize("errors", ["replace", "ignore"])
@pytest.mark.parametrize("size", [12, 40, len(ARTICLE)])
def test_a_text_read_in_the_wrong_encoding_is_found(encoding: str, read_as: str, errors: str, size: int) -> None:
    """Cut at every place of a clause, because an odd number of characters breaks another byte."""
    for at in range(12):
        text = ARTICLE[at : at + size]
        kinds = {each.kind for each in problems_of(cut(text, encoding, read_as, errors))}
        assert "mojibake" in kinds, text


def test_a_mangled_stretch_in_a_sound_text_is_found_in_its_place() -> None:
    broken = cut("运营总监的工作", "utf-8", "gb18030", "ignore")
    text = f"{ARTICLE} {broken} {ARTICLE}"
    [found] = problems_of(text)
    assert found.kind == "mojibake"
    assert text[found.position : found.position + found.length].strip() in text
    assert abs(found.position - len(ARTICLE)) <= 2
    assert broken[:4] in found.excerpt


def test_what_was_lost_for_good_is_found() -> None:
    gb = cut("运营总监", "gb18030", "utf-8", "replace")
    assert {each.kind for each in problems_of(gb)} == {"replacement"}
    assert [each.kind for each in problems_of(f"好{cut(gb, 'utf-8', 'gb18030', 'ignore')}好")] == ["mojibake"]


@pytest.mark.parametrize(
    ("character", "kind"),
    [("\ufffd", "replacement"), ("\ue5e5", "private-use"), ("\U000f0001", "private-use"), ("\x00", "control"),
     ("\x1b", "control"), ("\u202e", "control"), ("\x80", "control"), ("\ud83d", "control")],
)  # fmt: skip
def test_characters_that_no_text_has_are_named(character: str, kind: str) -> None:
    [found] = problems_of(f"运营{character}的工作")
    assert (found.kind, found.position, found.length) == (kind, 2, 1)
    assert character not in found.excerpt or kind == "replacement"


def test_inserted_readings_are_found_with_either_kind_of_brackets() -> None:
    text = "電商運營的發(fā)展，現（xiàn）在與網絡有關(guan1)。" + ARTICLE
    assert [(text[each.position], each.length) for each in problems_of(text)] == [("發", 5), ("現", 7), ("關", 8)]


def test_simplified_text_with_readings_inside_of_words_is_found_once_they_are_many() -> None:
    one = ARTICLE.replace("生产", "生(shēng)产")
    assert problems_of(one) == []
    many = one.replace("服务", "服(fú)务").replace("组织", "组(zǔ)织")
    assert [each.kind for each in problems_of(many)] == ["inserted-reading"] * 3


def test_rare_characters_explained_in_a_long_honest_text_are_no_alarm() -> None:
    assert problems_of("鼯(wú)鼠住在林(lín)间的饕(tāo)餮(tiè)山。" + ARTICLE * 20) == []


@pytest.mark.parametrize("reading", ["xiàn", "nǚ", "lüè", "zhuàng", "ér", "yuān", "wō", "shi4", "lv4", "nu:3"])
def test_readings_are_syllables_of_pinyin(reading: str) -> None:
    assert is_toned_syllable(reading)


@pytest.mark.parametrize("other", ["xian", "café", "xiànzài", "fing1", "a6", "ōōō", "réi", "", "1"])
def test_other_words_are_no_readings(other: str) -> None:
    assert not is_toned_syllable(other)


def test_there_are_as_many_syllables_as_dictionaries_have() -> None:
    assert 395 <= len(SYLLABLES) <= 415


def test_the_table_of_traditional_characters_holds_what_each_standard_knows() -> None:
    """GB 2312 has simplified characters only, and Big5 the traditional ones."""
    for code, plain in TABLE.items():
        assert len(plain.encode("gb2312")) == 2
        assert len(chr(code).encode("big5")) == 2
        # GB 2312 has 於 as a surname of its own.
        if chr(code) != "於":
            with pytest.raises(UnicodeEncodeError):
                chr(code).encode("gb2312")
        assert ord(plain) not in TABLE
    assert len(TABLE) > 1_000
    assert simplified("電子商務運營總監") == "电子商务运营总监"
