"""What every decision must say for itself: proposals, evidence, designs and abstentions."""

from datetime import date

from yunying.kernel.proposal import Decision, Proposal
from yunying.kernel.results import Abstention
from yunying.metrics.dictionary import METRICS
from yunying.practices.manifest import Manifest


class BrokenContract(AssertionError):
    """A practice does not keep a rule of the contract; the message says what was seen."""


def hold(condition: bool, message: str) -> None:
    """Raise BrokenContract with the message unless the condition holds."""
    if not condition:
        raise BrokenContract(message)


def decision_check(manifest: Manifest, store: str, as_of: date, decision: Decision, where: str) -> None:
    """Refuse a decision that does not say what it must.

    Args:
        manifest: of the practice that decided for ``store`` as of ``as_of``.
        where: under which circumstances, for the message.

    Raises:
        BrokenContract: the first thing that is missing or does not fit.
    """
    ids = [each.id for each in decision.proposals]
    hold(len(ids) == len(set(ids)), "two proposals share an id")
    losses = [each.delay_loss_minor for each in decision.proposals]
    hold(losses == sorted(losses, reverse=True), "proposals are not in the order of what a day of delay loses")
    for proposal in decision.proposals:
        named = f"proposal {proposal.id} {where}:"
        _check_worth(manifest, store, as_of, proposal, named)
        _check_evidence(manifest, as_of, proposal, named)
        _check_design(manifest, proposal, named)
    reasons_check(decision, where)


def _check_worth(manifest: Manifest, store: str, as_of: date, proposal: Proposal, where: str) -> None:
    effect = proposal.effect
    hold((proposal.practice, proposal.store) == (manifest.slug, store), f"{where} names another practice")
    hold(proposal.as_of == as_of < proposal.expires_date, f"{where} expires by {proposal.expires_date}")
    hold(effect.low_minor <= effect.mid_minor <= effect.high_minor, f"{where} effect is not ordered: {effect}")
    hold(proposal.cost_minor >= 0, f"{where} costs {proposal.cost_minor}")
    hold(proposal.delay_loss_minor >= 0, f"{where} delay loses {proposal.delay_loss_minor}")
    hold(proposal.effect_days > 0, f"{where} has an effect over {proposal.effect_days} days")
    hold(proposal.command.kind in manifest.commands, f"{where} {proposal.command.kind} is not in the manifest")
    hold(bool(proposal.title_en.strip() and proposal.title_zh.strip()), f"{where} lacks a title")


def _check_evidence(manifest: Manifest, as_of: date, proposal: Proposal, where: str) -> None:
    evidence = proposal.evidence
    hold(bool(evidence.sentences) and all(each.en.strip() and each.zh.strip() for each in evidence.sentences),
          f"{where} evidence lacks a sentence in both languages")  # fmt: skip
    hold(bool(evidence.facts), f"{where} evidence names no facts")
    for used in evidence.facts:
        known = used.table in manifest.facts and used.rows > 0
        dated = date.fromisoformat(used.from_date) <= date.fromisoformat(used.to_date) < as_of
        hold(known and dated, f"{where} evidence names {used}")
    for table in evidence.tables:
        hold(all(len(row) == len(table.header) for row in table.rows), f"{where} table {table.title} is ragged")
    for series in evidence.series:
        hold(len(series.dates) == len(series.values) > 0, f"{where} series {series.title} is ragged")


def _check_design(manifest: Manifest, proposal: Proposal, where: str) -> None:
    design = proposal.design
    named = {design.metric, *design.guardrails, manifest.kpi}
    hold(named <= set(METRICS), f"{where} metrics {sorted(named - set(METRICS))} are not in the dictionary")
    hold(0 <= design.holdout_rate < 1 and design.window_days > 0 and bool(design.control), f"{where} {design}")


def reasons_check(decision: Decision, where: str) -> None:
    """Refuse abstentions that lack a code, a reason, a remedy or the order of their subjects."""
    for each in decision.abstentions:
        hold(_is_complete(each), f"{where}: the abstention lacks code, reason, remedy or order: {each}")


def _is_complete(abstention: Abstention) -> bool:
    said = bool(abstention.code and abstention.reason.strip() and abstention.remedy.strip())
    return said and list(abstention.subjects) == sorted(abstention.subjects)
