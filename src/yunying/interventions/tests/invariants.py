"""What holds of a ledger after every step, whatever was done to it."""

from itertools import pairwise

from django.db.models import Sum

from yunying.audit.log import audit_problems
from yunying.interventions import states
from yunying.interventions.budgets import budget_problems
from yunying.interventions.models import Budget, BudgetEntry, Intervention, Outbox, ReceiptRow, Transition

LIVE = ("waiting", "sending")


def ledger_problems(store: str) -> list[str]:
    """Everything that does not hold; nothing if all does."""
    found = [*audit_problems(store)]
    for budget in Budget.objects.filter(store=store):
        found += budget_problems(budget)
        if budget.stops and not 0 <= budget.reserved_minor + budget.spent_minor <= budget.cap_minor:
            found.append(f"{budget} has passed its cap.")
        held = BudgetEntry.objects.filter(budget=budget).values("intervention").annotate(held=Sum("reserved_minor"))
        mine = {each["intervention"]: each["held"] for each in held if each["held"]}
        rows = {row.pk: row.reserved_minor for row in Intervention.objects.filter(pk__in=mine)}
        if mine != rows:
            found.append(f"{budget}: its entries hold {mine}, its interventions say {rows}.")
    for row in Intervention.objects.filter(store=store, reserved_minor__gt=0):
        if not BudgetEntry.objects.filter(intervention=row).exists():
            found.append(f"{row.pk}: reserved in no budget.")
    for row in Intervention.objects.filter(store=store):
        found += [f"{row.pk} ({row.state}): {what}" for what in _row_problems(row)]
    return found


def _row_problems(row: Intervention) -> list[str]:
    entries = list(Outbox.objects.filter(intervention=row))
    live = [each for each in entries if each.purpose == "apply" and each.state in LIVE]
    done = [each for each in entries if each.purpose == "apply" and each.state == "done"]
    undoing = [each for each in entries if each.purpose == "undo" and each.state in LIVE]
    steps = list(Transition.objects.filter(intervention=row).order_by("revision"))
    problems = []
    if len(live) != (row.state in states.RUNNING):
        problems.append(f"{len(live)} live entries")
    if len(undoing) != row.is_reverting:
        problems.append(f"{len(undoing)} entries take it back, is_reverting is {row.is_reverting}")
    if len(done) != (row.state in (*states.DONE, states.REVERTED)) and row.origin != "observed":
        problems.append(f"{len(done)} commands done")
    if ReceiptRow.objects.filter(outbox__intervention=row).count() != len([e for e in entries if e.state == "done"]):
        problems.append("receipts and done entries differ")
    if [each.revision for each in steps] != list(range(1, row.revision + 1)):
        problems.append(f"revision {row.revision}, steps {[each.revision for each in steps]}")
    if steps and steps[-1].to_state != row.state:
        problems.append(f"its last step led to {steps[-1].to_state}")
    for before, after in pairwise(steps):
        if after.from_state != before.to_state:
            problems.append(f"step {after.revision} does not follow step {before.revision}")
        if after.to_state != after.from_state and after.to_state not in states.FOLLOWS[after.from_state]:
            problems.append(f"{after.from_state} is never followed by {after.to_state}")
    if row.reserved_minor and row.state not in states.RUNNING:
        problems.append(f"{row.reserved_minor} still reserved")
    return problems
