"""The commands that a world understands, read into checked values before any of them is applied."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class PurchaseOrder:
    """Quantities of one supplier's products: pairs of product index and units."""

    supplier: int
    lines: tuple[tuple[int, int], ...]


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


Action = PurchaseOrder | PriceChange | BudgetChange | Promotion


@dataclass(frozen=True)
class Desk:
    """What commands are checked against.

    Args:
        products: index by key of those that are in the catalogue today; ``offers``: by (supplier index, product index).
        today: the day on which the commands are applied.
    """

    settings: WorldSettings
    products: Mapping[str, int]
    offers: Mapping[tuple[int, int], Offer]
    today: date

    def read(self, commands: Sequence[Command]) -> list[Action]:
        """All commands as actions, or OperatorError for the first that cannot be applied."""
        return [self._read_one(command) for command in commands]

    def _read_one(self, command: Command) -> Action:
        readers: dict[str, Callable[[_Params], Action]] = {
            "purchase_order": self._purchase_order,
            "set_price": self._set_price,
            "start_promotion": self._promotion,
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
        total = Decimal(0)
        for row in params.rows("lines"):
            product, quantity = self._product(row.text("product")), row.whole("quantity", 1)
            total += self._line_cost(supplier, product, quantity, row.decimal("unit_cost"))
            lines.append((product, quantity))
        minimum = self.settings.supply.suppliers[supplier].minimum_order_minor
        if to_minor(total, self.settings.store.currency) < minimum:
            raise _refused(
                "below-minimum-order",
                f"{names[supplier]} takes no order below {minimum} minor units; this one is worth {total}.",
                "Order more, or wait until more is needed.",
            )
        return PurchaseOrder(supplier, tuple(lines))

    def _line_cost(self, supplier: int, product: int, quantity: int, stated: Decimal) -> Decimal:
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
        cost = Decimal(offer.cost_micros(quantity)).scaleb(-6)
        if abs(stated - cost) > cost * _COST_TOLERANCE:
            raise _refused(
                "stale-cost", f"A unit costs {cost} at that quantity, not {stated}.", "Read the offer again."
            )
        return cost * quantity

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
