"""Today's buy list: which products to order, how many, from whom, in the order of what a day of delay loses."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

import numpy as np
from numpy.typing import NDArray

from yunying.kernel.errors import InternalError
from yunying.kernel.proposal import Decision, Proposal
from yunying.kernel.results import Abstention
from yunying.practices.purchasing.asks import Asks, asks_joined, asks_of
from yunying.practices.purchasing.fit import PurchasingModel
from yunying.practices.purchasing.inputs import Floats, Inputs
from yunying.practices.purchasing.lacking import nothing_known, too_little_history
from yunying.practices.purchasing.order import Orders
from yunying.practices.purchasing.policy import PurchasingPolicy
from yunying.practices.purchasing.possible import possible
from yunying.practices.purchasing.preparing import Prepared, prepared
from yunying.practices.purchasing.proposing import order_proposal
from yunying.practices.purchasing.scarcity import filled_up_to, limits_of, prices_of, within
from yunying.practices.purchasing.supplier_minimum import filled_up, minima_held
from yunying.practices.purchasing.unit_money import FREE, Prices

GROUP = 5000
"""Products that are looked at together, so that memory does not grow with their number."""
Truths = NDArray[np.bool_] | np.bool_
Group = Callable[[], Inputs]
"""Gives the inputs of some products, anew each time that it is asked."""


def decide(
    inputs: Inputs, model: PurchasingModel, policy: PurchasingPolicy, as_of: date, rng: np.random.Generator
) -> Decision:
    """Proposals, most urgent first, and what could not be decided with the remedy."""
    if not inputs.products:
        return Decision((), (nothing_known(inputs.store),))
    inputs, impossible = possible(inputs)
    if not inputs.products:
        return Decision((), impossible)
    if model.demand is None or model.life is None:
        return Decision((), (*impossible, _too_little_history(inputs, policy)))
    n = len(inputs.products)
    groups = [partial(inputs.of, np.arange(at, min(at + GROUP, n))) for at in range(0, n, GROUP)]
    parts = list(decide_by_group(groups, model, policy, as_of, rng))
    proposals = [proposal for part in parts for proposal in part.proposals]
    proposals.sort(key=lambda each: (-each.delay_loss_minor, -each.effect.mid_minor, each.subject))
    abstentions = [abstention for part in parts for abstention in part.abstentions]
    return Decision(tuple(proposals), (*impossible, *abstentions))


def decide_by_group(
    groups: Sequence[Group], model: PurchasingModel, policy: PurchasingPolicy, as_of: date, rng: np.random.Generator
) -> Iterator[Decision]:
    """The decision in parts, for stores whose inputs are too large to be held at once; proposals are not sorted.

    Groups compete for two things only, a supplier's smallest order and cash. Where they do, each first tells what it
    asks for, then these asks are settled together, then it is decided once more with what it got. What products of a
    category tell of each other, they tell within their group.

    Args:
        groups: each gives the inputs of its products, the same ones each time; no product is in two groups.
        model: must hold a demand.
    """
    work = _Groups(groups, model, policy, rng)
    limited = policy.cash_limit_minor is not None or policy.storage_limit_units is not None
    competing: list[int] = []
    asked: list[Asks] = []
    for number in range(len(groups)):
        ready, abstentions = work.prepared(number)
        if ready is None:
            yield Decision((), abstentions)
            continue
        orders = ready.sizing.orders()
        if limited or _has_minimum(ready, orders):
            competing.append(number)
            asked.append(asks_of(ready.inputs, ready.terms, orders))
            yield Decision((), abstentions)
        else:
            yield Decision(_proposals(ready, orders, orders.quantity > 0, policy, as_of), abstentions)
    if competing:
        yield from _settled(work, competing, asked, policy, as_of)


def _settled(
    work: "_Groups", competing: Sequence[int], asked: list[Asks], policy: PurchasingPolicy, as_of: date
) -> Iterator[Decision]:
    """What competing groups get of what they asked for."""
    ends = np.cumsum([len(asks.products) for asks in asked])[:-1]
    free, prices = asks_joined(asked), FREE
    limits = limits_of(policy.cash_limit_minor, policy.storage_limit_units, free, work.idle_units)
    if not limits.hold(free):
        prices = prices_of(partial(_used_at, work, competing, asked), limits, free)
        asked = [_asks_at(work.again(number), prices) for number in competing]
        asked = _asked_again(work, competing, asked, filled_up_to(asks_joined(asked), free, limits, prices))
    asked = _asked_again(work, competing, asked, filled_up(asks_joined(asked)))
    whole = asks_joined(asked)
    taken, waiting = minima_held(whole)
    # What a supplier's minimum held back is named there.
    wanted = ((free.quantity > 0) | (taken > 0)) & ~((whole.quantity > 0) & (taken == 0))
    worth = np.where(free.quantity > 0, free.effect_minor, whole.effect_minor)
    kept, over = within(replace(whole, quantity=taken), limits, np.where(wanted, worth, np.nan), prices)
    for number, quantity, chosen in zip(competing, np.split(taken, ends), np.split(kept, ends), strict=True):
        if chosen.any():
            ready = replace(work.again(number), prices=prices)
            yield Decision(_proposals(ready, ready.sizing.orders(quantity), chosen, policy, as_of), ())
    yield Decision((), (*waiting, *over))


def _used_at(work: "_Groups", competing: Sequence[int], asked: Sequence[Asks], prices: Sequence[Prices]) -> Floats:
    """What the orders of all groups would take at each of the prices."""
    used = [
        work.again(number).sizing.used_at(prices, asks.quantity) for number, asks in zip(competing, asked, strict=True)
    ]
    return np.asarray(np.sum(used, axis=0))


def _asks_at(ready: "Prepared", prices: Prices) -> Asks:
    return asks_of(ready.inputs, ready.terms, ready.sizing.orders(prices=prices))


def _asked_again(work: "_Groups", competing: Sequence[int], asked: Sequence[Asks], quantity: Floats) -> list[Asks]:
    """The asks with other quantities; only groups that they change are looked at."""
    ends = np.cumsum([len(asks.products) for asks in asked])[:-1]
    found = []
    for number, asks, wanted in zip(competing, asked, np.split(quantity, ends), strict=True):
        if (wanted == asks.quantity).all():
            found.append(asks)
            continue
        ready = work.again(number)
        found.append(asks_of(ready.inputs, ready.terms, ready.sizing.orders(wanted)))
    return found


def _has_minimum(ready: "Prepared", orders: Orders) -> bool:
    supplier = ready.terms.supplier[(orders.quantity > 0) & (ready.terms.supplier >= 0)]
    return bool((ready.inputs.supplier_minimum[supplier] > 0).any())


def _proposals(
    ready: "Prepared", orders: Orders, chosen: Truths, policy: PurchasingPolicy, as_of: date
) -> tuple[Proposal, ...]:
    return tuple(order_proposal(ready, orders, product, policy, as_of) for product in np.flatnonzero(chosen).tolist())


class _Groups:
    """Groups made ready one at a time; only the last one is held."""

    def __init__(
        self, groups: Sequence[Group], model: PurchasingModel, policy: PurchasingPolicy, rng: np.random.Generator
    ) -> None:
        self._groups, self._model, self._policy = groups, model, policy
        self._seeds = [int(rng.integers(2**62)) for _ in groups]
        self._held: tuple[int, Prepared] | None = None
        self._idle: dict[int, float] = {}

    @property
    def idle_units(self) -> float:
        """Units of products that cannot be decided; they take room all the same."""
        return sum(self._idle.values())

    def prepared(self, number: int) -> "tuple[Prepared | None, tuple[Abstention, ...]]":
        """The group's products that can be decided, and those that cannot."""
        self._held = None
        inputs, impossible = possible(self._groups[number]())
        if not inputs.products:
            return None, impossible
        ready, lacking = prepared(inputs, self._model, self._policy, self._seeds[number])
        decided = _units_held(ready.inputs) if ready is not None else 0.0
        self._idle[number] = _units_held(inputs) - decided
        if ready is not None:
            self._held = number, ready
        return ready, (*impossible, *lacking)

    def again(self, number: int) -> "Prepared":
        """A group that could be decided before."""
        if self._held is None or self._held[0] != number:
            self.prepared(number)
        if self._held is None:
            raise InternalError("a group's inputs changed between two looks at them")
        return self._held[1]


def _units_held(inputs: Inputs) -> float:
    return float(np.nan_to_num(np.maximum(inputs.on_hand, 0.0)).sum())


def _too_little_history(inputs: Inputs, policy: PurchasingPolicy) -> Abstention:
    days = (inputs.as_of - inputs.first_date).days if inputs.last_order_date else 0
    return too_little_history(days, inputs.as_of, policy.least_history_days)
