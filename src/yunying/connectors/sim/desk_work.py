"""What the simulated store's desk answers to a command as things stand, and what waits for a supplier's minimum."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date

from yunying.connectors.references import reference_of
from yunying.kernel.command import Command, Value
from yunying.kernel.command_schema import command_schema, command_subject
from yunying.kernel.errors import OperatorError
from yunying.kernel.money import to_major
from yunying.kernel.receipt import Receipt
from yunying.sim.commands import PurchaseOrder
from yunying.sim.world import World

DECLARED = (
    ("purchase_order", 1), ("set_budget", 1), ("set_price", 1), ("start_promotion", 1), ("stop_promotion", 1),
)  # fmt: skip
"""What the simulated world can feel. Places, messages and articles have no law in it, so they are not declared."""


def receipt_for(world: World, pending: Sequence[Command], command: Command, store: str, key: str) -> Receipt:
    """The answer to a command that comes behind the pending ones, which are numbered; nothing is changed here.

    Raises:
        OperatorError: the store would refuse it.
    """
    reference = reference_of(command, store, key)
    if command.kind == "purchase_order":
        # The number becomes the purchase's in the facts, whether it was given or follows from the key.
        command = numbered(command, reference)
    desk = world.desk
    actions = desk.read_each([*pending, command])
    before = in_force(world, pending, command)
    if command.kind == "start_promotion" and before:
        # A stop ends every promotion of its name, so two at once must not share one.
        raise OperatorError(
            "used-promotion",
            f"A promotion {command.params['promotion']!r} is running or planned.",
            "Give the new one a name of its own.",
        )
    schema, subject, day = command_schema(command.kind, command.version), command_subject(command), world.today
    receipt = Receipt(
        status="applied",
        reference=reference,
        summary_en=f"{schema.title_en} ({subject}) holds from the morning of {day} on.",
        summary_zh=f"{schema.title_zh}（{subject}）自 {day} 早上起生效。",
        undo=_undo(command, before),
    )
    action = actions[-1]
    if not isinstance(action, PurchaseOrder):
        return receipt
    lacking = desk.below_minimum(actions).get(action.supplier, 0)
    return _ordered(world, receipt, command, lacking)


def waiting(world: World, pending: Mapping[str, Command]) -> Collection[str]:
    """Keys of purchase orders that a supplier does not take yet: together they do not reach its smallest order."""
    desk = world.desk
    actions = dict(zip(pending, desk.read_each(list(pending.values())), strict=True))
    lacking = desk.below_minimum(list(actions.values()))
    return [key for key, each in actions.items() if isinstance(each, PurchaseOrder) and each.supplier in lacking]


def planned(receipt: Receipt) -> Receipt:
    """The answer to a dry run."""
    return replace(receipt, status="planned", undo=None, facts={})


def numbered(command: Command, reference: str) -> Command:
    """A purchase order that carries its number; every other command as it is."""
    if command.kind != "purchase_order":
        return command
    return replace(command, params={**command.params, "reference": reference})


def in_force(world: World, pending: Sequence[Command], command: Command) -> str | int | bool | None:
    """What holds of the command's subject once the pending commands are felt.

    Returns:
        For a price its decimal as text, for a budget its minor units a day, for a promotion whether one of that name is
        running or planned; None for a purchase order, which has nothing of the kind.
    """
    params = command.params
    if command.kind == "set_price":
        prices = (each.params["list_price"] for each in reversed(pending) if _same(each, command, "product"))
        shown = to_major(world.list_price_minor(str(params["product"])), world.settings.store.currency)
        return str(next(prices, f"{shown:f}"))
    if command.kind == "set_budget":
        budgets = (each.params["daily_minor"] for each in reversed(pending) if _same(each, command, "channel"))
        return int(str(next(budgets, world.budget_minor(str(params["channel"])))))
    if command.kind in ("start_promotion", "stop_promotion"):
        changes = (each for each in reversed(pending) if _is_promotion(each, str(params["promotion"])))
        last = next(changes, None)
        return last.kind == "start_promotion" if last else params["promotion"] in world.desk.promotions
    return None


def _ordered(world: World, receipt: Receipt, command: Command, lacking_minor: int) -> Receipt:
    currency, supplier = world.settings.store.currency, command.params["supplier"]
    if not lacking_minor:
        return replace(
            receipt,
            summary_en=f"{receipt.reference} goes to {supplier} on the morning of {world.today}.",
            summary_zh=f"{receipt.reference} 将于 {world.today} 早上发给 {supplier}。",
        )
    lacking = f"{to_major(lacking_minor, currency)} {currency}"
    return replace(
        receipt,
        summary_en=f"{receipt.reference} waits: {lacking} are lacking to the smallest order of {supplier}.",
        summary_zh=f"{receipt.reference} 待发：距 {supplier} 的起订金额还差 {lacking}。",
        # The store reports a purchase when the supplier takes it; until then the next plan must not order again.
        facts={"purchase_line": _waiting_lines(command, receipt.reference, world.today)},
    )


def _waiting_lines(command: Command, reference: str, day: date) -> tuple[Mapping[str, Value], ...]:
    lines = command.params["lines"]
    return tuple(
        {
            "purchase": reference,
            "line": str(place),
            "state": "ordered",
            "occurrence": "",
            "date": day.isoformat(),
            "supplier": str(command.params["supplier"]),
            "product": line["product"],
            "quantity": line["quantity"],
            "unit_cost": line["unit_cost"],
        }
        for place, line in enumerate(lines if isinstance(lines, tuple) else (), start=1)
    )


def _undo(command: Command, before: str | int | bool | None) -> Command | None:
    params = command.params
    if command.kind == "set_price":
        return Command("set_price", 1, {"product": params["product"], "list_price": before})
    if command.kind == "set_budget":
        names = ("channel", "campaign")
        return Command("set_budget", 1, {**{name: params[name] for name in names}, "daily_minor": before})
    if command.kind == "start_promotion":
        return Command("stop_promotion", 1, {"promotion": params["promotion"]})
    return None


def _is_promotion(command: Command, name: str) -> bool:
    return command.kind in ("start_promotion", "stop_promotion") and command.params["promotion"] == name


def _same(one: Command, other: Command, name: str) -> bool:
    return one.kind == other.kind and one.params[name] == other.params[name]
