"""How the files' hands are tried out: every kind of command, twice where it can be taken back."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from yunying.connectors.csv.applied_keys import applied_keys
from yunying.connectors.manifest import Site
from yunying.connectors.trial import Trial
from yunying.kernel.command import Command, Value

Params = dict[str, Value | tuple[Mapping[str, Value], ...]]

_PRODUCTS: tuple[Mapping[str, Value], ...] = ({"product": "P1"}, {"product": "P2"})
_PERIOD: Params = {"start_date": "2026-11-26", "end_date": "2026-12-01"}


def _prepare(folder: Path) -> Site:
    return Site("trial", "CNY", folder / "trial" / "csv", date(2026, 11, 25), titles={"P1": "陶瓷马克杯"})


def _order(supplier: str | None, product: str, reference: str | None = None) -> Command:
    lines: tuple[dict[str, Value], ...] = ({"product": product, "quantity": 12, "unit_cost": "18.505"},)
    return Command("purchase_order", 1, {"supplier": supplier, "lines": lines, "reference": reference})


def _samples(site: Site) -> tuple[Command, ...]:
    placed: Params = {"slot": "home-1", **_PERIOD}
    article: Params = {"column": "guides", "body": "First line.\n=not a formula"}
    promotion: Params = {"discount_rate_permille": 150, "products": _PRODUCTS, **_PERIOD}
    message: Params = {
        "segment": "asleep",
        "channel": "sms",
        "subject": "好久不见",
        "body": "回来看看",
        "cost_minor": 1200,
    }
    budget: Params = {"channel": "search_ads", "campaign": "C-search"}
    return (
        _order("S01", "P1"), _order("S01", "P2"), _order("S02", "P1", "PO-2026-7"), _order(None, "P3"),
        _order("S01", "P1"),
        Command("set_price", 1, {"product": "P1", "list_price": "39.90"}),
        Command("set_price", 1, {"product": "P1", "list_price": "35.90"}),
        Command("start_promotion", 1, {"promotion": "winter", **promotion}),
        Command("stop_promotion", 1, {"promotion": "winter"}),
        Command("set_budget", 1, {**budget, "daily_minor": 60_000}),
        Command("set_budget", 1, {**budget, "daily_minor": 45_000, "days": 7}),
        Command("feature", 1, {"product": "P1", "position": 1, **placed}),
        Command("unfeature", 1, {"product": "P1", "slot": "home-1"}),
        Command("message", 1, message),
        Command("issue_coupon", 1, {"code": "SPRING", "off_minor": 500, "most_uses": 100, **_PERIOD}),
        Command("withdraw_coupon", 1, {"code": "SPRING"}),
        Command("publish", 1, {"title": "How to choose a cup", **article}),
        Command("unpublish", 1, {"title": "How to choose a cup", "column": "guides"}),
    )  # fmt: skip


def _refused(site: Site) -> tuple[Command, ...]:
    return (_order("S01", "P1", "PO-2026-7"),)


def _condition(site: Site, command: Command) -> object:
    record = applied_keys(site.folder)
    record.catch_up()
    return record.in_force(command)


TRIAL = Trial(prepare=_prepare, samples=_samples, refused=_refused, condition=_condition)
