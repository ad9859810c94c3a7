"""What the terminal shows: tables of facts, figures and the plan."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from yunying.facts.quality import Finding
from yunying.kernel.money import minor_digits, to_major
from yunying.kernel.proposal import Proposal
from yunying.kernel.results import NotMeasured
from yunying.loop.plan import Plan
from yunying.metrics.dictionary import METRICS
from yunying.metrics.metric import Metric
from yunying.metrics.table import Figure, MetricTable

_WORDS = {
    "en": {
        "plan": "Plan for {} as of {}, from snapshot {}",
        "do": "do today",
        "supplier": "supplier",
        "profit": "expected profit",
        "delay": "lost per day",
        "cash": "cash",
        "totals": "{} proposals: expected profit {}, a day of delay loses {}, cash {}",
        "more": "{} more rows: --most N shows them, --csv and --xlsx write them all",
        "not": "Not decided",
        "run": "Run {0}; make it again with: yunying replay {0}",
        "why": "Why the first one, and what to try next:",
        "from": "from {} rows of {}, {} to {}",
        "value": "value",
        "before": "against the day before",
    },
    "zh": {
        "plan": "{} 截至 {} 的计划（快照 {}）",
        "do": "今天要做",
        "supplier": "供应商",
        "profit": "预计利润",
        "delay": "每晚一天损失",
        "cash": "占用资金",
        "totals": "共 {} 条建议：预计利润 {}，每晚一天损失 {}，占用资金 {}",
        "more": "还有 {} 条：用 --most N 显示，或用 --csv、--xlsx 全部导出",
        "not": "未能决定",
        "run": "运行编号 {0}；重现：yunying replay {0}",
        "why": "为什么是第一条，以及接下来可以试的命令：",
        "from": "依据 {1} 的 {0} 行，{2} 至 {3}",
        "value": "数值",
        "before": "较前一日",
    },
}


def show_facts(console: Console, found: Mapping[str, Mapping[str, Any]], findings: Sequence[Finding]) -> None:
    """Rows and dates per table, what the orders hold, and what is wrong."""
    table = Table("table 表", "rows 行数", "from 起", "to 止")
    for name, extent in found.items():
        if name != "orders" and extent["rows"]:
            table.add_row(name, f"{extent['rows']:,}", str(extent["from"] or ""), str(extent["to"] or ""))
    console.print(table)
    for name, value in found.get("orders", {}).items():
        console.print(f"{name}: {value:,}" if isinstance(value, int | float) else f"{name}: {value}", markup=False)
    for finding in findings:
        sample = f" ({', '.join(finding.sample)} ...)" if finding.sample else ""
        console.print(f"{finding.table}: {finding.what}{sample} {finding.remedy}", markup=False)
        console.print(f"  {finding.what_zh}{finding.remedy_zh}", markup=False)


def show_metric_list(console: Console, *, as_json: bool) -> None:
    """Every metric of the dictionary."""
    if as_json:
        rows = [
            {"slug": m.slug, "title_en": m.title_en, "title_zh": m.title_zh, "unit": m.unit, "formula": m.formula}
            for m in METRICS.values()
        ]
        console.file.write(json.dumps(rows, ensure_ascii=False) + "\n")
        return
    table = Table("metric", "名称", "name", "unit", "formula")
    for metric in METRICS.values():
        table.add_row(metric.slug, metric.title_zh, metric.title_en, metric.unit, metric.formula)
    console.print(table)


def show_metrics(console: Console, found: MetricTable) -> None:
    """One row per value of the dimensions, one column per metric, with its comparison."""
    console.print(f"{found.store}, {found.period.start_date} to {found.period.end_date} (the end not counted)")
    table = Table(*found.by, *(f"{metric.title_zh} {metric.slug}" for metric in found.metrics))
    for row in found.rows:
        cells = ["-" if part is None else str(part) for part in row.key]
        for metric in found.metrics:
            value = row.values[metric.slug]
            change = f" ({value.change:+.1%})" if value.change is not None else ""
            cells.append(figure_text(value.now, metric, found.currency) + change)
        table.add_row(*cells)
    console.print(table)
    for note in found.notes:
        console.print(f"- {note}", markup=False)


def figure_text(figure: Figure | None, metric: Metric, currency: str) -> str:
    """A figure as people read it: money in major units, rates in per cent, a reason where nothing was measured."""
    if figure is None:
        return "-"
    if isinstance(figure, NotMeasured):
        return f"not measured: {figure.reason}"
    if metric.unit == "price_minor":
        return f"{figure * 10.0 ** -minor_digits(currency):,.2f} {currency}"
    if metric.unit == "money_minor":
        return f"{to_major(int(figure), currency):,} {currency}"
    if metric.unit == "rate":
        return f"{figure:.2%}"
    return f"{figure:,.2f}" if isinstance(figure, float) else f"{figure:,}"


def show_plan(console: Console, made: Plan, most: int, language: str) -> None:
    """The proposals in order, then what could not be decided and why; ``language`` is ``en`` or ``zh``."""
    proposals = made.decision.proposals
    words = _WORDS[language]
    console.print(words["plan"].format(made.run.store, made.run.as_of, made.run.snapshot), markup=False)
    table = Table("#", words["do"], words["supplier"], words["profit"], words["delay"], words["cash"])
    for name in ("profit", "delay", "cash"):
        table.columns[list(words).index(name) - list(words).index("do") + 1].justify = "right"
    for rank, each in enumerate(proposals[:most], start=1):
        table.add_row(str(rank), *_plan_row(each, language))
    if proposals:
        console.print(table)
        _show_totals(console, made, most, language)
    for abstention in made.decision.abstentions:
        sample = f" ({', '.join(abstention.subjects[:3])} ...)" if abstention.subjects else ""
        reason, remedy = abstention.reason, abstention.remedy
        if language == "zh":
            reason, remedy = abstention.reason_zh or reason, abstention.remedy_zh or remedy
        console.print(f"{words['not']}: {reason}{sample} {remedy}", markup=False, soft_wrap=True)
    console.print(words["run"].format(made.run.id), markup=False, soft_wrap=True)


def _plan_row(each: Proposal, language: str) -> tuple[str, ...]:
    low, mid, high, delay, cash = (
        f"{to_major(value, each.currency):,.0f}"
        for value in (
            each.effect.low_minor,
            each.effect.mid_minor,
            each.effect.high_minor,
            each.delay_loss_minor,
            each.cost_minor,
        )
    )
    title = each.title_zh if language == "zh" else each.title_en
    return title, str(each.command.params.get("supplier") or "-"), f"{mid}\n{low} … {high}", delay, cash


def show_demo(console: Console, made: Plan, key_numbers: MetricTable, home: Path, language: str) -> None:
    """The demo's day: key numbers, the plan, one proposal explained, and what to try next."""
    _show_key_numbers(console, key_numbers, language)
    show_plan(console, made, 10, language)
    if made.decision.proposals:
        first = made.decision.proposals[0]
        console.print("\n" + _WORDS[language]["why"])
        for sentence in first.evidence.sentences:
            text = sentence.zh if language == "zh" else sentence.en
            console.print(f"  {text}", markup=False, soft_wrap=True)
        for used in first.evidence.facts:
            words = _WORDS[language]["from"].format(used.rows, used.table, used.from_date, used.to_date)
            console.print(f"  {words}", markup=False, soft_wrap=True)
    store, option = made.run.store, f"--home {home}"
    for command in (
        f"plan --store {store} --xlsx buy-list.xlsx {option}",
        f"metrics contribution_profit --store {store} --by category {option}",
        "import YOUR-ORDERS.csv --store my-shop --currency CNY --time-zone Asia/Shanghai",
    ):
        console.print(f"  yunying {command}", markup=False, soft_wrap=True)


def _show_key_numbers(console: Console, found: MetricTable, language: str) -> None:
    words = _WORDS[language]
    table = Table(str(found.period.start_date), words["value"], words["before"])
    for metric in found.metrics:
        value = found.rows[0].values[metric.slug]
        title = metric.title_zh if language == "zh" else metric.title_en
        change = f"{value.change:+.1%}" if value.change is not None else "-"
        table.add_row(title, figure_text(value.now, metric, found.currency), change)
    console.print(table)


def _show_totals(console: Console, made: Plan, most: int, language: str) -> None:
    proposals = made.decision.proposals
    currency = proposals[0].currency
    total, lost, cash = (
        f"{to_major(sum(values), currency):,.2f} {currency}"
        for values in (
            [each.effect.mid_minor for each in proposals],
            [each.delay_loss_minor for each in proposals],
            [each.cost_minor for each in proposals],
        )
    )
    words = _WORDS[language]
    console.print(words["totals"].format(len(proposals), total, lost, cash), markup=False, soft_wrap=True)
    if len(proposals) > most:
        console.print(words["more"].format(len(proposals) - most), markup=False, soft_wrap=True)
