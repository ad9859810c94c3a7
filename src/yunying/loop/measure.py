"""Measure: what the window's interventions brought against the units that kept the old rule; else a weaker design."""

from collections.abc import Collection, Mapping, Sequence
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
from yunying.kernel.periods import Period
from yunying.kernel.proposal import MoneyInterval
from yunying.kernel.results import NotMeasured
from yunying.loop.home import Home
from yunying.loop.sites import store_day
from yunying.methods.experiments.always_valid import always_valid_difference
from yunying.methods.experiments.cuped import adjusted_difference
from yunying.methods.experiments.difference_in_differences import difference_in_differences, restlessness
from yunying.methods.experiments.sample_ratio import sample_ratio
from yunying.metrics.dictionary import METRICS
from yunying.metrics.evaluate import evaluate

Floats = NDArray[np.float64]
BEFORE_DAYS = 28
FIRST_LOOK_DAYS = 7
"""Before a week is over nothing is looked at: what was ordered has not even arrived."""
WEAK_WINDOW_DAYS = 28
DRAWN, WEAK = "holdout_cuped", "before_after"
"""Names of methods; the desk says them in the reader's language."""


def measure_store(home: Home, store: str) -> int:
    """Look at every running trial and at what was done outside of trials; returns how many looks were recorded.

    Raises:
        OperatorError: the store's facts have no day yet.
    """
    today = store_day(store)
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
    units = tuple(trial.eligible)
    held_out = frozenset(trial.held_out)
    is_treated = np.array([unit not in held_out for unit in units])
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
        arms = f"{detail['treated']} to {detail['control']}"
        en = f"The arms are {arms}, which chance does not do (p {ratio.p_value:.2g})."
        zh = f"两组数量为 {detail['treated']} 比 {detail['control']}，不可能是随机所致（p {ratio.p_value:.2g}）。"
        return Effect(end, is_final, DRAWN, None, reason_en=en, reason_zh=zh, detail=detail)
    metric, period = trial.design["metric"], Period(trial.start_date, end)
    daily = _panel(facts, store, metric, units, period)
    before = _before(facts, store, metric, units, trial.start_date)
    rng = np.random.default_rng([trial.pk, trial.start_date.toordinal()])
    planned = (trial.end_date - trial.start_date).days
    estimate = adjusted_difference(daily.sum(axis=1), before, is_treated, rng=rng)
    early = always_valid_difference(daily, before, is_treated, rng=rng, planned_days=planned)
    if isinstance(estimate, NotMeasured) or isinstance(early, NotMeasured):
        reason = next(each.reason for each in (estimate, early) if isinstance(each, NotMeasured))
        return Effect(end, is_final, DRAWN, None, reason_en=reason, reason_zh=f"未能测量：{reason}", detail=detail)
    count = detail["treated"]
    early_bounds = None
    if np.isfinite([early.low, early.high]).all():
        early_bounds = (round(early.low * count), round(early.high * count))
    elif not is_final:
        en = "It is too early: no bounded interval holds at every look yet."
        return Effect(
            end, False, DRAWN, None, reason_en=en, reason_zh="时间尚早：还没有有界的随时有效区间。", detail=detail
        )
    detail |= {
        "per_unit_minor": estimate.effect,
        "p_value": estimate.p_value,
        "variance_ratio": estimate.variance_ratio,
        "guardrails": _guardrails(facts, store, trial, units, is_treated, end) if is_final else [],
    }
    shown = (estimate.low, estimate.high) if is_final else (early.low, early.high)
    interval = _interval(shown[0] * count, estimate.effect * count, shown[1] * count)
    return Effect(end, is_final, DRAWN, interval, early_bounds, detail=detail)


def _nothing_done(day: date) -> Effect:
    return Effect(
        day, True, DRAWN, None, reason_en="Nothing was approved and done in the window.",
        reason_zh="该窗口内没有批准并执行任何建议。",
    )  # fmt: skip


def _before(facts: FactReader, store: str, metric: str, units: Sequence[str], start: date) -> Floats:
    """What was known before the draw, shape (n, 2): the outcome of the four weeks before, and of the eight before."""
    near = _by_product(facts, store, metric, Period(start - timedelta(days=BEFORE_DAYS), start))
    far = _by_product(
        facts, store, metric, Period(start - timedelta(days=3 * BEFORE_DAYS), start - timedelta(days=BEFORE_DAYS))
    )
    return np.array([[span.get(unit, 0.0) for span in (near, far)] for unit in units])


def _panel(facts: FactReader, store: str, metric: str, units: Sequence[str], period: Period) -> Floats:
    """The outcome of each unit on each day, shape (n, t), in minor units; 0 where the facts have none."""
    panel = np.zeros((len(units), period.days))
    place = {unit: row for row, unit in enumerate(units)}
    table = evaluate(facts, [metric], store=store, period=period, by=("product", "day"))
    for row in table.rows:
        unit, day = row.key
        value = row.values[metric].now
        if unit in place and isinstance(day, date) and not isinstance(value, NotMeasured):
            panel[place[str(unit)], (day - period.start_date).days] = float(value)
    return panel


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
    span = Period(start - timedelta(days=BEFORE_DAYS), end)
    busy = products_touched(store, span.start_date, end, except_id=row.pk)
    known = _by_product(facts, store, "contribution_profit", span)
    others = sorted(set(known) - touched - busy)
    units = [*sorted(touched), *others]
    panel = _panel(facts, store, "contribution_profit", units, span)
    mine = np.array([unit in touched for unit in units])
    rng = np.random.default_rng([row.pk, start.toordinal()])
    restless = restlessness(panel, BEFORE_DAYS)
    found = difference_in_differences(panel, mine, BEFORE_DAYS, rng=rng, unit_scale=restless)
    detail = {"treated": len(touched), "control": len(others), "from": start.isoformat(), "to": end.isoformat()}
    if isinstance(found, NotMeasured):
        zh = f"未能测量：可对照的商品太少（{len(others)} 个）。"
        return Effect(end, True, WEAK, None, reason_en=found.reason, reason_zh=zh, detail=detail)
    scale = len(touched) * WEAK_WINDOW_DAYS
    interval = _interval(found.low * scale, found.effect * scale, found.high * scale)
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
