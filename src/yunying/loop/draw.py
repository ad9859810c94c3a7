"""Who keeps the old rule: a random tenth of a window's eligible units, drawn before its first proposal is shown."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from yunying.facts.reader import FactReader
from yunying.interventions.effects import trial_current, trial_open
from yunying.kernel.json_form import to_plain
from yunying.kernel.proposal import Decision, MeasurementDesign
from yunying.methods.experiments.holdout import holdout_drawn
from yunying.practices.manifest import Practice

LEAST_UNITS = 20
"""Fewer eligible units cannot be split into two arms that say anything."""
RECENT_DAYS = 56
"""A product that was sold or counted within so many days is eligible."""


class Drawing:
    """Draws once per window and practice; afterwards ``trials`` holds the practices' trials.

    Args:
        day: the day that is decided for; a new window begins on it.
    """

    def __init__(self, store: str, day: date) -> None:
        self._store, self._day = store, day
        self.trials: dict[str, Any] = {}

    def __call__(self, facts: FactReader, practice: Practice, decision: Decision) -> Collection[str]:
        """The units that keep the old rule; nobody where the design holds nobody out."""
        slug = practice.manifest.slug
        trial = trial_current(self._store, slug, self._day) or self._open(facts, practice, decision)
        if trial is None:
            return ()
        self.trials[slug] = trial
        held_out: Collection[str] = frozenset(trial.held_out)
        return held_out

    def arm(self, practice: str, subject: str, *, is_control: bool) -> str:
        """The arm of a proposal's subject: a unit that joined after the draw is outside of both."""
        trial = self.trials.get(practice)
        if is_control:
            return "control"
        return "treated" if trial is None or subject in self._eligible(trial) else "outside"

    def _eligible(self, trial: Any) -> Collection[str]:
        if not hasattr(trial, "eligible_set"):
            trial.eligible_set = frozenset(trial.eligible)
        found: Collection[str] = trial.eligible_set
        return found

    def _open(self, facts: FactReader, practice: Practice, decision: Decision) -> Any:
        if not decision.proposals:
            return None
        design = decision.proposals[0].design
        eligible = eligible_units(facts, self._store, design, self._day)
        if design.holdout_rate <= 0 or len(eligible) < LEAST_UNITS:
            return None
        slug, window = practice.manifest.slug, self._day.isoformat()
        held_out = [
            unit for unit in eligible if holdout_drawn(self._store, slug, window, unit, rate=design.holdout_rate)
        ]
        days = min(each.design.window_days for each in decision.proposals)
        return trial_open(
            self._store,
            slug,
            design,
            start_date=self._day,
            end_date=self._day + timedelta(days=days),
            eligible=eligible,
            held_out=held_out,
            design_plain=to_plain(design),
            has_control_rule=practice.control is not None,
        )


def eligible_units(facts: FactReader, store: str, design: MeasurementDesign, day: date) -> list[str]:
    """The units that may be drawn, sorted; none where the design's unit is not one that facts can list."""
    if design.unit != "product":
        return []
    since = day - timedelta(days=RECENT_DAYS)
    found: set[str] = set()
    for name in ("order_line", "stock_level"):
        rows = facts.table(name)
        recent = rows.filter(rows.store == store, rows.date >= since, rows.date < day)
        if name == "order_line":
            recent = recent.filter(recent.line_kind == "goods")
        found |= set(facts.to_arrow(recent.select("product").distinct()).column("product").to_pylist())
    return sorted(found)
