"""The money by which the two forecasts are back-tested, and what the list says about which one is used."""

import numpy as np

from yunying.kernel.evidence import Sentence
from yunying.methods.forecasting.history import DemandHistory
from yunying.methods.forecasting.mortality import LifeLaw, product_ages
from yunying.methods.forecasting.order_backtest import ForecastChoice, OrderTerms
from yunying.methods.inventory.newsvendor import critical_ratio
from yunying.methods.inventory.projected import lost_sales_ratio
from yunying.practices.purchasing.inputs import Floats, Inputs
from yunying.practices.purchasing.policy import PurchasingPolicy
from yunying.practices.purchasing.review import overage_days, review_days
from yunying.practices.purchasing.terms import terms_chosen
from yunying.practices.purchasing.unit_money import unit_money

RECENT_DAYS = 56
SHORTEST_DAYS, LONGEST_DAYS = 7, 56
"""The horizon that is judged lies between them: past outcomes of half a year ahead are too few."""


def order_terms(
    inputs: Inputs, history: DemandHistory, life: LifeLaw, spoilage: Floats, policy: PurchasingPolicy
) -> OrderTerms:
    """Margin, cost of waiting and fractile of each product, as a plan of today has them; unknown ones are left out.

    Args:
        spoilage: shape (n,): yearly share of waiting units that spoil while their product sells.
    """
    terms = terms_chosen(inputs, policy)
    ages = product_ages(history, inputs.on_sale)
    hazard = life.hazard(inputs.group, (history.days - ages.first) / 365.0, ages.is_settled)
    money = unit_money(inputs, terms, policy, hazard + spoilage, spoilage)
    lead = terms.lead_time_days.mean(axis=1)
    known = np.isfinite(money.margin) & (money.margin > 0) & np.isfinite(lead)
    daily = history.units[:, -RECENT_DAYS:].mean(axis=1, dtype=float)
    review = np.full(len(known), policy.review_days)
    review[known] = review_days(daily[known], money.of(np.flatnonzero(known)), policy, inputs.currency)
    margin = np.where(known, money.margin, 0.0)
    overage = np.where(known, np.nan_to_num(money.per_day()) * overage_days(review, daily), 0.0)
    kept = np.where(known, np.nan_to_num(money.kept(margin, review.astype(float))), 0.0)
    ratio = np.minimum(critical_ratio(kept, np.where(known, overage, 1.0)), policy.highest_ratio)
    covered = lost_sales_ratio(ratio, np.where(known, lead, 0.0) / review)
    usual = float(np.median((lead + review)[known])) if known.any() else float(policy.review_days)
    horizon = int(np.clip(np.rint(usual), SHORTEST_DAYS, LONGEST_DAYS))
    return OrderTerms(covered, margin, overage, horizon)


def choice_sentence(choice: ForecastChoice | None) -> Sentence | None:
    """Which forecast the list uses and why; nothing where the history was too short to judge."""
    if choice is None or choice.robust_cost <= 0:
        return None
    saved = (choice.robust_cost - choice.boosted_cost) / choice.robust_cost
    error = choice.standard_error / choice.robust_cost
    if choice.is_boosted:
        return Sentence(
            en=(
                f"Demand is the robust forecast corrected by trees learned over all products: at {choice.origins} past "
                f"dates its orders for {choice.horizon_days} days would have cost {saved:.1%} less (standard error "
                f"{error:.1%})."
            ),
            zh=(
                f"需求采用稳健预测并由全店商品学习的树模型修正：在过去 {choice.origins} 个时点上，"
                f"按它订 {choice.horizon_days} 天的货，成本会低 {saved:.1%}（标准误 {error:.1%}）。"
            ),
        )
    return Sentence(
        en=(
            f"Demand is the robust forecast: at {choice.origins} past dates the orders of the learned one for "
            f"{choice.horizon_days} days would have cost {abs(saved):.1%} more (standard error {error:.1%})."
        ),
        zh=(
            f"需求采用稳健预测：在过去 {choice.origins} 个时点上，按学习模型订 {choice.horizon_days} 天的货，"
            f"成本会高 {abs(saved):.1%}（标准误 {error:.1%}）。"
        ),
    )
