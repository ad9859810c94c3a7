"""One product's order as a proposal: the command, what it should earn, and what stands behind it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from yunying.kernel.command import Command, Value
from yunying.kernel.evidence import Evidence, Sentence
from yunying.kernel.ids import digest
from yunying.kernel.money import minor_digits, to_major
from yunying.kernel.proposal import MoneyInterval, Proposal
from yunying.practices.purchasing.boosted import choice_sentence
from yunying.practices.purchasing.design import design
from yunying.practices.purchasing.evidence import Figures, evidence_of
from yunying.practices.purchasing.order import Orders
from yunying.practices.purchasing.outlook import outlook_table
from yunying.practices.purchasing.policy import PurchasingPolicy
from yunying.practices.purchasing.preparing import Prepared
from yunying.practices.purchasing.promotions import promotion_sentence
from yunying.practices.purchasing.season import season_sentence


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
    told = _with_kin(ready, product, _with_forecast(ready, product, shown))
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
        expires_date=as_of + timedelta(days=int(orders.review_days[product])),
        evidence=_with_scarcity(ready, _with_days_ahead(ready, orders, product, told)),
        design=design(policy, effect_days),
    )


def _with_forecast(ready: Prepared, product: int, evidence: Evidence) -> Evidence:
    told = choice_sentence(ready.choice)
    total = outlook_table(ready.outlook, ready.inputs.categories, int(ready.inputs.group[product]))
    sentences = evidence.sentences if told is None else (*evidence.sentences, told)
    return replace(
        evidence, sentences=sentences, tables=evidence.tables if total is None else (*evidence.tables, total)
    )


def _with_kin(ready: Prepared, product: int, evidence: Evidence) -> Evidence:
    inputs, rate = ready.inputs, ready.kin_rate
    kind = int(inputs.kind[product]) if len(inputs.kind) else -1
    if rate <= 0 or kind < 0 or (inputs.kind == kind).sum() < 2:
        return evidence
    told = Sentence(
        en=f"At least {rate:.0%} of buyers take another of the same style when theirs is sold out; that is counted.",
        zh=f"缺货时至少有 {rate:.0%} 的顾客会改买同风格的其他商品，已计入。",
    )
    return replace(evidence, sentences=(*evidence.sentences, told))


def _with_days_ahead(ready: Prepared, orders: Orders, product: int, evidence: Evidence) -> Evidence:
    days = int(orders.lead_days[product] + orders.review_days[product])
    told = promotion_sentence(ready.inputs, ready.promotion_elasticity, product, days)
    season = season_sentence(ready.inputs, product, days)
    said = tuple(each for each in (told, season) if each is not None)
    return replace(evidence, sentences=(*evidence.sentences, *said))


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
