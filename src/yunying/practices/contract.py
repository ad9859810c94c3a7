"""The contract that every practice keeps, whatever it decides: one suite, run on every folder that is found.

Each rule takes a Trial, a practice and the facts of one store as of a day, and raises BrokenContract with what it saw.
``RULES`` lists them. What a practice earns is not here but in ``rivalry``.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any, Self

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from yunying.facts.reader import FactReader
from yunying.kernel.errors import OperatorError
from yunying.kernel.json_form import from_plain, to_plain
from yunying.kernel.proposal import Decision, Proposal
from yunying.practices.altered_facts import MONEY_FACTOR, mangled, with_future, with_more_money, with_richer_settings
from yunying.practices.decision_check import decision_check, hold, reasons_check
from yunying.practices.manifest import Practice
from yunying.practices.settings import Setting, policy_from

SEED = 7


class _RecordingReader(FactReader):
    """Remembers which tables were asked for."""

    def __init__(self, snapshot: int, files: Mapping[str, Any], *, threads: int | None = None) -> None:
        self.asked: set[str] = set()
        super().__init__(snapshot, files, threads=threads)

    def table(self, name: str) -> ir.Table:
        self.asked.add(name)
        return super().table(name)


@dataclass(frozen=True)
class Trial:
    """A practice and what it may know.

    Args:
        tables: Arrow tables by fact table, each with a ``store`` column.
        as_of: the day to decide for; rows on it and after it are the future.
    """

    practice: Practice
    store: str
    as_of: date
    tables: Mapping[str, pa.Table]

    def decide(self, policy: Any = None) -> Decision:
        """The decision on the trial's facts; the practice's default policy unless one is given."""
        return self.decide_with_model(policy)[0]

    def decide_with_model(self, policy: Any = None) -> tuple[Decision, Any]:
        """The decision and the model behind it."""
        policy = self.practice.policy() if policy is None else policy
        inputs, _ = self.read(policy)
        model = self.practice.fit(inputs, policy, SEED)
        rng = np.random.default_rng(SEED)
        return self.practice.decide(inputs, model, policy, self.as_of, rng), model

    def read(self, policy: Any) -> tuple[Any, set[str]]:
        """The inputs, and the names of the tables that were asked for."""
        with _RecordingReader.from_arrow(self.tables, threads=1) as facts:
            return self.practice.read(facts, self.store, self.as_of, policy), facts.asked

    def check(self, decision: Decision, where: str) -> None:
        """Refuse a decision that does not explain itself."""
        decision_check(self.practice.manifest, self.store, self.as_of, decision, where)

    def on(self, tables: Mapping[str, pa.Table]) -> Self:
        """The same trial on other facts."""
        return replace(self, tables=tables)


def same_inputs_give_the_same_proposals(trial: Trial) -> None:
    """Two runs are equal to the bit, the model too."""
    first, second = (tuple(map(_json, trial.decide_with_model())) for _ in range(2))
    hold(first == second, "two runs on the same inputs differ")


def the_order_of_rows_does_not_matter(trial: Trial) -> None:
    """Shuffled tables give the same JSON."""
    expected = _json(trial.decide())
    for seed in range(2):
        rng = np.random.default_rng(seed)
        shuffled = {name: rows.take(rng.permutation(len(rows))) for name, rows in trial.tables.items()}
        hold(_json(trial.on(shuffled).decide()) == expected, f"shuffling the rows (seed {seed}) changes the decision")


def only_declared_facts_are_read(trial: Trial) -> None:
    """Every table that ``read`` asks for stands in the manifest."""
    _, asked = trial.read(trial.practice.policy())
    undeclared = asked - set(trial.practice.manifest.facts)
    hold(not undeclared, f"read asks for {sorted(undeclared)}, which the manifest does not declare")


def missing_facts_give_a_reason(trial: Trial) -> None:
    """Without facts, or with one table of them only, the practice says what it lacks instead of failing."""
    hold(len(trial.tables["store"]) > 0, "the trial has no store")
    only_store = {"store": trial.tables["store"]}
    nothing = trial.on(only_store).decide()
    hold(not nothing.proposals, "proposals were made from no facts at all")
    hold(bool(nothing.abstentions), "without facts there is no answer at all")
    reasons_check(nothing, "without facts")
    # Tables that the manifest does not declare are never read, so leaving them out can change nothing.
    readable = sorted(set(trial.tables) & set(trial.practice.manifest.facts) - {"store"})
    for name in readable:
        alone = trial.on({**only_store, name: trial.tables[name]}).decide()
        hold(bool(alone.proposals or alone.abstentions), f"with {name} alone there is no answer at all")
        reasons_check(alone, f"with {name} alone")
    for name in readable:
        without = trial.on({other: rows for other, rows in trial.tables.items() if other != name}).decide()
        reasons_check(without, f"without {name}")


def money_times_100_changes_only_money(trial: Trial) -> None:
    """Another unit of money gives the same quantities in the same order, and a hundred times the money."""
    before = trial.decide()
    scaled = {name: with_more_money(rows, name) for name, rows in trial.tables.items()}
    after = trial.on(scaled).decide(with_richer_settings(trial.practice.policy()))
    then = {each.id: each for each in before.proposals}
    now = {each.id: each for each in after.proposals}
    hold(set(then) == set(now), f"other subjects: {sorted(set(then) ^ set(now))}")
    for identity, proposal in then.items():
        _check_scaled(proposal, now[identity])
    losses = [then[each.id].delay_loss_minor for each in after.proposals]
    # What was a tie before rounding to the minor unit may be told apart by finer money; more may not change.
    hold(all(b <= a + 1 for a, b in pairwise(losses)), "the order of the proposals changes")
    said = [[(each.code, each.subjects) for each in decision.abstentions] for decision in (before, after)]
    hold(said[0] == said[1], f"other abstentions: {said[0]} then, {said[1]} now")


def settings_hold_at_their_bounds(trial: Trial) -> None:
    """Every setting works at its lowest and highest value and refuses what lies beyond, or is of another kind."""
    kind = trial.practice.policy
    hold(_refused(kind, "no_such_setting", 1) == "unknown-setting", "an unknown setting is not refused")
    for each in fields(kind):
        bounds: Setting = each.metadata["setting"]
        is_whole = "int" in str(each.type)
        ends = [int(end) if is_whole else end for end in (bounds.low, bounds.high)]
        good: list[float | None] = [*ends, *([None] if bounds.is_optional else [])]
        for chosen in good:
            policy = policy_from(kind, {each.name: chosen}, "trial")
            hold(getattr(policy, each.name) == chosen, f"{each.name} = {chosen} is not kept")
            decision = trial.decide(policy)
            trial.check(decision, f"with {each.name} = {chosen}")
        bad: list[object] = [ends[0] - 1, ends[1] + 1, ends[1] * 2 + 1, float("nan"), "1", True]
        bad += [] if bounds.is_optional else [None]
        bad += [bounds.low + 0.5] if is_whole else []
        for value in bad:
            hold(_refused(kind, each.name, value) == "bad-setting", f"{each.name} = {value!r} is not refused")


def a_decision_survives_json(trial: Trial) -> None:
    """Decision and model come back from their JSON text as they were; a model is of the declared kind."""
    decision, model = trial.decide_with_model()
    declared = trial.practice.model
    hold(declared in (None, type(model)), f"the model is a {type(model).__name__}, not the declared {declared}")
    for value in (decision, model):
        again = from_plain(type(value), json.loads(_json(value)))
        hold(again == value, f"{type(value).__name__} changes on its way through JSON")


def every_proposal_explains_itself(trial: Trial) -> None:
    """Proposals, evidence, designs and abstentions say what they must; the trial must give at least one proposal."""
    decision = trial.decide()
    hold(bool(decision.proposals), "the trial's facts give no proposal, so nothing can be judged")
    trial.check(decision, "under the default policy")


def the_future_changes_nothing(trial: Trial) -> None:
    """Facts dated on ``as_of`` or later are not looked at."""
    expected = _json(trial.decide())
    future = {name: rows if name == "store" else with_future(rows, name, trial.as_of) for name, rows in
              trial.tables.items()}  # fmt: skip
    hold(_json(trial.on(future).decide()) == expected, "facts from as_of on change the decision")


def other_stores_change_nothing(trial: Trial) -> None:
    """The same installation may hold other stores; their rows are not this store's."""
    expected = _json(trial.decide())
    both = {}
    for name, rows in trial.tables.items():
        at = rows.schema.get_field_index("store")
        other = mangled(rows.set_column(at, "store", pa.array(["another-store"] * len(rows), pa.string())), name)
        both[name] = pa.concat_tables([rows, other.cast(rows.schema)])
    hold(_json(trial.on(both).decide()) == expected, "another store's facts change the decision")


