"""How the portal's hands are tried out: on a shop that is made for it in this installation's database."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.db import OperationalError, connection
from django.utils import timezone

from yunying.connectors.manifest import Site
from yunying.connectors.trial import Trial
from yunying.kernel.command import Command
from yunying.kernel.ids import digest
from yunying.portal.trial_shop import (
    ORDER_NUMBER,
    RECEIPT,
    trial_shop_clear,
    trial_shop_condition,
    trial_shop_holds,
    trial_shop_make,
)


def _prepare(folder: Path) -> Site:
    slug = f"{_prefix(folder.parent)}{digest(folder.name, 8)}"
    if slug not in _made:
        trial_shop_make(slug)
        _made.add(slug)
    return Site(slug, "CNY", folder, date(2026, 11, 25))


_made: set[str] = set()


def _prefix(bench: Path) -> str:
    return f"trial-{digest(str(bench), 12)}-"


def _purchase(product: str, reference: str | None = None) -> Command:
    lines: Any = ({"product": product, "quantity": 12, "unit_cost": "30.505"},)
    return Command("purchase_order", 1, {"supplier": "S01", "lines": lines, "reference": reference})


def _samples(site: Site) -> tuple[Command, ...]:
    today = timezone.now().date()
    period: Any = {"start_date": today.isoformat(), "end_date": (today + timedelta(days=30)).isoformat()}
    weights: Any = ({"product": "TEA", "weight": 3}, {"product": "POT", "weight": 1})
    mail: Any = {"segment": f"order:{ORDER_NUMBER}", "channel": "mail", "subject": "新茶", "body": "到货了"}
    return (
        _purchase("TEA", "PO-2026-7"),
        _purchase("POT"),
        Command("receive_goods", 1, {"product": "TEA", "quantity": 5, "purchase": "PO-2026-7"}),
        Command("receive_goods", 1, {"product": "POT", "quantity": 5}),
        Command("unreceive_goods", 1, {"receipt": RECEIPT}),
        Command("set_price", 1, {"product": "TEA", "list_price": "88.80"}),
        Command("set_price", 1, {"product": "TEA", "list_price": "77.70"}),
        Command("feature", 1, {"product": "POT", "slot": "front", "position": 2, **period}),
        Command("unfeature", 1, {"product": "POT", "slot": "front"}),
        Command("set_slot", 1, {"slot": "front", "products": weights, "explore_permille": 100}),
        Command("clear_slot", 1, {"slot": "front"}),
        Command("issue_coupon", 1, {"code": "SPRING", "off_minor": 500, "most_uses": 9, **period}),
        Command("withdraw_coupon", 1, {"code": "SPRING"}),
        Command("message", 1, mail),
    )


def _refused(site: Site) -> tuple[Command, ...]:
    return (
        _purchase("TEA", "PO-2026-7"),
        _purchase("NOTHING"),
        Command("set_price", 1, {"product": "NOTHING", "list_price": "1.00"}),
        Command("set_price", 1, {"product": "TEA", "list_price": "1.005"}),
        Command("unfeature", 1, {"product": "TEA", "slot": "front"}),
        Command("withdraw_coupon", 1, {"code": "AUTUMN"}),
        Command("receive_goods", 1, {"product": "TEA", "quantity": 100, "purchase": "PO-2026-7"}),
        Command("unreceive_goods", 1, {"receipt": "nothing"}),
        Command("message", 1, {"segment": "asleep", "channel": "sms", "subject": "a", "body": "b"}),
    )


def _condition(site: Site, command: Command) -> object:
    return trial_shop_condition(site.store)


def _observe(site: Site) -> object:
    return trial_shop_holds(site.store)


@contextmanager
def _outage(site: Site) -> Iterator[None]:
    """While it lasts the database answers nothing."""

    def refuse(*_: object) -> None:
        raise OperationalError("out of order")

    with connection.execute_wrapper(refuse):
        yield


def _clean(bench: Path) -> None:
    trial_shop_clear(_prefix(bench))
    _made.clear()


TRIAL = Trial(
    prepare=_prepare, samples=_samples, refused=_refused, condition=_condition, observe=_observe, outage=_outage,
    clean=_clean,
)  # fmt: skip
