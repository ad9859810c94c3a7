"""Today's buy list: which products to order, how many, from whom, in the order of what a day of delay loses."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import numpy as np
from numpy.typing import NDArray

from yunying.kernel.command import Command, Value
from yunying.kernel.errors import InternalError
from yunying.kernel.evidence import Evidence, Sentence
from yunying.kernel.ids import digest
from yunying.kernel.money import minor_digits, to_major
from yunying.kernel.proposal import Decision, MoneyInterval, Proposal
from yunying.kernel.results import Abstention
from yunying.methods.forecasting.history import DemandHistory
from yunying.methods.forecasting.mortality import LifeLaw, product_ages
from yunying.methods.forecasting.order_backtest import ForecastChoice
from yunying.practices.purchasing.asks import Asks, asks_joined, asks_of
from yunying.practices.purchasing.boosted import choice_sentence
from yunying.practices.purchasing.demand import demand_history
from yunying.practices.purchasing.design import design
from yunying.practices.purchasing.evidence import Figures, evidence_of
from yunying.practices.purchasing.fit import PurchasingModel
from yunying.practices.purchasing.inputs import Floats, Inputs
from yunying.practices.purchasing.order import FREE, Orders, Prices, Sizing, UnitMoney, unit_money
from yunying.practices.purchasing.outlook import Outlook, outlook_table
from yunying.practices.purchasing.policy import PurchasingPolicy
from yunying.practices.purchasing.possible import possible
from yunying.practices.purchasing.promotions import promotion_sentence
from yunying.practices.purchasing.scarcity import filled_up_to, limits_of, prices_of, within
from yunying.practices.purchasing.supplier_minimum import filled_up, minima_held
from yunying.practices.purchasing.terms import Terms, terms_chosen

HAZARD_AHEAD_DAYS = 30
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
        return Decision((), (_nothing_known(inputs.store),))
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


@dataclass(frozen=True)
class Prepared:
    """The products that can be decided, the terms they are bought on, and the sizing of their orders."""

    inputs: Inputs
    terms: Terms
    sizing: Sizing
    promotion_elasticity: tuple[float, ...]
    prices: Prices = FREE
    choice: ForecastChoice | None = None
    outlook: Outlook | None = None


def prepared(
    inputs: Inputs, model: PurchasingModel, policy: PurchasingPolicy, seed: int
) -> tuple[Prepared | None, tuple[Abstention, ...]]:
    """What orders are sized from, and the products that cannot be decided; the model must hold a demand."""
    if model.demand is None or model.life is None:
        raise InternalError("without a model of demand nothing can be sized")
    inputs = _grouped_as(inputs, model)
    terms = terms_chosen(inputs, policy)
    history = demand_history(inputs, policy)
    money = unit_money(inputs, terms, policy, _hazard(inputs, model, model.life, history))
    usable, abstentions = _usable(inputs, terms, money, policy)
    chosen = np.flatnonzero(usable)
    if not len(chosen):
        return None, abstentions
    some, some_terms = inputs.of(chosen), terms.of(chosen)
    known = history.of(chosen)
    lift = model.promotion_elasticity
    sizing = Sizing(some, known, model.demand, some_terms, money.of(chosen), policy, seed, lift)
    return Prepared(some, some_terms, sizing, lift, choice=model.choice, outlook=model.outlook), abstentions


def _grouped_as(inputs: Inputs, model: PurchasingModel) -> Inputs:
    """The inputs with the model's groups: it may be older than a category, whose products then have none."""
    place = {name: index for index, name in enumerate(model.categories)}
    known = np.array([place.get(name, 0) for name in inputs.categories], dtype=np.int64)
    return replace(inputs, group=known[inputs.group], categories=model.categories)


def _hazard(inputs: Inputs, model: PurchasingModel, life: LifeLaw, history: DemandHistory) -> Floats:
    """Yearly rate at which each product's waiting stock turns worthless: its end and spoilage together."""
    ages = product_ages(history, inputs.on_sale)
    # What is ordered today waits some weeks from now, so that age counts.
    years = (history.days - ages.first + HAZARD_AHEAD_DAYS) / 365.0
    return life.hazard(inputs.group, years, ages.is_settled) + np.array(model.spoilage)[inputs.group]


def _usable(
    inputs: Inputs, terms: Terms, money: UnitMoney, policy: PurchasingPolicy
) -> tuple[Truths, tuple[Abstention, ...]]:
    """Which products can be decided; every other one is named with what it lacks."""
    wanted = inputs.on_sale & (inputs.units.any(axis=1) | (inputs.on_hand > 0))
    stale = (inputs.on_hand_age < 0) | (inputs.on_hand_age > policy.stock_age_days)
    reasons: tuple[tuple[str, Truths, str, str], ...] = (
        (
            "no-stock-facts",
            stale,
            f"no stock count in the {policy.stock_age_days} days before the plan.",
            "Import a stock file (--kind stock) with product, quantity and date.",
        ),
        (
            "no-price",
            np.isnan(inputs.economics.net_price),
            f"no sale in the last {policy.price_days} days and no list price, so no profit can be expected.",
            "Import a product file with prices (--kind products).",
        ),
        (
            "no-cost-facts",
            np.isnan(terms.unit_cost),
            "no cost is known and the policy assumes none.",
            "Import costs with a product or supplier file, or set purchasing.assumed_cost_rate.",
        ),
        (
            "no-lead-time",
            np.isnan(terms.lead_time_days).any(axis=1),
            "no lead time is known and the policy assumes none.",
            "Import a supplier file (--kind suppliers), or set purchasing.assumed_lead_time_days.",
        ),
        (
            "no-margin",
            money.margin <= 0,
            "each unit sold loses money after cost, fees and returns.",
            "Check cost and price; raise the price or let the product run out.",
        ),
    )
    usable, abstentions = wanted, []
    for code, lacks, reason, remedy in reasons:
        found = np.flatnonzero(usable & lacks)
        if len(found):
            subjects = tuple(inputs.products[product] for product in found)
            abstentions.append(Abstention(code, subjects, f"{len(found)} products: {reason}", remedy))
        usable = usable & ~lacks
    return usable, tuple(abstentions)


