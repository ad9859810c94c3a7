"""Plan: every practice speaks on one snapshot; the proposals come in the order of what a day of delay loses."""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.db import DatabaseError

from yunying.facts.reader import FactReader
from yunying.facts.stores import store_settings
from yunying.kernel.errors import InternalError, OperatorError
from yunying.kernel.json_form import to_plain
from yunying.kernel.proposal import Decision
from yunying.loop.code_version import code_version
from yunying.loop.fitting import Fit, Learner
from yunying.loop.home import Home
from yunying.loop.policies import policies_of
from yunying.loop.runs import Run, run_id, run_load, run_save
from yunying.practices.manifest import Practice, practice_named, practices_found

_log = logging.getLogger("yunying.loop")
SEED = 20_260_101
"""The seed of every plan that names none; a plan is a function of its inputs, so chance must be one of them."""


@dataclass(frozen=True)
class Plan:
    """A run and the decision behind it.

    Args:
        controls: the ids of the proposals of an old rule.
        failed: by practice, what kept it from speaking.
    """

    run: Run
    decision: Decision
    controls: frozenset[str] = frozenset()
    failed: Mapping[str, Exception] = field(default_factory=dict)


HoldOut = Callable[[FactReader, Practice, Decision], Collection[str]]
"""Which subjects of a practice keep the old rule, given what it would propose."""


def nobody_held_out(facts: FactReader, practice: Practice, decision: Decision) -> Collection[str]:
    """Every subject is treated."""
    return ()


def plan_make(
    home: Home,
    store: str,
    *,
    as_of: date | None,
    made_at: datetime,
    practices: Sequence[str] | Mapping[str, Practice] | None = None,
    snapshot: int | None = None,
    seed: int = SEED,
    policies: Mapping[str, Any] | None = None,
    hold_out: HoldOut = nobody_held_out,
    is_tolerant: bool = False,
    fits: Mapping[str, Fit] | None = None,
    progress: Callable[[str], None] = lambda step: None,
) -> Plan:
    """Decide for a store as of a day, on the newest snapshot unless one is named, and keep the run.

    Args:
        as_of: None for the day after the store's last order or stock count.
        made_at: the moment, recorded with the run only.
        practices: their slugs, or loaded ones; every one there is if none is named.
        policies: by practice; None for the store's settings file.
        hold_out: says which subjects keep the old rule.
        is_tolerant: a practice that fails is left out and told, instead of raising.
        fits: by practice, what its model is learned from once more; where none is given, ``loop.fitting`` decides.

    Raises:
        OperatorError: the store has no facts, or a setting does not fit.
    """
    chosen = _chosen(practices)
    failed: dict[str, Exception] = {}
    with home.facts.read([store], snapshot=snapshot) as facts:
        store_settings(facts, store)
        day = as_of or day_after_last(facts, store)
        policies = policies_of(home, store, chosen) if policies is None else policies
        code = code_version()
        spoken = {}
        for slug, practice in chosen.items():
            progress(practice.manifest.title_en)
            try:
                learner = Learner(home, practice, store, policies[slug], seed, code)
                spoken[slug] = _decide(facts, learner, day, hold_out, (fits or {}).get(slug))
            except Exception as error:  # a practice is somebody's code: it may fail in any way
                if not is_tolerant or isinstance(error, DatabaseError):
                    raise
                _log.exception("%s failed for %s on %s", slug, store, day)
                failed[slug] = error
    plain_policies = to_plain({slug: policies[slug] for slug in spoken})
    decision = _joined([each.decision for each in spoken.values()])
    models = {slug: each.fit.model for slug, each in spoken.items()}
    held_out = {slug: each.held_out for slug, each in spoken.items() if each.held_out}
    identity = run_id(store, facts.snapshot, day.isoformat(), seed, code, [plain_policies, held_out, models])
    run = Run(
        id=identity,
        made_at=made_at.isoformat(),
        store=store,
        snapshot=facts.snapshot,
        as_of=day.isoformat(),
        seed=seed,
        practices=tuple(spoken),
        code=code,
        policies=plain_policies,
        models=models,
        decision=to_plain(decision),
        held_out=held_out,
        fits={slug: vars(each.fit) for slug, each in spoken.items()},
    )
    run_save(home, run)
    return Plan(run, decision, frozenset().union(*(each.controls for each in spoken.values())), failed)


