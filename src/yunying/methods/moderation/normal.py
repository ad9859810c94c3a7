"""Texts without the tricks by which writers of spam hide words: what a reader sees, in one form.

Full width and styled letters, traditional characters, invisible characters, marks between the characters of a word,
letters that look like digits, and the ways to write the names of messengers. What an honest writer writes keeps its
meaning; the form is for comparing and classifying, never for showing.
"""

import re
import unicodedata

from yunying.methods.traditional import simplified

_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
                        "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]")  # fmt: skip
_LOOKS_LIKE = str.maketrans(
    "асеоріхуктмнвԁɡαβεικνορτυχ٠١٢٣٤٥٦٧٨٩",
    "aceopixyktmhbdgabeiknoptux0123456789",
)
_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_MARKS = r"[\s.·・•*_~^|/\\+\-=—…,，。、'\"“”‘’#@&$%<>《》()（）\[\]【】{}☆★♥❤▲●■◆→]"
_NUMBER_LIKE = re.compile(r"[0-9oOlIi〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖幺两\-\s.·*]{5,}")
_DIGIT_OF = str.maketrans("oOlIi〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖幺两", "0011100123456789" + "1234567891" + "2")
_REPEATED = re.compile(r"(.)\1{2,}")
_SPELLED = re.compile(rf"(?:(?<![{_HAN}])[{_HAN}]{_MARKS}{{1,3}}){{2,}}[{_HAN}](?![{_HAN}])")
_MESSENGERS = (
    (re.compile(r"[威薇徽崴嶶溦微❤]\s*[信芯❤]号?|[vw]\s*信号?|卫星号"), "微信"),
    (re.compile(r"(?<![a-z])(?:wx|vx|weixin|wechat|wei信)(?![a-z])"), "微信"),
    (re.compile(r"(?<=[加嘉➕])\s*我?\s*(?:v|薇|威|微|徽)(?![a-z信])"), "微信"),
    (re.compile(r"扣扣|扣叩|企鹅号|(?<![a-z])(?:qq|q群|扣群|qun)(?![a-z])"), "qq"),
)  # fmt: skip
_LINK = re.compile(r"(?:https?://|www\.)[^\s一-鿿，。！？）)]+|(?<![\w@])[a-z0-9][a-z0-9-]*\.(?:com|cn|net|org|top|xyz|vip|cc|shop|"
                   r"club|site|info|icu|tk|ru|io)(?:/[^\s一-鿿，。！？）)]*)?(?![\w.])")  # fmt: skip
LINK, DIGITS = "\ue001", "\ue002"
"""What stands for a link and for a long number: characters that no normalised text has otherwise."""


def normalised(text: str) -> str:
    """The text in the one form.

    >>> normalised("加 薇 信：１３８-0000-ｌ２３４") == f"加微信:{DIGITS}"
    True
    >>> normalised("兼.職.日.結")
    '兼职日结'
    >>> normalised("See the shop, it is fine.")
    'see the shop, it is fine.'
    """
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold()
    plain = "".join(each for each in plain if not "\ue000" <= each <= "\uf8ff").translate(_LOOKS_LIKE)
    plain = _LINK.sub(LINK, simplified(plain))
    plain = _joined(plain)
    for pattern, name in _MESSENGERS:
        plain = pattern.sub(name, plain)
    plain = _NUMBER_LIKE.sub(_number, plain)
    return " ".join(_REPEATED.sub(r"\1\1\1", plain).split())


def _joined(text: str) -> str:
    """The text without marks between single characters, where at least three in a row stand apart."""
    return _SPELLED.sub(lambda found: re.sub(_MARKS, "", found[0]), text)


def _number(found: re.Match[str]) -> str:
    """A long number as one sign; a row of letters or numerals that is no number stays."""
    body = re.sub(r"[\-\s.·*]", "", found[0])
    digits = body.translate(_DIGIT_OF)
    real = sum(each.isascii() and each.isdecimal() for each in body)
    return f"{DIGITS} " if len(digits) >= 6 and digits.isdecimal() and (real >= 3 or len(digits) >= 9) else found[0]
