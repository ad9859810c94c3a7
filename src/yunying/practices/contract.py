"""The contract that every practice keeps, whatever it decides: one suite, run on every folder that is found.

Each rule takes a Trial, a practice and the facts of one store as of a day, and raises BrokenContract with what it saw.
``RULES`` lists them. What a practice earns is not here but in ``rivalry``.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any, Self

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yunying.facts.reader import FactReader
from yunying.facts.schema import DATE, PRICE, TABLES, WHOLE
from yunying.kernel.errors import OperatorError
from yunying.kernel.json_form import from_plain, to_plain
from yunying.kernel.proposal import Decision, Proposal
from yunying.kernel.results import Abstention
from yunying.metrics.dictionary import METRICS
from yunying.practices.manifest import Practice
from yunying.practices.settings import Setting, policy_from

SEED = 7
MONEY_FACTOR = 100
FUTURE_DAYS = 30


class BrokenContract(AssertionError):
    """A practice does not keep a rule of the contract; the message says what was seen."""


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

    def on(self, tables: Mapping[str, pa.Table]) -> Self:
        """The same trial on other facts."""
        return replace(self, tables=tables)


def same_inputs_give_the_same_proposals(trial: Trial) -> None:
    """Two runs are equal to the bit, the model too."""
    first, second = (tuple(map(_json, trial.decide_with_model())) for _ in range(2))
    _hold(first == second, "two runs on the same inputs differ")


def the_order_of_rows_does_not_matter(trial: Trial) -> None:
    """Shuffled tables give the same JSON."""
    expected = _json(trial.decide())
    for seed in range(2):
        rng = np.random.default_rng(seed)
        shuffled = {name: rows.take(rng.permutation(len(rows))) for name, rows in trial.tables.items()}
        _hold(_json(trial.on(shuffled).decide()) == expected, f"shuffling the rows (seed {seed}) changes the decision")


def only_declared_facts_are_read(trial: Trial) -> None:
    """Every table that ``read`` asks for stands in the manifest."""
    _, asked = trial.read(trial.practice.policy())
    undeclared = asked - set(trial.practice.manifest.facts)
    _hold(not undeclared, f"read asks for {sorted(undeclared)}, which the manifest does not declare")


def missing_facts_give_a_reason(trial: Trial) -> None:
    """Without facts, or with one table of them only, the practice says what it lacks instead of failing."""
    _hold(len(trial.tables["store"]) > 0, "the trial has no store")
    only_store = {"store": trial.tables["store"]}
    nothing = trial.on(only_store).decide()
    _hold(not nothing.proposals, "proposals were made from no facts at all")
    _check_reasons("no facts", nothing)
    # Tables that the manifest does not declare are never read, so leaving them out can change nothing.
    readable = sorted(set(trial.tables) & set(trial.practice.manifest.facts) - {"store"})
    for name in readable:
        alone = trial.on({**only_store, name: trial.tables[name]}).decide()
        _hold(bool(alone.proposals or alone.abstentions), f"with {name} alone there is no answer at all")
        _check_reasons(f"{name} alone", alone)
    for name in readable:
        without = trial.on({other: rows for other, rows in trial.tables.items() if other != name}).decide()
        _check_reasons(f"without {name}", without)


def money_times_100_changes_only_money(trial: Trial) -> None:
    """Another unit of money gives the same quantities in the same order, and a hundred times the money."""
    before = trial.decide()
    scaled = {name: _with_more_money(rows, name) for name, rows in trial.tables.items()}
    after = trial.on(scaled).decide(_with_richer_settings(trial.practice.policy()))
    then = {each.id: each for each in before.proposals}
    now = {each.id: each for each in after.proposals}
    _hold(set(then) == set(now), f"other subjects: {sorted(set(then) ^ set(now))}")
    for identity, proposal in then.items():
        _check_scaled(proposal, now[identity])
    losses = [then[each.id].delay_loss_minor for each in after.proposals]
    # What was a tie before rounding to the minor unit may be told apart by finer money; more may not change.
    _hold(all(b <= a + 1 for a, b in pairwise(losses)), "the order of the proposals changes")
    said = [[(each.code, each.subjects) for each in decision.abstentions] for decision in (before, after)]
    _hold(said[0] == said[1], f"other abstentions: {said[0]} then, {said[1]} now")


def settings_hold_at_their_bounds(trial: Trial) -> None:
    """Every setting works at its lowest and highest value and refuses what lies beyond, or is of another kind."""
    kind = trial.practice.policy
    _hold(_refused(kind, "no_such_setting", 1) == "unknown-setting", "an unknown setting is not refused")
    for each in fields(kind):
        bounds: Setting = each.metadata["setting"]
        is_whole = "int" in str(each.type)
        ends = [int(end) if is_whole else end for end in (bounds.low, bounds.high)]
        good: list[float | None] = [*ends, *([None] if bounds.is_optional else [])]
        for chosen in good:
            policy = policy_from(kind, {each.name: chosen}, "trial")
            _hold(getattr(policy, each.name) == chosen, f"{each.name} = {chosen} is not kept")
            decision = trial.decide(policy)
            _check_decision(trial, decision, policy)
        bad: list[object] = [ends[0] - 1, ends[1] + 1, ends[1] * 2 + 1, float("nan"), "1", True]
        bad += [] if bounds.is_optional else [None]
        bad += [bounds.low + 0.5] if is_whole else []
        for value in bad:
            _hold(_refused(kind, each.name, value) == "bad-setting", f"{each.name} = {value!r} is not refused")


def a_decision_survives_json(trial: Trial) -> None:
    """Decision and model come back from their JSON text as they were."""
    decision, model = trial.decide_with_model()
    for value in (decision, model):
        again = from_plain(type(value), json.loads(_json(value)))
        _hold(again == value, f"{type(value).__name__} changes on its way through JSON")


def every_proposal_explains_itself(trial: Trial) -> None:
    """Proposals, evidence, designs and abstentions say what they must; the trial must give at least one proposal."""
    policy = trial.practice.policy()
    decision = trial.decide(policy)
    _hold(bool(decision.proposals), "the trial's facts give no proposal, so nothing can be judged")
    _check_decision(trial, decision, policy)


def the_future_changes_nothing(trial: Trial) -> None:
    """Facts dated on ``as_of`` or later are not looked at."""
    expected = _json(trial.decide())
    future = {name: rows if name == "store" else _with_future(rows, name, trial.as_of) for name, rows in
              trial.tables.items()}  # fmt: skip
    _hold(_json(trial.on(future).decide()) == expected, "facts from as_of on change the decision")


def other_stores_change_nothing(trial: Trial) -> None:
    """The same installation may hold other stores; their rows are not this store's."""
    expected = _json(trial.decide())
    both = {}
    for name, rows in trial.tables.items():
        at = rows.schema.get_field_index("store")
        other = _mangled(rows.set_column(at, "store", pa.array(["another-store"] * len(rows), pa.string())), name)
        both[name] = pa.concat_tables([rows, other.cast(rows.schema)])
    _hold(_json(trial.on(both).decide()) == expected, "another store's facts change the decision")


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


