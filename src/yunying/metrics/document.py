"""The dictionary as a page: docs/metrics.md is written from the code and cannot differ from it."""

from yunying.metrics.dictionary import CHAPTERS, METRICS
from yunying.metrics.dimensions import DIMENSIONS
from yunying.metrics.metric import Metric

_UNITS = {
    "money_minor": "money, whole minor units 金额",
    "price_minor": "money per piece, minor units with fractions 单价",
    "count": "count 个数",
    "rate": "share 比率",
    "ratio": "ratio 倍数",
    "days": "days 天",
}
_DIRECTIONS = {"higher": "higher is better 越高越好", "lower": "lower is better 越低越好", "neither": "neither 中性"}
_ADDITIVITY = {
    "additive": "adds up over every dimension",
    "semi_additive": "adds up over products, not over time",
    "distinct": "a distinct count: does not add up",
    "ratio": "computed anew from its summed parts, never averaged",
}

_HEAD = """\
# Metrics 指标

This page is written by `python -m yunying.metrics`; change the dictionary in `src/yunying/metrics`, not the page.

Rules that hold for every metric:

- Only what really happened counts: of order lines those whose `reality` is `real`, not test or brushed (刷单) ones.
- A period is half-open: its first day counts, its end does not. Each state of a line counts on its own date.
- Money given back (`refunded`, `cancelled`) is taken off where the metric says so.
- A metric whose facts are missing is *not measured* and says why; zero is never its stand-in. Costs of goods,
  commission, payment fees and shipping that are unknown on a paid line make the profit that needs them not measured.
- Each cost stands on one state row only. Commission and payment fee on a refund or cancellation were given back;
  shipping on it is what the way back cost.
- Category, style, brand and usual supplier are what the product table knew last before the end of the period.
- A change is (now - then) / then, and none where then is 0.
- Order lines, events and stock levels must have a row in the period. Advertising, stock movements and purchases are
  ledgers that may be silent: the period must overlap their first to last day.
- A day, week or month before the facts begin or after they end is not measured either; notes say where facts begin or
  end inside the period.
"""


def metrics_page() -> str:
    """The whole page as Markdown."""
    parts = [_HEAD, _contents()]
    for chapter, metrics in CHAPTERS.items():
        parts.append(f"## {chapter}\n")
        parts += [_entry(metric) for metric in metrics]
    parts.append(_dimensions())
    return "\n".join(parts)


def _contents() -> str:
    rows = (f"| `{m.slug}` | {m.title_en} | {m.title_zh} | {_UNITS[m.unit]} |" for m in METRICS.values())
    return "\n".join(["| name | English | 中文 | unit 单位 |", "|---|---|---|---|", *rows, ""])


def _entry(metric: Metric) -> str:
    lines = [
        f"### `{metric.slug}`: {metric.title_en} {metric.title_zh}\n",
        f"- Formula 公式: {metric.formula}",
        f"- Unit 单位: {_UNITS[metric.unit]}; {_DIRECTIONS[metric.direction]}",
        f"- Adding up 可加性: {_ADDITIVITY[metric.additivity]}",
        f"- Refunds 退款: {metric.refund_rule}",
        f"- Dimensions 维度: {', '.join(metric.dimensions)}",
        f"- Facts 数据: {', '.join(metric.facts)}",
    ]
    if metric.may_leave_out:
        parts = ", ".join(measure.name for measure in metric.may_leave_out)
        lines.append(f"- Left out, with a note, where their facts have no such dimension: {parts}")
    return "\n".join([*lines, ""])


def _dimensions() -> str:
    rows = (f"| `{d.name}` | {d.title_zh} | {d.meaning} |" for d in DIMENSIONS.values())
    return "\n".join(["## Dimensions 维度\n", "| name | 中文 | meaning |", "|---|---|---|", *rows, ""])
