"""What a practice earns on a simulated store, against the rule that it replaces.

Both buyers begin in the same world on the same morning. A practice that buys replaces the minimum/maximum rule, which
was tuned on the half year before; any other practice acts beside that rule and is compared with doing nothing more.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from yunying.facts.reader import FactReader
from yunying.kernel.command import Command, Value
from yunying.kernel.periods import Period
from yunying.kernel.proposal import Proposal
from yunying.practices.manifest import Practice
from yunying.sim.book import Rule
from yunying.sim.minmax import MinMaxRule, try_out, tune_minmax
from yunying.sim.settings import WorldSettings
from yunying.sim.world import World

TUNING_DAYS = 182
FIRST_RULE = MinMaxRule(14.0, 35.0)
"""What the store's buyer did before anybody tuned it."""


@dataclass(frozen=True)
class Rivalry:
    """True contribution profit over the same days of the same world, in minor units."""

    practice_minor: float
    rule_minor: float
    rule: MinMaxRule
    proposals: int

    @property
    def gain_rate(self) -> float:
        """What the practice earns above the rule, as a share of the rule's profit."""
        return (self.practice_minor - self.rule_minor) / abs(self.rule_minor)


def rivalry(
    practice: Practice,
    settings: WorldSettings,
    seed: int,
    *,
    before_days: int,
    days: int,
    every_days: int,
    min_days: Sequence[float],
    extra_days: Sequence[float],
) -> Rivalry:
    """Let the practice and the tuned rule run the same store.

    Args:
        before_days: how long the store has lived before the half year that the rule is tuned on.
        days: how long they run it, after the ``TUNING_DAYS`` that the rule is tuned on.
        every_days: the practice decides every so many days; the rule looks at the stock daily.
        min_days, extra_days: the grid of the tuning.
    """
    world = World(settings, seed)
    history: dict[str, list[pa.Table]] = defaultdict(list)
    for _ in range(before_days):
        _keep(history, world.step(world.today, FIRST_RULE(world.today, world.book)))
    rule = tune_minmax(world, TUNING_DAYS, min_days=min_days, extra_days=extra_days)
    for _ in range(TUNING_DAYS):
        _keep(history, world.step(world.today, FIRST_RULE(world.today, world.book)))
    rule_minor = try_out(world, days, rule)
    beside = None if "purchase_order" in practice.manifest.commands else rule
    first, made = world.today, 0
    for day in range(days):
        proposals = practice_proposals(practice, world, history) if day % every_days == 0 else ()
        made += len(proposals)
        _keep(history, world.step(world.today, (*commands_joined(proposals), *_usual(beside, world))))
    practice_minor = world.truth.profit(Period(first, world.today)).total_minor
    return Rivalry(practice_minor, rule_minor, rule, made)


def practice_proposals(practice: Practice, world: World, history: Mapping[str, list[pa.Table]]) -> tuple[Proposal, ...]:
    """What the practice proposes this morning by its default policy, from the facts of the days so far."""
    return practice_morning(practice, world, history)[0]


def practice_morning(
    practice: Practice, world: World, history: Mapping[str, list[pa.Table]], model: object = None
) -> tuple[tuple[Proposal, ...], object]:
    """What it proposes and the model that it stands on.

    Args:
        model: what was learned before; None learns anew.
    """
    store = world.settings.store.id
    tables = {name: pa.concat_tables(parts, promote_options="default") for name, parts in history.items()}
    named = {name: rows.append_column("store", pa.array([store] * len(rows))) for name, rows in tables.items()}
    policy = practice.policy()
    with FactReader.from_arrow(named, threads=1) as facts:
        inputs = practice.read(facts, store, world.today, policy)
    learned = practice.fit(inputs, policy, 1) if model is None else model
    decision = practice.decide(inputs, learned, policy, world.today, np.random.default_rng(1))
    return decision.proposals, learned


def commands_joined(proposals: Sequence[Proposal]) -> tuple[Command, ...]:
    """The commands as a buyer sends them: what goes to one supplier goes in one order."""
    orders: dict[str, list[Mapping[str, Value]]] = defaultdict(list)
    found = []
    for command in (proposal.command for proposal in proposals):
        supplier, lines = command.params.get("supplier"), command.params.get("lines")
        if command.kind == "purchase_order" and isinstance(supplier, str) and isinstance(lines, tuple):
            orders[supplier].extend(lines)
        else:
            found.append(command)
    joined = [Command("purchase_order", 1, {"supplier": name, "lines": tuple(lines)}) for name, lines in orders.items()]
    return (*found, *joined)


def _usual(rule: Rule | None, world: World) -> tuple[Command, ...]:
    return tuple(rule(world.today, world.book)) if rule else ()


def _keep(history: dict[str, list[pa.Table]], tables: Mapping[str, pa.Table]) -> None:
    for name, rows in tables.items():
        history[name].append(rows)
