"""Measure: what the window's interventions brought against the units that kept the old rule; else a weaker design."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yunying.facts.reader import FactReader
from yunying.interventions.effects import (
    Effect,
    effect_record,
    interventions_to_measure,
    products_touched,
    trial_interventions,
    trials_to_measure,
)
from yunying.interventions.ledger import store_row
from yunying.kernel.periods import Period
from yunying.kernel.proposal import MoneyInterval
from yunying.kernel.results import NotMeasured
from yunying.loop.home import Home
from yunying.methods.experiments.always_valid import always_valid_difference
from yunying.methods.experiments.cuped import adjusted_difference
from yunying.methods.experiments.difference_in_differences import placebo_difference
from yunying.methods.experiments.sample_ratio import sample_ratio
from yunying.metrics.dictionary import METRICS
from yunying.metrics.evaluate import evaluate

Floats = NDArray[np.float64]
BEFORE_DAYS = 28
FIRST_LOOK_DAYS = 7
"""Before a week is over nothing is looked at: what was ordered has not even arrived."""
WEAK_WINDOW_DAYS = 28
DRAWN, WEAK = (
    "drawn by chance, adjusted for the weeks before",
    "before and after, beside products that were not touched",
)


@dataclass(frozen=True)
class _Window:
    """One store's outcome over the units of a window: (n,) in minor units."""

    units: tuple[str, ...]
    outcome: Floats
    before: Floats


def measure_store(home: Home, store: str) -> int:
    """Look at every running trial and at what was done outside of trials; returns how many looks were recorded."""
    today: date = store_row(store).today_date
    looks = 0
    with home.facts.read([store]) as facts:
        for trial in trials_to_measure(store, today):
            effect = _trial_effect(facts, store, trial, today)
            if effect is not None:
                effect_record(store, trial.practice, effect, trial=trial)
                looks += 1
        for row in interventions_to_measure(store):
            effect = _single_effect(facts, store, row, today)
            if effect is not None:
                effect_record(store, row.practice, effect, intervention=row)
                looks += 1
    return looks


def _trial_effect(facts: FactReader, store: str, trial: Any, today: date) -> Effect | None:
    end = min(today, trial.end_date)
    is_final = today >= trial.end_date
    if not is_final and (end - trial.start_date).days < FIRST_LOOK_DAYS:
        return None
    if not trial_interventions(trial):
        return _nothing_done(end) if is_final else None
    window = _window(facts, store, trial.design["metric"], trial.eligible, trial.start_date, end)
    held_out = frozenset(trial.held_out)
    is_treated = np.array([unit not in held_out for unit in window.units])
    ratio = sample_ratio(
        int(is_treated.sum()), int((~is_treated).sum()), control_rate=float(trial.design["holdout_rate"])
    )
    detail: dict[str, Any] = {
        "treated": int(is_treated.sum()),
        "control": int((~is_treated).sum()),
        "sample_ratio_p": ratio.p_value,
        "from": trial.start_date.isoformat(),
        "to": end.isoformat(),
        "control_rule": trial.design["control"],
    }
    if not ratio.is_sound:
        en = f"The arms are {detail['treated']} to {detail['control']}, which chance does not do (p {ratio.p_value:.2g})."
        zh = f"两组数量为 {detail['treated']} 比 {detail['control']}，不可能是随机所致（p {ratio.p_value:.2g}）。"
        return Effect(end, is_final, DRAWN, None, reason_en=en, reason_zh=zh, detail=detail)
    estimate = adjusted_difference(window.outcome, window.before, is_treated)
    early = always_valid_difference(window.outcome, window.before, is_treated)
    if isinstance(estimate, NotMeasured) or isinstance(early, NotMeasured):
        reason = next(each.reason for each in (estimate, early) if isinstance(each, NotMeasured))
        return Effect(end, is_final, DRAWN, None, reason_en=reason, reason_zh=f"未能测量：{reason}", detail=detail)
    count = detail["treated"]
    early_bounds = (round(early.low * count), round(early.high * count))
    detail |= {
        "per_unit_minor": estimate.effect,
        "p_value": estimate.p_value,
        "variance_ratio": estimate.variance_ratio,
        "guardrails": _guardrails(facts, store, trial, window.units, is_treated, end) if is_final else [],
    }
    shown = (estimate.low, estimate.high) if is_final else (early.low, early.high)
    interval = _interval(shown[0] * count, estimate.effect * count, shown[1] * count)
    return Effect(end, is_final, DRAWN, interval, early_bounds, detail=detail)


