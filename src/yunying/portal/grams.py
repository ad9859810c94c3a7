"""Pieces of texts by which a search finds them: pairs of Chinese characters, threes of other letters and digits."""

import re
import unicodedata

_CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7af]")
_RUN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7af]+|[^\W_\u3400-\u9fff\uf900-\ufaff"
                  r"\u3040-\u30ff\uac00-\ud7af]+")  # fmt: skip


def grams_of(text: str) -> set[str]:
    """The grams of a text: pairs of Chinese characters, threes of letters and digits, and shorter runs as they are.

    >>> sorted(grams_of("龙井茶 Tea 50g A")), sorted(grams_of("运营"))
    (['50g', 'a', 'tea', '井', '井茶', '茶', '龙', '龙井'], ['营', '运', '运营'])
    """
    found: set[str] = set()
    for run in _RUN.findall(folded(text)):
        if _CJK.match(run):
            found |= {run[at : at + 2] for at in range(len(run) - 1)} | set(run)
        else:
            found |= {run[at : at + 3] for at in range(max(len(run) - 2, 1))}
    return found


def grams_sought(word: str) -> set[str]:
    """The grams that a word must have: of a run of letters, those that every text with it has."""
    found: set[str] = set()
    for run in _RUN.findall(word):
        if _CJK.match(run):
            found |= {run[at : at + 2] for at in range(len(run) - 1)} or {run}
        else:
            found |= {run[at : at + 3] for at in range(max(len(run) - 2, 1))}
    return found


def folded(text: str) -> str:
    """A text as searches compare it: one width of letters, no capitals."""
    return unicodedata.normalize("NFKC", text).casefold()