def _hold(condition: bool, message: str) -> None:
    if not condition:
        raise BrokenContract(message)


def _json(value: object) -> str:
    """Strict JSON text: NaN and infinity have no place in it."""
    return json.dumps(to_plain(value), sort_keys=True, allow_nan=False, ensure_ascii=False)


def _refused(kind: type[Any], name: str, value: object) -> str | None:
    try:
        policy_from(kind, {name: value}, "trial")
    except OperatorError as error:
        return error.code
    return None


def _check_decision(trial: Trial, decision: Decision, policy: Any) -> None:
    ids = [each.id for each in decision.proposals]
    _hold(len(ids) == len(set(ids)), "two proposals share an id")
    losses = [each.delay_loss_minor for each in decision.proposals]
    _hold(losses == sorted(losses, reverse=True), "proposals are not in the order of what a day of delay loses")
    for proposal in decision.proposals:
        _check_proposal(trial, proposal, str(policy))
    _check_reasons("the trial", decision)


def _check_proposal(trial: Trial, proposal: Proposal, policy: str) -> None:
    manifest, where = trial.practice.manifest, f"proposal {proposal.id} under {policy}:"
    effect, evidence, design = proposal.effect, proposal.evidence, proposal.design
    _hold((proposal.practice, proposal.store) == (manifest.slug, trial.store), f"{where} names another practice")
    _hold(proposal.as_of == trial.as_of < proposal.expires_date, f"{where} expires by {proposal.expires_date}")
    _hold(effect.low_minor <= effect.mid_minor <= effect.high_minor, f"{where} effect is not ordered: {effect}")
    _hold(proposal.cost_minor >= 0, f"{where} costs {proposal.cost_minor}")
    _hold(proposal.delay_loss_minor >= 0, f"{where} delay loses {proposal.delay_loss_minor}")
    _hold(proposal.effect_days > 0, f"{where} has an effect over {proposal.effect_days} days")
    _hold(proposal.command.kind in manifest.commands, f"{where} {proposal.command.kind} is not in the manifest")
    _hold(bool(proposal.title_en.strip() and proposal.title_zh.strip()), f"{where} lacks a title")
    _hold(bool(evidence.sentences) and all(each.en.strip() and each.zh.strip() for each in evidence.sentences),
          f"{where} evidence lacks a sentence in both languages")  # fmt: skip
    _hold(bool(evidence.facts), f"{where} evidence names no facts")
    for used in evidence.facts:
        known = used.table in manifest.facts and used.rows > 0
        dated = date.fromisoformat(used.from_date) <= date.fromisoformat(used.to_date) < trial.as_of
        _hold(known and dated, f"{where} evidence names {used}")
    for table in evidence.tables:
        _hold(all(len(row) == len(table.header) for row in table.rows), f"{where} table {table.title} is ragged")
    for series in evidence.series:
        _hold(len(series.dates) == len(series.values) > 0, f"{where} series {series.title} is ragged")
    named = {design.metric, *design.guardrails, manifest.kpi}
    _hold(named <= set(METRICS), f"{where} metrics {sorted(named - set(METRICS))} are not in the dictionary")
    _hold(0 <= design.holdout_rate < 1 and design.window_days > 0 and bool(design.control), f"{where} {design}")


