"""Who comes: names, places and browsers of simulated people and programs."""

import numpy as np

from yunying.sim.visitors.memory import Shopper

FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = (
    "伟",
    "芳",
    "娜",
    "敏",
    "静",
    "丽",
    "强",
    "磊",
    "洋",
    "艳",
    "勇",
    "军",
    "杰",
    "娟",
    "涛",
    "明",
    "超",
    "秀英",
    "晓燕",
    "子涵",
)
PLACES = (
    ("浙江省", "杭州市", "西湖区"), ("上海市", "上海市", "徐汇区"), ("北京市", "北京市", "朝阳区"),
    ("广东省", "深圳市", "南山区"), ("江苏省", "苏州市", "姑苏区"), ("四川省", "成都市", "武侯区"),
    ("福建省", "厦门市", "思明区"), ("湖北省", "武汉市", "武昌区"),
)  # fmt: skip
AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    "Mozilla/5.0 (Linux; Android 15; Mobile) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:142.0) Gecko/20100101 Firefox/142.0",
)
BOTS = (
    "Mozilla/5.0 (compatible; SimulatedBot/1.0)", "SimulatedCrawler/2.1", "python-requests/2.32", "",
)  # fmt: skip
SOURCES = (
    ("", "", 0.5), ("xiaohongshu", "autumn-tea", 0.2), ("weibo", "", 0.1), ("newsletter", "weekly", 0.08),
)  # fmt: skip
SEARCH_SITE, SEARCH_RATE = "https://search.example/", 0.12


def shopper_new(rng: np.random.Generator, chinese_rate: float) -> Shopper:
    """Somebody new; telephone numbers are of a range that no operator gives out."""
    region, city, district = PLACES[int(rng.integers(len(PLACES)))]
    name = FAMILY[int(rng.integers(len(FAMILY)))] + GIVEN[int(rng.integers(len(GIVEN)))]
    phone = f"100{int(rng.integers(10**8)):08d}"
    is_chinese = bool(rng.random() < chinese_rate)
    return Shopper(name, phone, region, city, district, int(rng.integers(len(AGENTS))), is_chinese)


def headers_of(shopper: Shopper, *, wants_no_tracking: bool) -> dict[str, str]:
    """What his browser sends with each request."""
    languages = "zh-CN,zh;q=0.9,en;q=0.5" if shopper.is_chinese else "en-GB,en;q=0.9"
    asked = {"DNT": "1"} if wants_no_tracking else {}
    return {"User-Agent": AGENTS[shopper.agent], "Accept-Language": languages, **asked}


def source_of(rng: np.random.Generator) -> tuple[str, str]:
    """What brings a visit: the query of its first address, and the page before it."""
    chance = float(rng.random())
    for source, campaign, share in SOURCES:
        if chance < share:
            named = f"utm_source={source}" + (f"&utm_campaign={campaign}" if campaign else "")
            return (named if source else ""), ""
        chance -= share
    return "", SEARCH_SITE
