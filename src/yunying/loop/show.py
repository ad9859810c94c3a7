"""What the terminal shows: tables of facts, figures and the plan."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from yunying.facts.quality import Finding
from yunying.kernel.money import to_major
from yunying.kernel.results import NotMeasured
from yunying.loop.plan import Plan
from yunying.metrics.dictionary import METRICS
from yunying.metrics.metric import Metric
from yunying.metrics.table import Figure, MetricTable


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
    if metric.unit == "money_minor":
        return f"{to_major(int(figure), currency):,} {currency}"
    if metric.unit == "rate":
        return f"{figure:.2%}"
    return f"{figure:,.2f}" if isinstance(figure, float) else f"{figure:,}"


def show_plan(console: Console, made: Plan, most: int) -> None:
    """The proposals in order, then what could not be decided and why."""
    proposals = made.decision.proposals
    console.print(f"Plan for {made.run.store} as of {made.run.as_of}, from snapshot {made.run.snapshot}", markup=False)
    table = Table(
        "#", "do today 今天要做", "supplier 供应商", "expected profit 预计利润", "lost per day 每晚一天", "cash 资金"
    )
    for rank, each in enumerate(proposals[:most], start=1):
        currency = each.currency
        low, mid, high = (
            f"{to_major(value, currency):,.0f}"
            for value in (each.effect.low_minor, each.effect.mid_minor, each.effect.high_minor)
        )
        table.add_row(
            str(rank),
            f"{each.title_en}\n{each.title_zh}",
            str(each.command.params.get("supplier") or "-"),
            f"{mid} ({low} - {high}) in {each.effect_days} d",
            f"{to_major(each.delay_loss_minor, currency):,.0f}",
            f"{to_major(each.cost_minor, currency):,.0f}",
        )
    if proposals:
        console.print(table)
        _show_totals(console, made, most)
    for abstention in made.decision.abstentions:
        sample = f" ({', '.join(abstention.subjects[:3])} ...)" if abstention.subjects else ""
        console.print(f"Not decided: {abstention.reason}{sample} {abstention.remedy}", markup=False)
    console.print(f"Run {made.run.id}; make it again with: yunying replay {made.run.id}", markup=False)


def show_demo(console: Console, made: Plan, key_numbers: MetricTable, home: Path) -> None:
    """The demo's day: key numbers, the plan, one proposal explained, and what to try next."""
    show_metrics(console, key_numbers)
    show_plan(console, made, most=10)
    if made.decision.proposals:
        first = made.decision.proposals[0]
        console.print("\nWhy the first one 为什么是第一条:")
        for sentence in first.evidence.sentences:
            console.print(f"  {sentence.en}\n  {sentence.zh}", markup=False)
        for used in first.evidence.facts:
            console.print(f"  from {used.rows} rows of {used.table}, {used.from_date} to {used.to_date}", markup=False)
    store, option = made.run.store, f"--home {home}"
    console.print(
        f"\nTry next:\n  yunying plan --store {store} --xlsx buy-list.xlsx {option}\n"
        f"  yunying metrics contribution_profit --store {store} --by category {option}\n"
        f"  yunying import YOUR-ORDERS.csv --store my-shop --currency CNY --time-zone Asia/Shanghai",
        markup=False,
    )


def _show_totals(console: Console, made: Plan, most: int) -> None:
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
    more = f", {len(proposals) - most} more rows with --most" if len(proposals) > most else ""
    console.print(
        f"{len(proposals)} proposals{more}: expected profit {total}, a day of delay loses {lost}, cash {cash}",
        markup=False,
    )