def _nothing_known(store: str) -> Abstention:
    return Abstention(
        "no-facts",
        (),
        f"No order, stock, purchase or product facts of {store} before the plan's date.",
        "Import an order export: yunying import FILE --store ID.",
    )


def _too_little_history(inputs: Inputs, policy: PurchasingPolicy) -> Abstention:
    days = (inputs.as_of - inputs.first_date).days if inputs.last_order_date else 0
    return Abstention(
        "too-little-history",
        (),
        f"Only {days} days of sales are known before {inputs.as_of}; {policy.least_history_days} are needed.",
        "Import older orders, or lower purchasing.least_history_days.",
    )


def order_proposal(ready: Prepared, orders: Orders, product: int, policy: PurchasingPolicy, as_of: date) -> Proposal:
    """One product's order as a proposal, with its figures written out."""
    inputs, terms = ready.inputs, ready.terms
    key, title = inputs.products[product], inputs.titles[product]
    quantity, effect_days = int(orders.quantity[product]), int(orders.effect_days[product])
    scale = 10.0 ** minor_digits(inputs.currency)
    low, mid, high = (int(np.rint(value * scale)) for value in orders.effect[product])
    delay = int(np.rint(orders.delay_loss[product] * scale))
    cost_each = float(terms.of(np.array([product])).cost_at(np.array([float(quantity)]))[0])
    cost = int(np.rint(quantity * cost_each * scale))
    supplier = inputs.suppliers[terms.supplier[product]] if terms.supplier[product] >= 0 else None
    # Written out: a plain str of a normalized decimal makes 1E+1 of ten.
    unit_cost = f"{Decimal(repr(cost_each)).quantize(Decimal('0.000001')).normalize():f}"

    def written(minor: int) -> str:
        return f"{to_major(minor, inputs.currency):,}"

    figures = Figures(
        title=title,
        supplier=supplier or "the usual source 常用渠道",
        quantity=quantity,
        effect=(written(low), written(mid), written(high)),
        delay_loss=written(delay),
        cost=written(cost),
        currency=inputs.currency,
    )
    shown = evidence_of(inputs, terms, orders, product, figures, policy)
    line: Mapping[str, Value] = {"product": key, "quantity": quantity, "unit_cost": unit_cost}
    return Proposal(
        id="purchasing-" + digest(f"{inputs.store}/{key}/{as_of.isoformat()}"),
        practice="purchasing",
        store=inputs.store,
        subject=key,
        title_en=f"Order {quantity} of {title}",
        title_zh=f"订购 {title} {quantity} 件",
        command=Command("purchase_order", 1, {"supplier": supplier, "lines": (line,)}),
        currency=inputs.currency,
        effect=MoneyInterval(low, mid, high),
        effect_days=effect_days,
        delay_loss_minor=delay,
        cost_minor=cost,
        reversible=False,
        as_of=as_of,
        expires_date=as_of + timedelta(days=policy.review_days),
        evidence=_with_scarcity(ready, _with_promotion(ready, orders, product, _with_forecast(ready, product, shown))),
        design=design(policy, effect_days),
    )


def _with_forecast(ready: Prepared, product: int, evidence: Evidence) -> Evidence:
    told = choice_sentence(ready.choice)
    total = outlook_table(ready.outlook, ready.inputs.categories, int(ready.inputs.group[product]))
    sentences = evidence.sentences if told is None else (*evidence.sentences, told)
    return replace(
        evidence, sentences=sentences, tables=evidence.tables if total is None else (*evidence.tables, total)
    )


def _with_promotion(ready: Prepared, orders: Orders, product: int, evidence: Evidence) -> Evidence:
    days = int(orders.lead_days[product]) + orders.review_days
    told = promotion_sentence(ready.inputs, ready.promotion_elasticity, product, days)
    return evidence if told is None else replace(evidence, sentences=(*evidence.sentences, told))


def _with_scarcity(ready: Prepared, evidence: Evidence) -> Evidence:
    sentences = list(evidence.sentences)
    if ready.prices.cash > 0:
        sentences.append(
            Sentence(
                en=f"Cash is short today: each unit of money in an order must earn {ready.prices.cash:.2f} or more.",
                zh=f"今天资金不足：订货量按每一元至少再赚 {ready.prices.cash:.2f} 元确定。",
            )
        )
    if ready.prices.room > 0:
        sentences.append(
            Sentence(
                en=f"Room is short today: each unit that has to be stored must earn {ready.prices.room:.2f} or more.",
                zh=f"今天仓位不足：每件入库商品至少须多赚 {ready.prices.room:.2f} 元。",
            )
        )
    return replace(evidence, sentences=tuple(sentences))
