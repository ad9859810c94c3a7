"""What programs may do in the portal: its commands, each with a key, a dry run, a receipt and an undo.

A command that was applied is kept with its receipt; the same key again returns that receipt and does nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from yunying.audit.log import Change, audit_record
from yunying.kernel.errors import OperatorError
from yunying.portal.news import layout_commands
from yunying.portal.shop import commands, goods_commands, slot_commands
from yunying.portal.shop.holds import money_may_move
from yunying.portal.shop.models import AppliedCommand, Shop, Variant
from yunying.portal.shop.prices import prices_at

Params = Mapping[str, Any]


@dataclass(frozen=True)
class Kind:
    """One kind of command: how it is checked, applied, and undone by what applying it told."""

    check: Callable[[Shop, Params, datetime], str]
    apply: Callable[[Shop, Params, str, datetime], Mapping[str, Any]]
    undo: Callable[[Shop, Mapping[str, Any], str, datetime], None]


KINDS = {
    "set-price": Kind(commands.price_check, commands.price_apply, commands.price_undo),
    "feature-product": Kind(slot_commands.feature_check, slot_commands.feature_apply, slot_commands.feature_undo),
    "unfeature-product": Kind(
        slot_commands.unfeature_check, slot_commands.unfeature_apply, slot_commands.unfeature_undo
    ),
    "set-slot": Kind(slot_commands.plan_check, slot_commands.plan_apply, slot_commands.plan_undo),
    "clear-slot": Kind(slot_commands.clearing_check, slot_commands.clearing_apply, slot_commands.clearing_undo),
    "issue-coupon": Kind(commands.coupon_check, commands.coupon_apply, commands.coupon_undo),
    "withdraw-coupon": Kind(commands.withdrawal_check, commands.withdrawal_apply, commands.withdrawal_undo),
    "order-goods": Kind(goods_commands.order_check, goods_commands.order_apply, goods_commands.order_undo),
    "receive-goods": Kind(goods_commands.goods_check, goods_commands.goods_apply, goods_commands.goods_undo),
    "take-back-receipt": Kind(
        goods_commands.take_back_check, goods_commands.take_back_apply, goods_commands.take_back_undo
    ),
    "set-layout": Kind(layout_commands.layout_check, layout_commands.layout_apply, layout_commands.layout_undo),
    "send-message": Kind(commands.message_check, commands.message_apply, commands.message_undo),
}


MONEY_KINDS = ("set-price", "issue-coupon", "order-goods")
"""What commits or gives away money; refused while the shop's books do not agree."""


@dataclass(frozen=True)
class Receipt:
    """What became of a command: ``would-apply``, ``applied`` or ``undone``, and a sentence that says it."""

    state: str
    key: str
    what: str
    result: Mapping[str, Any]


def command_apply(
    shop: str, kind: str, params: Params, *, key: str, actor: str, now: datetime, dry_run: bool = False
) -> Receipt:
    """Apply a command once for its key; a dry run checks everything and writes nothing."""
    the_shop, deed = _found(shop, kind)
    try:
        with transaction.atomic():
            known = _known(the_shop, kind, params, key)
            if known is not None:
                return known
            if kind in MONEY_KINDS:
                money_may_move(the_shop)
            what = deed.check(the_shop, params, now)
            if dry_run:
                return Receipt("would-apply", key, what, {})
            row = AppliedCommand.objects.create(
                shop=the_shop, key=key, kind=kind, params=dict(params), what=what, applied_at=now
            )
            row.result = dict(deed.apply(the_shop, params, key, now))
            row.save(update_fields=["result"])
            audit_record(shop, actor, now, [Change(f"shop-{kind}", key, after=dict(params))])
            return _receipt(row)
    except IntegrityError:
        # Another worker came first with this key; where it is not so, the row breaks a limit of the database.
        known = _known(the_shop, kind, params, key)
        if known is None:
            raise
        return known


def command_undo(shop: str, key: str, *, actor: str, now: datetime, dry_run: bool = False) -> Receipt:
    """Take back what a command did, once; refused where its effect went on into the world."""
    with transaction.atomic():
        row = AppliedCommand.objects.select_for_update(of=("self",)).filter(shop__slug=shop, key=key).first()
        if row is None:
            raise OperatorError("no-command", "No command of this key was applied.", "Check the key.")
        if row.undone_at is not None:
            return _receipt(row)
        the_shop, deed = _found(shop, row.kind)
        if dry_run:
            with transaction.atomic():
                deed.undo(the_shop, row.result, key, now)
                transaction.set_rollback(True)
            return Receipt("would-undo", key, row.what, row.result)
        deed.undo(the_shop, row.result, key, now)
        row.undone_at = now
        row.save(update_fields=["undone_at"])
        audit_record(shop, actor, now, [Change(f"shop-{row.kind}-undo", key, before=dict(row.params))])
        return _receipt(row)


def shops_open() -> Sequence[str]:
    """The shops of this portal; each is the store of the same id."""
    return list(Shop.objects.order_by("slug").values_list("slug", flat=True))


def list_price_minor(shop: str, sku: str, now: datetime) -> int | None:
    """What a variant costs now; None where it has no price or is unknown."""
    variant = Variant.objects.filter(shop__slug=shop, sku=sku).first()
    price = prices_at([variant.pk], now).get(variant.pk) if variant else None
    return price.price_minor if price else None


def day_begins(shop: str, day: date) -> datetime:
    """The first moment of a day of the shop's own clock."""
    found = Shop.objects.filter(slug=shop).first()
    if found is None:
        raise OperatorError("no-shop", f"There is no shop {shop}.", "Check the shop's name.")
    return datetime.combine(day, time(), ZoneInfo(found.time_zone))


def _found(shop: str, kind: str) -> tuple[Shop, Kind]:
    the_shop = Shop.objects.filter(slug=shop).first()
    if the_shop is None:
        raise OperatorError("no-shop", f"There is no shop {shop}.", "Check the shop's name.")
    if kind not in KINDS:
        raise OperatorError("no-command-kind", f"The shop knows no {kind}.", f"Use one of: {', '.join(KINDS)}.")
    return the_shop, KINDS[kind]


def _known(shop: Shop, kind: str, params: Params, key: str) -> Receipt | None:
    if not 1 <= len(key) <= 64:
        raise OperatorError("bad-key", "The command has no key of 1 to 64 characters.", "Give one.")
    row = AppliedCommand.objects.filter(shop=shop, key=key).first()
    if row is None:
        return None
    if (row.kind, row.params) != (kind, dict(params)):
        raise OperatorError("key-reused", "This key applied another command.", "Use a new key.")
    return _receipt(row)


def _receipt(row: AppliedCommand) -> Receipt:
    return Receipt("undone" if row.undone_at else "applied", row.key, row.what, row.result)
