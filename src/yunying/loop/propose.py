"""Propose: a day's plan goes into the ledger, with what the last ones really brought, and reports go to the desk."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from yunying.interventions.desk_facts import report_save
from yunying.interventions.effects import practice_results
from yunying.interventions.proposing import Drawn, Recorded, proposals_expire, proposals_record
from yunying.kernel.errors import OperatorError, YunyingError
from yunying.kernel.evidence import Sentence
from yunying.kernel.money import to_major
from yunying.kernel.proposal import Proposal
from yunying.kernel.results import Abstention
from yunying.loop.desk_policies import policy_at_the_desk
from yunying.loop.draw import Drawing
from yunying.loop.home import Home
from yunying.loop.plan import Plan, plan_make
from yunying.loop.sites import store_day
from yunying.org.scope import Piece
from yunying.practices.manifest import practices_loadable

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Proposed:
    """What became of a day's plan in the ledger; ``failed`` says by practice what kept it from being recorded."""

    plan: Plan
    recorded: Mapping[str, Recorded]
    failed: Mapping[str, str]


def propose_store(
    home: Home, store: str, *, made_at: datetime, run: Any = None, progress: Progress = lambda step, share: None
) -> Proposed:
    """Decide for the store's day and record the proposals; the same day again changes nothing that people decided.

    A practice that fails is told, keeps what it has open, and stops no other.

    Raises:
        OperatorError: the store has no facts of a day.
    """
    day = store_day(store)
    proposals_expire(store)
    chosen, broken = practices_loadable()
    policies: dict[str, Any] = {}
    for slug, practice in chosen.items():
        try:
            policies[slug] = policy_at_the_desk(home, store, slug, practice, day)
        except OperatorError as error:
            broken[slug] = error
    drawing = Drawing(store, day)
    made = plan_make(
        home,
        store,
        as_of=day,
        made_at=made_at,
        practices={slug: chosen[slug] for slug in policies},
        policies=policies,
        hold_out=drawing,
        is_tolerant=True,
        progress=lambda step: progress(step, 0.3),
    )
    broken |= made.failed
    recorded, pieces = {}, _pieces(home, store, day)
    for slug in made.run.practices:
        progress(f"recording {slug}", 0.8)
        told = _track_record(store, slug)
        mine = [each for each in made.decision.proposals if each.practice == slug]
        drawn = [_drawn(drawing, _with_record(each, told), pieces, each.id in made.controls) for each in mine]
        try:
            recorded[slug] = proposals_record(store, slug, drawn, run, as_of=day, proofs={})
        except OperatorError as error:
            broken[slug] = error
    failed = {slug: _said(error) for slug, error in sorted(broken.items())}
    items = [
        *_abstentions(made.decision.abstentions, made.run.practices),
        *(_failure(slug, what) for slug, what in failed.items()),
    ]
    report_save(store, "abstentions", day, {"items": items})
    return Proposed(made, recorded, failed)


def _said(error: Exception) -> str:
    return str(error) if isinstance(error, YunyingError) else f"{type(error).__name__}: {error}"


def _failure(slug: str, what: str) -> dict[str, Any]:
    remedy = "Mend the practice or its settings; what it had proposed before stays open."
    remedy_zh = "请修复该职能或其设置；它之前的建议仍然有效。"
    return {"code": "practice-failed", "count": 1, "reason": what[:500], "remedy": remedy, "remedy_zh": remedy_zh,
            "subjects": [slug]}  # fmt: skip


def _drawn(drawing: Drawing, proposal: Proposal, pieces: Mapping[str, tuple[str, str]], is_control: bool) -> Drawn:
    arm = drawing.arm(proposal.practice, proposal.subject, is_control=is_control)
    trial = drawing.trials.get(proposal.practice)
    category, style = pieces.get(proposal.subject, ("", ""))
    channel = str(proposal.command.params.get("channel") or "")
    return Drawn(proposal, arm, trial, Piece(proposal.practice, category, channel, style))


def _pieces(home: Home, store: str, day: date) -> Mapping[str, tuple[str, str]]:
    """Category and style of each product, by which a store's work may be split."""
    with home.facts.read([store]) as facts:
        rows = facts.table("product")
        rows = rows.filter(rows.store == store, rows.date < day).order_by("date")
        newest = rows.group_by("product").agg(category=rows.category.last(), style=rows["style"].last())
        found = facts.to_arrow(newest).to_pylist()
    return {row["product"]: (row["category"] or "", row["style"] or "") for row in found}


def _with_record(proposal: Proposal, told: Sentence | None) -> Proposal:
    if told is None:
        return proposal
    evidence = replace(proposal.evidence, sentences=(*proposal.evidence.sentences, told))
    return replace(proposal, evidence=evidence)


def _track_record(store: str, practice: str) -> Sentence | None:
    """What the last windows of this practice really brought, beside what was expected of them."""
    results = practice_results(store, practice)
    if not results:
        return None
    newest = results[0]
    low, mid, high = (
        f"{to_major(value or 0, newest.currency):,.0f}"
        for value in (newest.low_minor, newest.mid_minor, newest.high_minor)
    )
    expected = f"{to_major(newest.expected_minor or 0, newest.currency):,.0f}"
    count, until = newest.interventions, newest.as_of
    proven = newest.low_minor is not None and newest.low_minor > 0
    en = (
        f"What the last ones brought: {count} such interventions, measured until {until}, brought "
        f"{newest.currency} {mid} ({low} to {high}) where {expected} was expected; "
        + ("a gain is proven." if proven else "that proves no gain yet.")
    )
    zh = (
        f"以往成效：截至 {until} 测量的 {count} 次同类干预实际带来 {mid} {newest.currency}（{low} 至 {high}），"
        f"预计为 {expected}；" + ("增益已证实。" if proven else "尚不能证实增益。")
    )
    return Sentence(en, zh)


def _abstentions(found: Sequence[Abstention], practices: Collection[str]) -> list[dict[str, Any]]:
    # Of a plan of one practice it is known whose they are, so that they are told to whoever holds that function only.
    own = {"practice": next(iter(practices))} if len(practices) == 1 else {}
    return [
        {
            **own,
            "code": each.code,
            "count": len(each.subjects),
            "reason": each.reason,
            "remedy": each.remedy,
            "reason_zh": each.reason_zh,
            "remedy_zh": each.remedy_zh,
            "subjects": list(each.subjects[:5]),
        }
        for each in found
    ]
