"""The commands that a world understands, read into checked values before any of them is applied."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from yunying.kernel.command import Command
from yunying.kernel.errors import OperatorError
from yunying.kernel.money import to_minor
from yunying.sim.catalogue import Offer
from yunying.sim.plan import Promotion
from yunying.sim.settings import WorldSettings

_COST_TOLERANCE = Decimal("0.01")
_WORLD_NUMBER = re.compile(r"PO\d{8}-\d{3,}")
"""How the world numbers the purchases that come without a number; nobody else may give such a one."""


@dataclass(frozen=True)
class PurchaseOrder:
    """Quantities of one supplier's products: pairs of product index and units.

    Args:
        value_micros: what the lines cost together.
        reference: the order's number; empty where the world is to give it one.
    """

    supplier: int
    lines: tuple[tuple[int, int], ...]
    value_micros: int
    reference: str


@dataclass(frozen=True)
class PriceChange:
    """A new list price of a product from today on."""

    product: int
    list_price_minor: int


@dataclass(frozen=True)
class BudgetChange:
    """A new daily budget of a channel from today on."""

    channel: int
    daily_minor: int


@dataclass(frozen=True)
class PromotionStop:
    """Every promotion of that name that is not over ends this morning."""

    name: str


Action = PurchaseOrder | PriceChange | BudgetChange | Promotion | PromotionStop


@dataclass(frozen=True)
class Desk:
    """What commands are checked against.

    Args:
        products: index by key of those that are in the catalogue today; ``offers``: by (supplier index, product index).
        promotions: names of those that can be stopped; ``references``: numbers of purchases that were given by hand.
        today: the day on which the commands are applied.
    """

    settings: WorldSettings
    products: Mapping[str, int]
    offers: Mapping[tuple[int, int], Offer]
    promotions: frozenset[str]
    references: frozenset[str]
    today: date

    def read(self, commands: Sequence[Command]) -> list[Action]:
        """All commands of a morning as actions, or OperatorError for the first that cannot be applied.

        A supplier's smallest order is held against the sum of the morning's orders to it.
        """
        actions = self.read_each(commands)
        for supplier, short_minor in self.below_minimum(actions).items():
            terms = self.settings.supply.suppliers[supplier]
            raise _refused(
                "below-minimum-order",
                f"{terms.name} takes no order below {terms.minimum_order_minor} minor units; {short_minor} lack.",
                "Order more, or wait until more is needed.",
            )
        return actions

    def read_each(self, commands: Sequence[Command]) -> list[Action]:
        """The same, but a supplier's smallest order is not looked at."""
        desk, actions = self, []
        for command in commands:
            action = desk._read_one(command)
            actions.append(action)
            # What an earlier command of the morning starts, stops or names, a later one finds.
            if isinstance(action, Promotion):
                desk = replace(desk, promotions=desk.promotions | {action.name})
            elif isinstance(action, PromotionStop):
                desk = replace(desk, promotions=desk.promotions - {action.name})
            elif isinstance(action, PurchaseOrder) and action.reference:
                desk = replace(desk, references=desk.references | {action.reference})
        return actions

    def below_minimum(self, actions: Sequence[Action]) -> dict[int, int]:
        """Suppliers, by index, whose orders together do not reach their smallest one, and how much they lack."""
        value: dict[int, int] = {}
        for action in actions:
            if isinstance(action, PurchaseOrder):
                value[action.supplier] = value.get(action.supplier, 0) + action.value_micros
        currency = self.settings.store.currency
        lacking = {
            supplier: self.settings.supply.suppliers[supplier].minimum_order_minor
            - to_minor(Decimal(micros).scaleb(-6), currency)
            for supplier, micros in value.items()
        }
        return {supplier: minor for supplier, minor in lacking.items() if minor > 0}

    def _read_one(self, command: Command) -> Action:
        readers: dict[str, Callable[[_Params], Action]] = {
            "purchase_order": self._purchase_order,
            "set_price": self._set_price,
            "start_promotion": self._promotion,
            "stop_promotion": self._promotion_stop,
            "set_budget": self._budget,
        }
        if command.kind not in readers or command.version != 1:
            raise OperatorError(
                "unknown-command",
                f"The simulated store cannot apply {command.kind} version {command.version}.",
                f"It applies version 1 of: {', '.join(readers)}.",
            )
        return readers[command.kind](_Params(command))

    def _purchase_order(self, params: "_Params") -> PurchaseOrder:
        names = [supplier.name for supplier in self.settings.supply.suppliers]
        supplier = _index(names, params.text("supplier"), "supplier")
        lines = []
        value_micros = 0
        for row in params.rows("lines"):
            product, quantity = self._product(row.text("product")), row.whole("quantity", 1)
            value_micros += quantity * self._cost_micros(supplier, product, quantity, row.decimal("unit_cost"))
            lines.append((product, quantity))
        return PurchaseOrder(supplier, tuple(lines), value_micros, self._reference(params))

    def _reference(self, params: "_Params") -> str:
        reference = params.text("reference") if params.has("reference") else ""
        if reference in self.references or _WORLD_NUMBER.fullmatch(reference):
            raise _refused(
                "used-reference",
                f"{reference} is the number of another purchase.",
                "Give the order a number of its own.",
            )
        return reference

    def _cost_micros(self, supplier: int, product: int, quantity: int, stated: Decimal) -> int:
        offer = self.offers.get((supplier, product))
        if offer is None:
            raise _refused(
                "no-offer", "The supplier does not offer this product.", "Order from a supplier that offers it."
            )
        if quantity % offer.pack or quantity < offer.minimum_quantity:
            raise _refused(
                "bad-quantity",
                f"{quantity} units are not whole packs of {offer.pack} from {offer.minimum_quantity} on.",
                "Round to the pack and the minimum quantity of the offer.",
            )
        cost_micros = offer.cost_micros(quantity)
        cost = Decimal(cost_micros).scaleb(-6)
        if abs(stated - cost) > cost * _COST_TOLERANCE:
            raise _refused(
                "stale-cost", f"A unit costs {cost} at that quantity, not {stated}.", "Read the offer again."
            )
        return cost_micros

    def _set_price(self, params: "_Params") -> PriceChange:
        product = self._product(params.text("product"))
        price = to_minor(params.decimal("list_price"), self.settings.store.currency)
        if price < 1:
            raise _refused("bad-price", "A list price must be above 0.", "Give a price of at least one minor unit.")
        return PriceChange(product, price)

    def _promotion(self, params: "_Params") -> Promotion:
        start, end = params.day("start_date"), params.day("end_date")
        permille = params.whole("discount_rate_permille", 1)
        if not (self.today <= start < end and permille < 1000):
            raise _refused(
                "bad-promotion",
                f"A promotion from {start} to {end} at {permille} permille cannot start on {self.today}.",
                "Start today or later, end after the start, and discount by 1 to 999 permille.",
            )
        products = sorted({self._product(row.text("product")) for row in params.rows("products")})
        first = self.settings.start_date
        return Promotion(params.text("promotion"), tuple(products), permille, (start - first).days, (end - first).days)

    def _promotion_stop(self, params: "_Params") -> PromotionStop:
        name = params.text("promotion")
        if name not in self.promotions:
            raise _refused(
                "unknown-promotion",
                f"No promotion {name!r} is running or planned.",
                "Name one that is, as it was started.",
            )
        return PromotionStop(name)

    def _budget(self, params: "_Params") -> BudgetChange:
        channels = self.settings.traffic.channels
        channel = _index([channel.name for channel in channels], params.text("channel"), "channel")
        paid = channels[channel].paid
        if paid is None or paid.campaign != params.text("campaign"):
            raise _refused(
                "unknown-campaign",
                f"Channel {channels[channel].name} has no campaign {params.text('campaign')}.",
                f"Its campaign is {paid.campaign}." if paid else "It is a free channel and takes no budget.",
            )
        return BudgetChange(channel, params.whole("daily_minor", 0))

    def _product(self, key: str) -> int:
        if key not in self.products:
            raise _refused("unknown-product", f"The store has no product {key!r}.", "Use a key of the product facts.")
        return self.products[key]


