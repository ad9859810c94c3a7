"""Today's buy list: which products to order, how many, from whom, in the order of what a day of delay loses."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from yunying.kernel.command import Command, Value
from yunying.kernel.errors import InternalError
from yunying.kernel.ids import digest
from yunying.kernel.money import minor_digits, to_major
from yunying.kernel.proposal import Decision, MoneyInterval, Proposal
from yunying.kernel.results import Abstention
from yunying.methods.forecasting.history import DemandHistory
from yunying.methods.forecasting.mortality import LifeLaw, product_ages
from yunying.practices.purchasing.demand import chosen_products, demand_history
from yunying.practices.purchasing.design import design
from yunying.practices.purchasing.evidence import Figures, evidence_of
from yunying.practices.purchasing.fit import PurchasingModel
from yunying.practices.purchasing.inputs import Floats, Inputs
from yunying.practices.purchasing.order import Orders, Sizing, UnitMoney, unit_money
from yunying.practices.purchasing.policy import PurchasingPolicy
from yunying.practices.purchasing.possible import possible
from yunying.practices.purchasing.supplier_minimum import below_minimum, filled_up
from yunying.practices.purchasing.terms import Terms, terms_chosen

HAZARD_AHEAD_DAYS = 30
Truths = NDArray[np.bool_] | np.bool_


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
    ready, lacking = prepared(inputs, model, policy, rng)
    abstentions = (*impossible, *lacking)
    if ready is None:
        return Decision((), abstentions)
    some, some_terms = ready.inputs, ready.terms
    orders, waiting = _sized(some, some_terms, ready.sizing)
    proposals = [
        order_proposal(some, some_terms, orders, product, policy, as_of)
        for product in np.flatnonzero(orders.quantity > 0).tolist()
    ]
    proposals.sort(key=lambda each: (-each.delay_loss_minor, -each.effect.mid_minor, each.subject))
    kept, over = _within_cash(proposals, policy, _least_minor(some))
    return Decision(tuple(kept), (*abstentions, *waiting, *over))


@dataclass(frozen=True)
class Prepared:
    """The products that can be decided, the terms they are bought on, and the sizing of their orders."""

    inputs: Inputs
    terms: Terms
    sizing: Sizing


def prepared(
    inputs: Inputs, model: PurchasingModel, policy: PurchasingPolicy, rng: np.random.Generator
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
    known = chosen_products(chosen, history)
    sizing = Sizing(some, known, model.demand, some_terms, money.of(chosen), policy, rng)
    return Prepared(some, some_terms, sizing), abstentions


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


def _sized(inputs: Inputs, terms: Terms, sizing: Sizing) -> tuple[Orders, tuple[Abstention, ...]]:
    """Orders that every supplier would take; a supplier whose minimum is not worth filling today is named."""
    orders = sizing.orders()
    filled = filled_up(inputs, terms, orders)
    if (filled == orders.quantity).all() and not (inputs.supplier_minimum > 0).any():
        return orders, ()
    full = sizing.orders(filled)
    quantity, waiting = filled, []
    for supplier in np.flatnonzero(inputs.supplier_minimum > 0).tolist():
        theirs = terms.supplier == supplier
        if not quantity[theirs].any():
            continue
        if below_minimum(inputs, terms, quantity, supplier) or full.saved[theirs].sum() <= 0:
            subjects = tuple(inputs.products[product] for product in np.flatnonzero(theirs & (quantity > 0)))
            reason = (
                f"{len(subjects)} products of {inputs.suppliers[supplier]} do not fill its smallest order of "
                f"{inputs.supplier_minimum[supplier]:,.2f} {inputs.currency} without more cost than waiting has."
            )
            waiting.append(Abstention("supplier-minimum", subjects, reason, "Wait, or order by hand if you must."))
            quantity = np.where(theirs, 0.0, quantity)
    return sizing.orders(quantity), tuple(waiting)


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


def order_proposal(
    inputs: Inputs, terms: Terms, orders: Orders, product: int, policy: PurchasingPolicy, as_of: date
) -> Proposal:
    """One product's order as a proposal, with its figures written out."""
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
        evidence=evidence_of(inputs, terms, orders, product, figures, policy),
        design=design(policy, effect_days),
    )


def _least_minor(inputs: Inputs) -> dict[str, float]:
    """Each supplier's smallest order in minor units."""
    scale = 10.0 ** minor_digits(inputs.currency)
    return {name: least * scale for name, least in zip(inputs.suppliers, inputs.supplier_minimum, strict=True)}


def _within_cash(
    proposals: list[Proposal], policy: PurchasingPolicy, least_minor: Mapping[str, float]
) -> tuple[list[Proposal], tuple[Abstention, ...]]:
    """The proposals that the cash limit holds, best profit per cash first; the rest is named.

    A supplier whose orders the cut leaves below its smallest order gets none.
    """
    limit = policy.cash_limit_minor
    if limit is None or sum(each.cost_minor for each in proposals) <= limit:
        return proposals, ()
    by_return = sorted(proposals, key=lambda each: (-each.effect.mid_minor / max(each.cost_minor, 1), each.subject))
    kept, spent = set(), 0
    by_supplier: dict[str, int] = {}
    for each in by_return:
        if spent + each.cost_minor <= limit:
            kept.add(each.id)
            spent += each.cost_minor
            by_supplier[_supplier(each)] = by_supplier.get(_supplier(each), 0) + each.cost_minor
    small = {name for name, cost in by_supplier.items() if cost < least_minor.get(name, 0.0)}
    kept = {each.id for each in proposals if each.id in kept and _supplier(each) not in small}
    out = tuple(sorted(each.subject for each in proposals if each.id not in kept))
    lost = sum(each.effect.mid_minor for each in proposals if each.id not in kept)
    reason = f"{len(out)} orders do not fit the cash limit of {limit} minor units; they would earn {lost} more."
    abstention = Abstention("cash-limit", out, reason, "Raise purchasing.cash_limit_minor or order them later.")
    return [each for each in proposals if each.id in kept], (abstention,)


def _supplier(proposal: Proposal) -> str:
    return str(proposal.command.params.get("supplier") or "")
