"""How each kind of writing is moderated, as the operator set it."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from yunying.audit.log import Change, audit_record
from yunying.kernel.errors import OperatorError
from yunying.portal.moderation.models import MODES, KindRule

KINDS = ("comment", "reply", "thread", "guestbook")
"""What goes through the queue; a room that submits another kind adds it here."""


@dataclass(frozen=True)
class Rule:
    """Whether a kind is shown before or after somebody looked, and from which probability on it waits in any case."""

    mode: str = "after"
    hold_from: float = 0.5


USUAL = {"guestbook": Rule("before")}


def rule_of(site: str, kind: str) -> Rule:
    """The rule of a kind."""
    row = KindRule.objects.filter(site=site, kind=kind).first()
    return Rule(row.mode, row.hold_from) if row else USUAL.get(kind, Rule())


def rule_set(site: str, kind: str, rule: Rule, actor: str, now: datetime) -> None:
    """Set a kind's rule; what waits already goes on waiting."""
    if kind not in KINDS or rule.mode not in MODES or not 0 <= rule.hold_from <= 1:
        raise OperatorError("no-rule", "This is no rule.", "Choose a mode, and a share from 0 to 1.")
    with transaction.atomic():
        before = rule_of(site, kind)
        told = {"mode": rule.mode, "hold_from": rule.hold_from}
        KindRule.objects.update_or_create(site=site, kind=kind, defaults=told)
        change = Change("moderation-rule", f"kind/{kind}", after=told,
                        before={"mode": before.mode, "hold_from": before.hold_from})  # fmt: skip
        audit_record(site, actor, now, [change])