class _Params:
    """Typed access to a command's parameters, or to one of its rows."""

    def __init__(self, command: Command, row: Mapping[str, Any] | None = None) -> None:
        self._command = command
        self._values: Mapping[str, Any] = command.params if row is None else row

    def has(self, name: str) -> bool:
        return self._values.get(name) not in (None, "")

    def text(self, name: str) -> str:
        value = self._values.get(name)
        if not isinstance(value, str) or not value:
            raise self._bad(name, "a text")
        return value

    def whole(self, name: str, minimum: int) -> int:
        value = self._values.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < minimum:
            raise self._bad(name, f"a whole number from {minimum}")
        return value

    def decimal(self, name: str) -> Decimal:
        try:
            value = Decimal(self.text(name))
        except InvalidOperation:
            raise self._bad(name, "a decimal as text, such as 12.50") from None
        if not value.is_finite() or value < 0:
            raise self._bad(name, "a decimal from 0")
        return value

    def day(self, name: str) -> date:
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            raise self._bad(name, "a date such as 2026-06-18") from None

    def rows(self, name: str) -> list["_Params"]:
        value = self._values.get(name)
        if not isinstance(value, list | tuple) or not value or not all(isinstance(row, Mapping) for row in value):
            raise self._bad(name, "at least one row")
        return [_Params(self._command, row) for row in value]

    def _bad(self, name: str, wanted: str) -> OperatorError:
        return _refused(
            "bad-parameter",
            f"{self._command.kind} has {name} = {self._values.get(name)!r}.",
            f"Give {name} as {wanted}.",
        )


def _index(names: Sequence[str], name: str, what: str) -> int:
    if name not in names:
        raise _refused(f"unknown-{what}", f"The store has no {what} {name!r}.", f"Use one of: {', '.join(names)}.")
    return names.index(name)


def _refused(code: str, what: str, remedy: str) -> OperatorError:
    return OperatorError(code, what, remedy)
