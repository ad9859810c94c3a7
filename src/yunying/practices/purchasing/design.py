"""How a purchase will be measured, chosen before it starts."""

from yunying.kernel.proposal import MeasurementDesign
from yunying.practices.purchasing.policy import PurchasingPolicy


def design(policy: PurchasingPolicy, effect_days: int) -> MeasurementDesign:
    """Products held out keep the minimum/maximum rule; the difference in profit over the window is the effect."""
    return MeasurementDesign(
        unit="product",
        control=(
            f"minimum/maximum rule: order up to {policy.old_rule_max_days} days of mean sales when below "
            f"{policy.old_rule_min_days} days 最小/最大库存规则：低于 {policy.old_rule_min_days} 天平均销量时，"
            f"补至 {policy.old_rule_max_days} 天"
        ),
        holdout_rate=policy.holdout_rate,
        window_days=max(28, effect_days),
        metric="contribution_profit",
        guardrails=("stockout_rate", "stock_value"),
    )
