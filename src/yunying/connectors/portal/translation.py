"""From the desk's commands to the facade's, and from its receipts back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from yunying.connectors.manifest import Site
from yunying.kernel.command import Command
from yunying.kernel.command_schema import command_schema, command_subject
from yunying.kernel.errors import OperatorError
from yunying.kernel.money import to_major, to_minor
from yunying.kernel.receipt import Receipt
from yunying.portal.facade import Receipt as Told
from yunying.portal.facade import day_begins

Params = Mapping[str, Any]
_ORDER = "order:"
LAST_POSITION = 1


@dataclass(frozen=True)
class Asked:
    """A command as the facade takes it."""

    kind: str
    params: Params


def asked(site: Site, command: Command, reference: str) -> Asked:
    """The facade's command for one of the desk's.

    Raises:
        OperatorError: the shop has no such thing.
    """
    kind, translate = _KINDS[command.kind]
    return Asked(kind, translate(site, command.params, reference))


def answered(site: Site, command: Command, reference: str, told: Told) -> Receipt:
    """The desk's receipt for one of the facade's; the same receipt gives the same one."""
    schema, subject = command_schema(command.kind, command.version), command_subject(command)
    return Receipt(
        status="applied",
        reference=reference,
        summary_en=f"{schema.title_en} ({subject}): done in the shop.",
        summary_zh=f"{schema.title_zh}（{subject}）：已在商城执行。",
        undo=_undo(site, command, told.key, told.result),
    )


def _undo(site: Site, command: Command, key: str, result: Params) -> Command | None:
    params = command.params
    if command.kind == "set_price":
        before = result.get("before_minor")
        if before is None:
            return None
        shown = f"{to_major(before, site.currency):f}"
        return Command("set_price", 1, {"product": params["product"], "list_price": shown})
    undo: Mapping[str, Command] = {
        "feature": Command("unfeature", 1, {name: params[name] for name in ("product", "slot") if name in params}),
        "set_slot": Command("clear_slot", 1, {"slot": params.get("slot")}),
        "issue_coupon": Command("withdraw_coupon", 1, {"code": params.get("code")}),
        "receive_goods": Command("unreceive_goods", 1, {"receipt": key}),
    }
    return undo.get(command.kind)


def _price(site: Site, params: Params, reference: str) -> Params:
    price = Decimal(str(params["list_price"]))
    price_minor = to_minor(price, site.currency)
    if to_major(price_minor, site.currency) != price:
        raise OperatorError("bad-price", f"{price} {site.currency} cannot be paid exactly.", "Give whole minor units.")
    return {"sku": params["product"], "price_minor": price_minor}


def _purchase(site: Site, params: Params, reference: str) -> Params:
    lines = [
        {"sku": row["product"], "quantity": row["quantity"], "unit_cost": row["unit_cost"]} for row in params["lines"]
    ]
    return {"number": reference, "supplier": params.get("supplier") or "", "lines": lines}


def _feature(site: Site, params: Params, reference: str) -> Params:
    return {
        "sku": params["product"], "slot": params["slot"], "position": params.get("position") or LAST_POSITION,
        **_period(site, params),
    }  # fmt: skip


def _slot(site: Site, params: Params, reference: str) -> Params:
    items = [{"sku": row["product"], "weight": row["weight"]} for row in params["products"]]
    rate = Decimal(int(params.get("explore_permille") or 0)).scaleb(-3)
    return {"slot": params["slot"], "items": items, "explore_rate": str(rate), "name": reference}


def _coupon(site: Site, params: Params, reference: str) -> Params:
    given = {"code": params["code"], "off_minor": params["off_minor"], "most_uses": params["most_uses"]}
    least = {"minimum_minor": params["minimum_minor"]} if params.get("minimum_minor") else {}
    return {**given, **least, **_period(site, params)}


def _message(site: Site, params: Params, reference: str) -> Params:
    segment, channel = str(params["segment"]), params["channel"]
    if not segment.startswith(_ORDER) or channel != "mail":
        raise OperatorError(
            "no-segment",
            f"The shop cannot write to {segment!r} by {channel}.",
            f"It writes mails to the buyer of one order, as {_ORDER}NUMBER.",
        )
    return {"order": segment.removeprefix(_ORDER), "subject": params["subject"], "body": params["body"]}


def _receive(site: Site, params: Params, reference: str) -> Params:
    purchase = {"purchase": params["purchase"]} if params.get("purchase") else {}
    return {"sku": params["product"], "quantity": params["quantity"], **purchase}


def _period(site: Site, params: Params) -> Params:
    return {
        name: day_begins(site.store, date.fromisoformat(str(params[day]))).isoformat()
        for name, day in (("starts_at", "start_date"), ("ends_at", "end_date"))
    }


_KINDS: Mapping[str, tuple[str, Callable[[Site, Params, str], Params]]] = {
    "purchase_order": ("order-goods", _purchase),
    "set_price": ("set-price", _price),
    "feature": ("feature-product", _feature),
    "unfeature": ("unfeature-product", lambda site, params, _: {"sku": params["product"], "slot": params["slot"]}),
    "set_slot": ("set-slot", _slot),
    "clear_slot": ("clear-slot", lambda site, params, _: {"slot": params["slot"]}),
    "issue_coupon": ("issue-coupon", _coupon),
    "withdraw_coupon": ("withdraw-coupon", lambda site, params, _: {"code": params["code"]}),
    "receive_goods": ("receive-goods", _receive),
    "unreceive_goods": ("take-back-receipt", lambda site, params, _: {"receipt": params["receipt"]}),
    "message": ("send-message", _message),
}
DECLARED = tuple((kind, 1) for kind in sorted(_KINDS))
