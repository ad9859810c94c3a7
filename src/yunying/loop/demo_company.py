"""The demo's company: two brands with five stores, the people who work there, and a shop of one person beside it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from importlib.resources import as_file, files
from typing import Any

import pyarrow as pa

from yunying.accounts.people import Person, person_make, person_named
from yunying.connectors.sim.birth import WORLD_NAME
from yunying.connectors.sim.living_store import LivingStore
from yunying.facts.batch import FactBatch
from yunying.interventions.selectors.reports import report_latest
from yunying.loop.day import day_do
from yunying.loop.home import Home
from yunying.loop.sites import desk_tell
from yunying.org.grants import grant_give, grants_of
from yunying.org.structure import brand_make, company_make, shop_place, team_make
from yunying.sim.minmax import MinMaxRule

PASSWORD = "yunying-demo"  # noqa: S105 - the demo listens on this machine only, and says its log-in itself
SEED = 2026
COMPANIES = {"yunshang": "云上集团", "ahe": "阿禾"}
BRANDS = {"yunduo": ("yunshang", "云朵"), "qimu": ("yunshang", "栖木"), "ahe-shop": ("ahe", "阿禾小铺")}
MAIN = "demo"
STORES = {MAIN: "yunduo", "yunduo-jd": "yunduo", "yunduo-intl": "yunduo", "qimu": "qimu", "qimu-outlet": "qimu",
          "xiaopu": "ahe-shop"}  # fmt: skip
SHOP, SHOP_MANAGER = "teahouse", "ahe"
"""The shop that this very site serves, beside the shop of one person, and who runs both."""
ABROAD = "yunduo-intl"
SMALL_DAYS = 120
"""History of the smaller stores."""


@dataclass(frozen=True)
class Post:
    """Somebody of the demo: how he signs in, and what he holds where."""

    username: str
    name: str
    role: str
    places: tuple[dict[str, str], ...]
    limits: dict[str, list[str]] = field(default_factory=dict)


POSTS = (
    Post("dianzhang", "店长 林晓", "store_manager", ({"store": MAIN},)),
    Post("zongjian", "运营总监 沈远", "coo", ({"company": "yunshang"},)),
    Post("pinpai", "品牌经理 何苗", "brand_manager", ({"brand": "yunduo"},)),
    Post("pinpai2", "品牌经理 唐果", "brand_manager", ({"brand": "qimu"},)),
    Post("caigou", "采购 周宁", "buyer", ({"store": MAIN}, {"store": "yunduo-jd"})),
    Post("canchu", "餐厨运营 吴桐", "operator", ({"store": MAIN},), {"categories": ["餐厨"]}),
    Post("tuiguang", "推广 许诺", "marketer", ({"brand": "yunduo"},)),
    Post("neirong", "内容编辑 方圆", "content_editor", ({"store": MAIN},)),
    Post("kefu", "客服 田甜", "customer_service", ({"store": MAIN},)),
    Post("dianzhang2", "店长 Emma Reed", "store_manager", ({"store": "yunduo-intl"},)),
    Post("dianzhang3", "店长 陆川", "store_manager", ({"store": "qimu"}, {"store": "qimu-outlet"})),
    Post("fenxi", "数据分析 秦朗", "analyst", ({"company": "yunshang"},)),
    Post("guanzhong", "旁观者", "viewer", ({"store": MAIN},)),
    Post("ahe", "阿禾", "coo", ({"company": "ahe"},)),
)


def company_found() -> None:
    """The structure, the people and their roles; what is there already stays as it is."""
    for slug, title in COMPANIES.items():
        company_make(slug, title, None)
    for slug, (company, title) in BRANDS.items():
        brand_make(company, slug, title, None)
    for store, brand in {**STORES, SHOP: STORES["xiaopu"]}.items():
        shop_place(store, brand, None)
    team_make(MAIN, "商品组", None)
    for post in POSTS:
        if grants_of(_person(post)):
            continue
        for place in post.places:
            grant_give(_person(post), post.role, None, **place, **post.limits)  # type: ignore[arg-type]


def small_stores_live(home: Home, *, now: Callable[[], datetime], progress: Callable[[str, float], None]) -> None:
    """The smaller stores live some months under their buyers' rule, then the loop turns once in each."""
    small = [store for store in STORES if store != MAIN]
    for number, store in enumerate(small):
        progress(store, number / len(small))
        living = _born(home, store, SEED + number + 1)
        for batch in living.batches(home.facts.snapshots.last_number(living.source)):
            home.facts.write(batch)
        desk_tell(home, store, connector="sim")
        if store == ABROAD:
            _rates_write(home, living.today)
        if not report_latest(store, "numbers"):
            day_do(home, store, "demo", now=now())


def _rates_write(home: Home, today: date) -> None:
    """What a dollar is worth, of the days before and of those that the demo may still live."""
    days = [today + timedelta(days=number) for number in range(-SMALL_DAYS, 400)]
    rows = [
        {"date": day, "from_currency": "USD", "to_currency": "CNY",
         "rate": Decimal("7.15") + Decimal(day.toordinal() % 29) / 400} for day in days
    ]  # fmt: skip
    table = pa.Table.from_pylist(rows)
    table = table.set_column(3, "rate", table.column("rate").cast(pa.decimal128(18, 6)))
    home.facts.write(FactBatch(f"demo/{ABROAD}/rates", 1, ABROAD, {"fx_rate": table}, "fx_rate"))


def _born(home: Home, store: str, seed: int) -> LivingStore:
    folder = home.path / "hands" / store / "sim"
    if (folder / WORLD_NAME).exists():
        return LivingStore.open(folder)
    with as_file(files("yunying.loop").joinpath("demo_worlds", f"{store}.yaml")) as world:
        return LivingStore.create(folder, world, seed, SMALL_DAYS, MinMaxRule(14.0, 35.0))


def _person(post: Post) -> Person:
    found: Any = Person.objects.filter(username=post.username).first()
    return person_named(post.username) if found else person_make(post.username, PASSWORD, name=post.name)
