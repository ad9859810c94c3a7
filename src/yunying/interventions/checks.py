"""What the ledger refuses before it writes: amounts beyond all bounds, proposals that are not a practice's to make."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from yunying.interventions.models import Intervention, Store
from yunying.kernel.command_schema import LARGEST_MONEY, command_check
from yunying.kernel.errors import OperatorError
from yunying.kernel.proposal import Proposal

_MOST_ID_CHARS = 120
_BATCH = 500
_MEND = "Mend the practice; its open proposals stay as they are."


def amount_check(what: str, *amounts_minor: int | None, least: int = 0) -> None:
    """Refuse an amount that no ledger can hold; None is no amount.

    Raises:
        OperatorError: one of them is out of bounds.
    """
    for amount in amounts_minor:
        if amount is not None and not least <= amount <= LARGEST_MONEY:
            raise OperatorError(
                "bad-amount", f"{what}: {amount} minor units are out of bounds.",
                f"Give a whole number from {least} to {LARGEST_MONEY}.",
            )  # fmt: skip


def proposals_check(store: Store, practice: str, proposals: Sequence[Proposal], as_of: date) -> None:
    """Refuse a run of which one proposal does not fit: it is another's, its money or command is wrong, its id is used.

    Raises:
        OperatorError: the first thing that is wrong, with the proposal's id.
    """
    counts = Counter(each.id for each in proposals)
    twice = next((identity for identity, count in counts.items() if count > 1), None)
    if twice is not None:
        raise _refusal(practice, twice, "it stands twice in one run")
    for each in proposals:
        wrong = _wrong(store, practice, each, as_of)
        if wrong:
            raise _refusal(practice, each.id, wrong)
        command_check(each.command)
        effect = each.effect
        try:
            amount_check("cost", each.cost_minor)
            amount_check(
                "effect", effect.low_minor, effect.mid_minor, effect.high_minor, each.delay_loss_minor,
                least=-LARGEST_MONEY,
            )  # fmt: skip
        except OperatorError as error:
            raise _refusal(practice, each.id, error.what.rstrip(".")) from error
    _refuse_used_ids(store.slug, practice, list(counts), as_of)


def _wrong(store: Store, practice: str, each: Proposal, as_of: date) -> str:
    if (each.store, each.practice, each.as_of) != (store.slug, practice, as_of):
        return f"it is of {each.practice} for {each.store} on {each.as_of}"
    if each.currency != store.currency:
        return f"it counts in {each.currency}, the store in {store.currency}"
    return "" if 0 < len(each.id) <= _MOST_ID_CHARS else f"its id has {len(each.id)} characters"


def _refuse_used_ids(store: str, practice: str, ids: Sequence[str], as_of: date) -> None:
    for at in range(0, len(ids), _BATCH):
        rows = Intervention.objects.filter(store=store, proposal__in=ids[at : at + _BATCH])
        used = rows.exclude(practice=practice, as_of=as_of).values_list("proposal", flat=True).first()
        if used is not None:
            raise _refusal(practice, used, "its id was used on another day or by another practice")


def _refusal(practice: str, identity: str, wrong: str) -> OperatorError:
    return OperatorError("bad-proposal", f"{practice} proposed {identity[:60]!r}: {wrong}.", _MEND)