def _check_reasons(where: str, decision: Decision) -> None:
    _hold(bool(decision.proposals or decision.abstentions), f"{where}: neither a proposal nor an abstention")
    for each in decision.abstentions:
        _hold(_is_complete(each), f"{where}: the abstention lacks code, reason, remedy or order: {each}")


def _is_complete(abstention: Abstention) -> bool:
    said = bool(abstention.code and abstention.reason.strip() and abstention.remedy.strip())
    return said and list(abstention.subjects) == sorted(abstention.subjects)


def _with_more_money(rows: pa.Table, name: str) -> pa.Table:
    for column in TABLES[name].columns:
        if column.name not in rows.column_names:
            continue
        at, values = rows.schema.get_field_index(column.name), rows.column(column.name)
        if column.type == PRICE:
            # Decimals widen when multiplied; the schema's type holds the product all the same.
            more = pc.multiply(values.cast(pa.decimal128(30, 6)), pa.scalar(MONEY_FACTOR, pa.decimal128(3, 0)))
            rows = rows.set_column(at, column.name, more.cast(PRICE))
        elif column.name.endswith("_minor"):
            rows = rows.set_column(at, column.name, pc.multiply(values, MONEY_FACTOR))
    return rows


def _with_richer_settings(policy: Any) -> Any:
    in_money = [each.name for each in fields(policy) if each.metadata["setting"].unit == "minor units"]
    known = {name: getattr(policy, name) for name in in_money}
    return replace(policy, **{name: value * MONEY_FACTOR for name, value in known.items() if value is not None})


def _check_scaled(then: Proposal, now: Proposal) -> None:
    kept = ("subject", "effect_days", "reversible", "expires_date", "design")
    changed = [name for name in kept if getattr(then, name) != getattr(now, name)]
    _hold(not changed, f"{then.id}: {changed} change with the unit of money")
    pairs = [(then.cost_minor, now.cost_minor), (then.delay_loss_minor, now.delay_loss_minor)]
    pairs += [(getattr(then.effect, name), getattr(now.effect, name)) for name in ("low_minor", "mid_minor",
              "high_minor")]  # fmt: skip
    for before, after in pairs:
        # Rounding hides up to half a minor unit before it is multiplied.
        allowed = 0.5 * MONEY_FACTOR + 1 + 1e-6 * abs(after)
        _hold(abs(after - MONEY_FACTOR * before) <= allowed, f"{then.id}: {before} became {after}")
    _check_params(then.id, to_plain(then.command), to_plain(now.command))


def _check_params(where: str, then: Any, now: Any, name: str = "") -> None:
    if isinstance(then, dict):
        _hold(set(then) == set(now), f"{where}: other parameters")
        for key, value in then.items():
            _check_params(where, value, now[key], key)
    elif isinstance(then, list):
        _hold(len(then) == len(now), f"{where}: {name} has another length")
        for before, after in zip(then, now, strict=True):
            _check_params(where, before, after, name)
    elif name.endswith(("_minor", "_cost", "_price")) and then is not None:
        grown = Decimal(str(then)) * MONEY_FACTOR
        allowed = MONEY_FACTOR if name.endswith("_minor") else Decimal("0.0001")
        _hold(abs(Decimal(str(now)) - grown) <= allowed, f"{where}: {name} {then} became {now}")
    else:
        _hold(then == now, f"{where}: {name} {then!r} became {now!r}")


def _mangled(rows: pa.Table, name: str) -> pa.Table:
    """Other numbers in every column that holds some, still within the schema's ranges."""
    for column in TABLES[name].columns:
        if column.name in rows.column_names and column.type in (WHOLE, PRICE):
            at, values = rows.schema.get_field_index(column.name), rows.column(column.name)
            more = pc.add(pc.multiply(values.cast(pa.float64()), 7.0), 1.0)
            rows = rows.set_column(at, column.name, more.cast(rows.schema.field(at).type))
    return rows


def _with_future(rows: pa.Table, name: str, as_of: date) -> pa.Table:
    """The rows, and their newest ones once more with other numbers on ``as_of`` and the days after it."""
    at = rows.schema.get_field_index("date")
    newest = rows.sort_by([("date", "descending")]).slice(0, 2000)
    days = [as_of + timedelta(days=place % FUTURE_DAYS) for place in range(len(newest))]
    later = _mangled(newest.set_column(at, "date", pa.array(days, DATE)), name)
    return pa.concat_tables([rows, later.cast(rows.schema)])
