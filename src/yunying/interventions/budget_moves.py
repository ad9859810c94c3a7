"""Cap moved between budgets: recorded, audited, above the store's threshold by two people, and to be taken back."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from yunying.accounts.people import Person
from yunying.interventions.checks import amount_check
from yunying.interventions.ledger import Ledger, store_row
from yunying.interventions.models import Budget, BudgetMove
from yunying.interventions.rights import deed_check
from yunying.kernel.errors import OperatorError
from yunying.kernel.money import minor_digits
from yunying.org.grants import people_of, scope_of
from yunying.org.scope import Piece, Scope


def budget_move(
    store: str, source: int, target: int, amount_minor: int, actor: Person, *, reason: str = ""
) -> BudgetMove:
    """Move cap at once, or ask a second person where the amount needs one and there is one.

    Raises:
        OperatorError: a budget is not there or not the actor's, or the source has not so much free.
    """
    row, now = store_row(store), timezone.now()
    amount_check("amount", amount_minor, least=1)
    with transaction.atomic():
        ends = _ends(store, source, target)
        scope = _checked(actor, store, ends)
        move = BudgetMove.objects.create(
            store=store, source=ends[source], target=ends[target], amount_minor=amount_minor, reason=reason[:300],
            asked_by=actor, asked_at=now,
        )  # fmt: skip
        ledger = Ledger(store, actor, now, row.today_date or now.date())
        is_large = scope.has_rules and scope.needs_second(store, amount_minor, minor_digits(row.currency))
        if is_large and _others(store, actor, ends):
            ledger.record("move_ask", f"move/{move.pk}", reason=reason, after=_plain(move))
        else:
            _carry(move, ledger, actor, "done")
        ledger.flush()
    return move


def move_approve(store: str, id: int, actor: Person) -> None:
    """Agree to a move that somebody else asked for.

    Raises:
        OperatorError: it is not asked for any more, one's own, or does not fit any more.
    """
    with transaction.atomic():
        move, ledger = _locked(store, id, actor)
        if move.asked_by_id == actor.pk:
            raise OperatorError("own-move", "You asked for this move.", "Somebody else has to agree to it.")
        _decided(move, "asked")
        _carry(move, ledger, actor, "done")
        ledger.flush()


def move_reject(store: str, id: int, actor: Person) -> None:
    """Decline a move that was asked for; whoever asked may withdraw it so.

    Raises:
        OperatorError: it is not asked for any more.
    """
    with transaction.atomic():
        move, ledger = _locked(store, id, actor)
        _decided(move, "asked")
        _state(move, actor, "rejected")
        ledger.record("move_reject", f"move/{move.pk}", before={"state": "asked"}, after={"state": "rejected"})
        ledger.flush()


def move_revert(store: str, id: int, actor: Person) -> None:
    """Take a move back, if the budget that it went to still has so much free.

    Raises:
        OperatorError: it was not done, or what it brought is committed.
    """
    with transaction.atomic():
        move, ledger = _locked(store, id, actor)
        _decided(move, "done")
        _carry(move, ledger, actor, "reverted")
        ledger.flush()


def _carry(move: BudgetMove, ledger: Ledger, actor: Person, state: str) -> None:
    """Take the amount off one cap if it is free there, and add it to the other."""
    back = state == "reverted"
    source, target = (move.target_id, move.source_id) if back else (move.source_id, move.target_id)
    room = Budget.objects.filter(
        pk=source, cap_minor__gte=F("reserved_minor") + F("spent_minor") + move.amount_minor
    )  # fmt: skip
    if room.update(cap_minor=F("cap_minor") - move.amount_minor) != 1:
        raise OperatorError("not-free", "So much is not free in that budget.", "Move less, or cancel something first.")
    Budget.objects.filter(pk=target).update(cap_minor=F("cap_minor") + move.amount_minor)
    _state(move, actor, state)
    ledger.record("move_revert" if back else "move", f"move/{move.pk}", reason=move.reason, after=_plain(move))


def _ends(store: str, *pks: int) -> dict[int, Budget]:
    rows = Budget.objects.select_for_update(no_key=True).filter(store=store, pk__in=pks).order_by("pk")
    found = {row.pk: row for row in rows}
    if len(found) != 2:
        raise OperatorError("not-found", "There are no two such budgets in this store.", "Choose two of the list.")
    return found


def _checked(actor: Person, store: str, ends: dict[int, Budget]) -> Scope:
    scope = Scope(0, ())
    for budget in ends.values():
        scope = deed_check(actor, "budget", store, Piece(budget.practice, "", budget.channel))
    return scope


def _locked(store: str, id: int, actor: Person) -> tuple[BudgetMove, Ledger]:
    move = BudgetMove.objects.select_for_update(no_key=True).filter(store=store, pk=id).first()
    if move is None:
        raise OperatorError("not-found", "There is no such move in this store.", "Open the list again.")
    _checked(actor, store, _ends(store, move.source_id, move.target_id))
    row, now = store_row(store), timezone.now()
    return move, Ledger(store, actor, now, row.today_date or now.date())


def _decided(move: BudgetMove, wanted: str) -> None:
    if move.state != wanted:
        raise OperatorError(f"is-{move.state}", f"That move is {move.state}.", "Open the list again.")


def _state(move: BudgetMove, actor: Person, state: str) -> None:
    move.state, move.decided_by, move.decided_at = state, actor, timezone.now()
    move.save(update_fields=["state", "decided_by", "decided_at"])


def _others(store: str, actor: Person, ends: dict[int, Budget]) -> list[Person]:
    """The other people who could agree."""
    today = timezone.now().date()
    pieces = [Piece(each.practice, "", each.channel) for each in ends.values()]
    people = {person.pk: person for person, _role in people_of(store, today) if person.pk != actor.pk}
    return [each for each in people.values()
            if all(scope_of(each, today).may("budget", store, piece) for piece in pieces)]  # fmt: skip


def _plain(move: BudgetMove) -> dict[str, object]:
    return {"source": move.source_id, "target": move.target_id, "amount_minor": move.amount_minor,
            "state": move.state}  # fmt: skip
