"""The old rule, for products that are held out: what they are compared with, priced like any other proposal."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date

import numpy as np

from yunying.kernel.evidence import Sentence
from yunying.kernel.proposal import Decision, Proposal
from yunying.methods.inventory.order_sizes import packs_up
from yunying.practices.purchasing.fit import PurchasingModel
from yunying.practices.purchasing.inputs import Floats, Inputs
from yunying.practices.purchasing.policy import PurchasingPolicy
from yunying.practices.purchasing.possible import possible
from yunying.practices.purchasing.preparing import prepared
from yunying.practices.purchasing.proposing import order_proposal
from yunying.practices.purchasing.terms import Terms

MEAN_DAYS = 28


def control(
    inputs: Inputs,
    model: PurchasingModel,
    policy: PurchasingPolicy,
    as_of: date,
    rng: np.random.Generator,
    subjects: Collection[str],
) -> Decision:
    """Minimum/maximum orders of the subjects, as an ERP system would place them.

    When stock and deliveries last shorter than ``old_rule_min_days`` of mean sales, order up to ``old_rule_max_days``.
    """
    if not inputs.products or model.demand is None or model.life is None:
        return Decision((), ())
    inputs, _ = possible(inputs)
    ready, _ = prepared(inputs, model, policy, int(rng.integers(2**62)))
    if ready is None:
        return Decision((), ())
    some, terms = ready.inputs, ready.terms
    kept = np.array([product in subjects for product in some.products])
    quantity = np.where(kept, _quantities(some, terms, policy), 0.0)
    orders = ready.sizing.orders(quantity)
    proposals = [
        _as_old_rule(order_proposal(ready, orders, product, policy, as_of), policy)
        for product in np.flatnonzero(quantity > 0).tolist()
    ]
    proposals.sort(key=lambda each: (-each.delay_loss_minor, -each.effect.mid_minor, each.subject))
    return Decision(tuple(proposals), ())


def _quantities(inputs: Inputs, terms: Terms, policy: PurchasingPolicy) -> Floats:
    days = min(MEAN_DAYS, inputs.units.shape[1])
    recent = inputs.units[:, -days:]
    first = np.where(inputs.units.any(axis=1), (inputs.units > 0).argmax(axis=1), inputs.units.shape[1])
    lived = np.clip(inputs.units.shape[1] - first, 1, days)
    daily = recent.sum(axis=1) / lived
    position = np.nan_to_num(inputs.on_hand)
    np.add.at(position, inputs.inbound.product, inputs.inbound.quantity)
    wanted = np.ceil(daily * policy.old_rule_max_days - position)
    is_needed = inputs.on_sale & (daily > 0) & (position < daily * policy.old_rule_min_days) & (wanted > 0)
    return np.where(is_needed, packs_up(np.maximum(wanted, 1.0), terms.pack_quantity, terms.minimum_quantity), 0.0)


def _as_old_rule(proposal: Proposal, policy: PurchasingPolicy) -> Proposal:
    low, high = policy.old_rule_min_days, policy.old_rule_max_days
    told = Sentence(
        en=(
            f"This product is one of those that keep the old rule, so that the effect can be measured: below {low} "
            f"days of mean sales, order up to {high} days. Do what it says, no more and no less."
        ),
        zh=(
            f"该商品属于对照组，沿用原有规则以便衡量效果：库存低于 {low} 天平均销量时，补至 {high} 天。"
            f"请按此执行，不多不少。"
        ),
    )
    evidence = replace(proposal.evidence, sentences=(told, *proposal.evidence.sentences))
    return replace(
        proposal,
        id=proposal.id.replace("purchasing-", "purchasing-old-", 1),
        title_en=f"Old rule: {proposal.title_en}",
        title_zh=f"原规则：{proposal.title_zh}",
        evidence=evidence,
    )