RULES: dict[str, Callable[[Trial], None]] = {
    rule.__name__: rule
    for rule in (
        same_inputs_give_the_same_proposals,
        the_order_of_rows_does_not_matter,
        only_declared_facts_are_read,
        missing_facts_give_a_reason,
        money_times_100_changes_only_money,
        settings_hold_at_their_bounds,
        a_decision_survives_json,
        every_proposal_explains_itself,
        the_future_changes_nothing,
        other_stores_change_nothing,
    )
}


def _json(value: object) -> str:
    """Strict JSON text: NaN and infinity have no place in it."""
    return json.dumps(to_plain(value), sort_keys=True, allow_nan=False, ensure_ascii=False)


def _refused(kind: type[Any], name: str, value: object) -> str | None:
    try:
        policy_from(kind, {name: value}, "trial")
    except OperatorError as error:
        return error.code
    return None


def _check_scaled(then: Proposal, now: Proposal) -> None:
    kept = ("subject", "effect_days", "reversible", "expires_date", "design")
    changed = [name for name in kept if getattr(then, name) != getattr(now, name)]
    hold(not changed, f"{then.id}: {changed} change with the unit of money")
    pairs = [(then.cost_minor, now.cost_minor), (then.delay_loss_minor, now.delay_loss_minor)]
    pairs += [(getattr(then.effect, name), getattr(now.effect, name)) for name in ("low_minor", "mid_minor",
              "high_minor")]  # fmt: skip
    for before, after in pairs:
        # Rounding hides up to half a minor unit before it is multiplied.
        allowed = 0.5 * MONEY_FACTOR + 1 + 1e-6 * abs(after)
        hold(abs(after - MONEY_FACTOR * before) <= allowed, f"{then.id}: {before} became {after}")
    _check_params(then.id, to_plain(then.command), to_plain(now.command))


def _check_params(where: str, then: Any, now: Any, name: str = "") -> None:
    if isinstance(then, dict):
        hold(set(then) == set(now), f"{where}: other parameters")
        for key, value in then.items():
            _check_params(where, value, now[key], key)
    elif isinstance(then, list):
        hold(len(then) == len(now), f"{where}: {name} has another length")
        for before, after in zip(then, now, strict=True):
            _check_params(where, before, after, name)
    elif name.endswith(("_minor", "_cost", "_price")) and then is not None:
        grown = Decimal(str(then)) * MONEY_FACTOR
        allowed = MONEY_FACTOR if name.endswith("_minor") else Decimal("0.0001")
        hold(abs(Decimal(str(now)) - grown) <= allowed, f"{where}: {name} {then} became {now}")
    else:
        hold(then == now, f"{where}: {name} {then!r} became {now!r}")