def _nothing_done(day: date) -> Effect:
    return Effect(
        day, True, DRAWN, None, reason_en="Nothing was approved and done in the window.",
        reason_zh="该窗口内没有批准并执行任何建议。",
    )  # fmt: skip


def _window(facts: FactReader, store: str, metric: str, units: Sequence[str], start: date, end: date) -> _Window:
    outcome = _by_product(facts, store, metric, Period(start, end))
    before = _by_product(facts, store, metric, Period(start - timedelta(days=BEFORE_DAYS), start))
    listed = tuple(units)
    return _Window(
        listed,
        np.array([outcome.get(unit, 0.0) for unit in listed]),
        np.array([before.get(unit, 0.0) for unit in listed]),
    )


def _by_product(facts: FactReader, store: str, metric: str, period: Period) -> dict[str, float]:
    found = {}
    for row in evaluate(facts, [metric], store=store, period=period, by="product").rows:
        value = row.values[metric].now
        if row.key[0] is not None and not isinstance(value, NotMeasured):
            found[str(row.key[0])] = float(value)
    return found


def _guardrails(
    facts: FactReader, store: str, trial: Any, units: Sequence[str], is_treated: NDArray[np.bool_], end: date
) -> list[dict[str, Any]]:
    """The mean of each guardrail by arm."""
    told = []
    period = Period(trial.start_date, end)
    for slug in trial.design["guardrails"]:
        if "product" not in METRICS[slug].dimensions:
            continue
        values = _by_product(facts, store, slug, period)
        arms = [
            [values[unit] for unit, treated in zip(units, is_treated, strict=True) if treated == arm and unit in values]
            for arm in (True, False)
        ]
        if all(arms):
            metric = METRICS[slug]
            treated, control = (float(np.mean(arm)) for arm in arms)
            told.append({"slug": slug, "title_en": metric.title_en, "title_zh": metric.title_zh, "unit": metric.unit,
                         "treated": treated, "control": control})  # fmt: skip
    return told


def _single_effect(facts: FactReader, store: str, row: Any, today: date) -> Effect | None:
    """Weaker evidence: the products that were touched, before and after, beside those that were not."""
    touched = _products_of(row.kind, row.params)
    if not touched:
        en = "It acts on the whole store at once, so there is nothing to compare it with."
        return Effect(today, True, WEAK, None, reason_en=en, reason_zh="该干预作用于整个店铺，没有可对照的部分。")
    start: date = row.applied_date
    end = start + timedelta(days=WEAK_WINDOW_DAYS)
    if today < end:
        return None
    before = _by_product(facts, store, "contribution_profit", Period(start - timedelta(days=BEFORE_DAYS), start))
    after = _by_product(facts, store, "contribution_profit", Period(start, end))
    busy = products_touched(store, start - timedelta(days=BEFORE_DAYS), end, except_id=row.pk)
    others = sorted((set(before) | set(after)) - touched - busy)
    units = [*sorted(touched), *others]
    change = np.array([after.get(unit, 0.0) - before.get(unit, 0.0) for unit in units])
    mine = np.array([unit in touched for unit in units])
    found = placebo_difference(change, mine)
    detail = {"treated": len(touched), "control": len(others), "from": start.isoformat(), "to": end.isoformat()}
    if isinstance(found, NotMeasured):
        zh = f"未能测量：可对照的商品太少（{len(others)} 个）。"
        return Effect(end, True, WEAK, None, reason_en=found.reason, reason_zh=zh, detail=detail)
    count = len(touched)
    interval = _interval(found.low * count, found.effect * count, found.high * count)
    return Effect(
        end, True, WEAK, interval, detail={**detail, "per_unit_minor": found.effect, "p_value": found.p_value}
    )


def _products_of(kind: str, params: Mapping[str, Any]) -> frozenset[str]:
    """The products that a command acts on; empty where it acts on something else."""
    if kind in ("set_price", "feature"):
        return frozenset((str(params["product"]),))
    rows: Collection[Mapping[str, Any]] = params.get("lines") or params.get("products") or ()
    return frozenset(str(row["product"]) for row in rows)


def _interval(low: float, mid: float, high: float) -> MoneyInterval:
    rounded = [round(value) for value in (low, mid, high)]
    return MoneyInterval(min(rounded), sorted(rounded)[1], max(rounded))
