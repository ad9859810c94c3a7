"""What a purchase proposal shows for itself, in both languages."""

from dataclasses import dataclass

from yunying.kernel.evidence import Assumption, Evidence, Sentence, Table
from yunying.practices.purchasing.chart import chart_of
from yunying.practices.purchasing.inputs import Inputs
from yunying.practices.purchasing.order import Orders
from yunying.practices.purchasing.policy import PurchasingPolicy
from yunying.practices.purchasing.terms import Terms


@dataclass(frozen=True)
class Figures:
    """One product's figures, ready to be written: money in major units, rounded as the currency is."""

    title: str
    supplier: str
    quantity: int
    effect: tuple[str, str, str]
    delay_loss: str
    cost: str
    currency: str


def evidence_of(
    inputs: Inputs, terms: Terms, orders: Orders, product: int, figures: Figures, policy: PurchasingPolicy
) -> Evidence:
    """The sentence, the table, the forecast, the facts and the assumptions behind one order."""
    assumptions = terms.assumptions(product, policy)
    if not inputs.economics.has_fees[product]:
        why = "no commission, payment fee or shipping cost in the sales facts; none is deducted"
        assumptions = (*assumptions, Assumption("fees", "0", why))
    return Evidence(
        sentences=(_sentence(inputs, orders, product, figures),),
        facts=inputs.facts_used(product),
        assumptions=assumptions,
        tables=(_table(inputs, terms, orders, product, figures),),
        series=chart_of(inputs, orders, product),
    )


def _sentence(inputs: Inputs, orders: Orders, product: int, figures: Figures) -> Sentence:
    on_hand = int(inputs.on_hand[product])
    lead = orders.lead_days[product]
    daily = (
        orders.lead_demand[product] / lead
        if lead > 0
        else orders.cover_demand[product, 1] / orders.review_days[product]
    )
    cover = f"{on_hand / daily:.0f}" if daily > 0 else "-"
    short = orders.short_without[product]
    money = f"{figures.currency} {figures.effect[1]}"
    span = f"{figures.effect[0]} to {figures.effect[2]}"
    return Sentence(
        en=(
            f"Order {figures.quantity} of {figures.title} from {figures.supplier} today: {on_hand} on hand last "
            f"{cover} days, a delivery takes {lead:.0f}; without it the product runs short with probability "
            f"{short:.0%}. The order should earn {money} ({span}); each day of delay loses {figures.delay_loss}."
        ),
        zh=(
            f"今天向{figures.supplier}订购{figures.title} {figures.quantity} 件：现有库存 {on_hand} 件，"
            f"可售 {cover} 天，到货需 {lead:.0f} 天；不订货则缺货概率为 {short:.0%}。"
            f"预计增加贡献利润 {money}（{figures.effect[0]} 至 {figures.effect[2]}），"
            f"每晚一天损失 {figures.delay_loss}。"
        ),
    )


def _table(inputs: Inputs, terms: Terms, orders: Orders, product: int, figures: Figures) -> Table:
    low, mean, high = orders.cover_demand[product]
    rows = (
        ("On hand 现有库存", f"{inputs.on_hand[product]:.0f}"),
        ("Counted days ago 盘点距今天数", f"{inputs.on_hand_age[product]}"),
        ("Demand until delivery 到货前需求", f"{orders.lead_demand[product]:.1f}"),
        ("Demand it must cover 覆盖期需求", f"{mean:.1f} ({low:.0f} - {high:.0f})"),
        ("Covered share of outcomes 目标覆盖率", f"{orders.ratio[product]:.3f}"),
        (
            "Pack / minimum 装箱量 / 起订量",
            f"{terms.pack_quantity[product]:.0f} / {terms.minimum_quantity[product]:.0f}",
        ),
        ("Unit cost 单位成本", f"{terms.unit_cost[product]:.2f} {figures.currency}"),
        ("Cash bound 占用资金", f"{figures.cost} {figures.currency}"),
    )
    return Table("How the quantity was found 订货量的由来", ("figure 指标", "value 数值"), rows)