def plan_replay(home: Home, identity: str, *, made_at: datetime) -> list[str]:
    """Make a kept run again from its snapshot; returns what differs, nothing if it is identical to the bit.

    Raises:
        OperatorError: the run or its snapshot is not kept.
    """
    kept = run_load(home, identity)
    again = plan_make(
        home,
        kept.store,
        as_of=date.fromisoformat(kept.as_of),
        made_at=made_at,
        practices=kept.practices,
        snapshot=kept.snapshot,
        seed=kept.seed,
        hold_out=lambda facts, practice, decision: kept.held_out.get(practice.manifest.slug, ()),
        fits={slug: Fit(**fit) for slug, fit in kept.fits.items()},
    ).run
    differs = [
        f"{name}: {kept.code.get(name)} then, {value} now"
        for name, value in again.code.items()
        if kept.code.get(name) != value
    ]
    differs += [f"model of {slug} differs" for slug, value in again.models.items() if kept.models.get(slug) != value]
    differs += _setting_differences(kept.policies, again.policies)
    return differs + _decision_differences(kept.decision, again.decision)


def day_after_last(facts: FactReader, store: str) -> date:
    """The day after the store's last order or stock count: the natural day to decide for.

    Raises:
        OperatorError: there is neither.
    """
    dates = []
    for name in ("order_line", "stock_level"):
        table = facts.table(name)
        dates.append(facts.to_arrow(table.filter(table.store == store).date.max()).as_py())
    known = [day for day in dates if day is not None]
    if not known:
        raise OperatorError(
            "no-dates", f"Store {store!r} has no orders and no stock yet.", "Import an order export, or give --as-of."
        )
    last: date = max(known)
    return last + timedelta(days=1)


@dataclass(frozen=True)
class _Spoken:
    """What one practice said: its decision with the old rule's proposals for what is held out."""

    decision: Decision
    fit: Fit
    held_out: tuple[str, ...]
    controls: frozenset[str]


def _decide(facts: FactReader, learner: Learner, day: date, hold_out: HoldOut, given: Fit | None) -> _Spoken:
    practice, store, policy, seed = learner.practice, learner.store, learner.policy, learner.seed
    inputs = practice.read(facts, store, day, policy)
    model, fit = learner.model(facts, day, inputs) if given is None else learner.again(given)
    decision = _own(practice.decide(inputs, model, policy, day, np.random.default_rng(seed)), practice, store)
    held_out = tuple(sorted(hold_out(facts, practice, decision)))
    if not held_out:
        return _Spoken(decision, fit, (), frozenset())
    treated = tuple(each for each in decision.proposals if each.subject not in held_out)
    old = Decision((), ())
    if practice.control is not None:
        old = practice.control(inputs, model, policy, day, np.random.default_rng(seed), frozenset(held_out))
        old = _own(old, practice, store)
    joined = _joined([Decision(treated, decision.abstentions), old])
    return _Spoken(joined, fit, held_out, frozenset(each.id for each in old.proposals))


def _chosen(practices: Sequence[str] | Mapping[str, Practice] | None) -> Mapping[str, Practice]:
    if isinstance(practices, Mapping):
        return practices
    return {slug: practice_named(slug) for slug in practices} if practices else practices_found()


def _own(decision: object, practice: Practice, store: str) -> Decision:
    """The decision, if it is one, and speaks for the practice and the store that were asked and for no other."""
    slug = practice.manifest.slug
    if not isinstance(decision, Decision):
        raise InternalError(f"{slug} answered with a {type(decision).__name__}, not with a Decision")
    foreign = next((each for each in decision.proposals if (each.practice, each.store) != (slug, store)), None)
    if foreign is not None:
        raise InternalError(f"{slug} proposed {foreign.id!r} for {foreign.practice} in {foreign.store}")
    return decision


def _joined(decisions: Sequence[Decision]) -> Decision:
    proposals = [proposal for decision in decisions for proposal in decision.proposals]
    proposals.sort(key=lambda each: (-each.delay_loss_minor, -each.effect.mid_minor, each.practice, each.subject))
    return Decision(tuple(proposals), tuple(a for decision in decisions for a in decision.abstentions))


def _setting_differences(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    return [
        f"setting {slug}.{name}: {then.get(slug, {}).get(name)} then, {value} now"
        for slug, policy in now.items()
        for name, value in policy.items()
        if then.get(slug, {}).get(name) != value
    ]


def _decision_differences(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    if then == now:
        return []
    before = {proposal["id"]: proposal for proposal in then["proposals"]}
    after = {proposal["id"]: proposal for proposal in now["proposals"]}
    found = [f"proposal {identity} is gone" for identity in before if identity not in after]
    found += [f"proposal {identity} is new" for identity in after if identity not in before]
    for identity in before.keys() & after.keys():
        names = [name for name, value in before[identity].items() if after[identity].get(name) != value]
        found += [f"proposal {identity}: {', '.join(names)} differ"] if names else []
    if then["abstentions"] != now["abstentions"]:
        found.append("the abstentions differ")
    return sorted(found) or ["the order of the proposals differs"]
