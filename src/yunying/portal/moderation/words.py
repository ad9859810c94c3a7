"""The operator's lists: words of advertising law are told, watched ones wait, forbidden ones are refused."""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from django.db import transaction

from yunying.audit.log import Change, audit_record
from yunying.kernel.errors import OperatorError
from yunying.methods.moderation.normal import normalised
from yunying.portal.moderation.models import LIST_KINDS, WordList

MOST_CHARS = 100_000
USUAL: Mapping[str, str] = {
    "advertising": "\n".join((
        "最", "第一", "唯一", "首个", "首选", "国家级", "世界级", "顶级", "极品", "极致", "独家", "王牌", "冠军",
        "之王", "万能", "百分之百", "100%", "绝对", "永久", "史无前例", "前无古人", "全网最低", "驰名商标",
        "国家免检", "特供", "专供", "祖传", "根治", "无副作用", "包治", "稳赚", "保本",
    )),
    "watched": "\n".join((
        "日结", "刷单", "代开发票", "无抵押", "办证", "套现", "裸聊", "上门服务", "百家乐", "时时彩", "彩金", "外挂",
        "代孕", "高仿",
    )),
    "forbidden": "",
}  # fmt: skip
"""What the lists hold until the operator writes them: article 9 of the Advertising Law and the usual trades of spam."""


def word_lists(site: str) -> dict[str, str]:
    """The lists of a site as the operator sees them."""
    known = dict(WordList.objects.filter(site=site).values_list("kind", "words"))
    return {kind: known.get(kind, USUAL[kind]) for kind in LIST_KINDS}


def word_list_set(site: str, kind: str, words: str, actor: str, now: datetime) -> None:
    """Write a list anew, one word a line; an empty list finds nothing."""
    if kind not in LIST_KINDS:
        raise OperatorError("no-list", "There is no such list.", "Open the page again.")
    kept = "\n".join(dict.fromkeys(line.strip()[:60] for line in words[:MOST_CHARS].splitlines() if line.strip()))
    with transaction.atomic():
        before = word_lists(site)[kind]
        WordList.objects.update_or_create(site=site, kind=kind, defaults={"words": kept})
        change = Change("word-list", f"word-list/{kind}", before={"words": before}, after={"words": kept})
        audit_record(site, actor, now, [change])


@lru_cache(maxsize=64)
def _plain(words: str) -> tuple[tuple[str, str], ...]:
    """The words of a list beside their normalised form; a list is long and changes rarely."""
    return tuple((word, plain) for word in words.splitlines() if (plain := normalised(word)))


def words_found(site: str, text: str) -> dict[str, list[str]]:
    """The words of each list that a text has, in whatever disguise."""
    seen, found = normalised(text), {}
    # Spaces and dots within a word hide it; the end of a sentence does not make one of two.
    close = re.sub(r"[^\w，。！？；：,!?;:]|_", "", seen)
    for kind, words in word_lists(site).items():
        hits = [word for word, plain in _plain(words) if plain in seen or plain in close]
        if hits:
            found[kind] = hits[:20]
    return found
