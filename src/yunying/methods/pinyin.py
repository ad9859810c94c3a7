"""The syllables of Hanyu Pinyin, and whether a text is one of them with its tone (GB/T 16159)."""

import re
import unicodedata

_INITIALS_OF = {
    "a": "b p m f d t n l g k h z c s zh ch sh ·", "ai": "b p m d t n l g k h z c s zh ch sh ·",
    "an": "b p m f d t n l g k h z c s zh ch sh r ·", "ang": "b p m f d t n l g k h z c s zh ch sh r ·",
    "ao": "b p m d t n l g k h z c s zh ch sh r ·", "e": "m d t n l g k h z c s zh ch sh r ·",
    "ei": "b p m f d n l g h z zh sh ·", "en": "b p m f n g k h z c s zh ch sh r ·",
    "eng": "b p m f d t n l g k h z c s zh ch sh r", "er": "·", "i": "b p m d t n l j q x z c s zh ch sh r y",
    "ia": "d l j q x", "ian": "b p m d t n l j q x", "iang": "n l j q x", "iao": "b p m d t n l j q x",
    "ie": "b p m d t n l j q x", "in": "b p m n l j q x y", "ing": "b p m d t n l j q x y", "iong": "j q x",
    "iu": "m d n l j q x", "o": "b p m f w y ·", "ong": "d t n l g k h z c s zh ch r y",
    "ou": "p m f d t n l g k h z c s zh ch sh r y ·",
    "u": "b p m f d t n l g k h z c s zh ch sh r j q x w y", "ua": "g k h zh sh", "uai": "g k h zh ch sh",
    "uan": "d t n l g k h z c s zh ch sh r j q x y", "uang": "g k h zh ch sh", "ue": "j q x y n l",
    "ui": "d t g k h z c s zh ch sh r", "un": "d t n l g k h z c s zh ch sh r j q x y",
    "uo": "d t n l g k h z c s zh ch sh r", "ü": "n l", "üe": "n l", "ya": "·", "yan": "·", "yang": "·", "yao": "·",
    "ye": "·", "wa": "·", "wai": "·", "wan": "·", "wang": "·", "wei": "·", "wen": "·", "weng": "·",
}  # fmt: skip
SYLLABLES = frozenset(
    initial.replace("·", "") + final for final, initials in _INITIALS_OF.items() for initial in initials.split()
)
_TONES = {"\u0304", "\u0301", "\u030c", "\u0300"}
_DIGITS = re.compile(r"([a-züv:]+)([1-5])")


def is_toned_syllable(text: str) -> bool:
    """Whether a text is one syllable that says its tone, by a mark on a vowel or a number behind it.

    >>> [is_toned_syllable(each) for each in ("xiàn", "guan1", "lǜ", "Beijing", "ops", "xian")]
    [True, True, True, False, False, False]
    """
    folded = text.strip().casefold().replace("ɑ", "a").replace("ɡ", "g")
    numbered = _DIGITS.fullmatch(folded)
    if numbered:
        return numbered[1].replace("u:", "ü").replace("v", "ü") in SYLLABLES
    apart = unicodedata.normalize("NFD", folded)
    tones = sum(each in _TONES for each in apart)
    bare = unicodedata.normalize("NFC", "".join(each for each in apart if each not in _TONES))
    return tones == 1 and bare in SYLLABLES
