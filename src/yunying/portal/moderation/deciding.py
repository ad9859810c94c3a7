"""Decisions on what waits, reports of readers, and appeals of writers."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from yunying.accounts.people import Person
from yunying.audit.log import Change, audit_record
from yunying.kernel.errors import OperatorError
from yunying.portal.moderation.facts import submissions_tell
from yunying.portal.moderation.models import MemberTrust, Report, Submission
from yunying.portal.moderation.trust import REPORTS_THAT_SILENCE, trust_of, trust_silence

REASONS = ("fine", "spam", "offensive", "off-topic", "illegal", "personal-data", "advertising", "copy", "other")
MOST_AT_ONCE = 200


def submissions_decide(
    site: str, numbers: Collection[int], *, is_shown: bool, reason: str, actor: str, now: datetime, note: str = ""
) -> int:
    """Show or hide submissions; how many changed. Each one is told in the audit log, and counts for its author's trust.

    Raises:
        OperatorError: the reason is none of ``REASONS``, or these are too many at once.
    """
    if reason not in REASONS or (reason == "fine") != is_shown:
        raise OperatorError("no-reason", "The reason is missing.", "Choose one.")
    if len(numbers) > MOST_AT_ONCE:
        raise OperatorError("too-many", "These are too many at once.", "Choose fewer.")
    state, changes, steps = "shown" if is_shown else "hidden", [], {}
    told_of: list[int] = []
    with transaction.atomic():
        rows = Submission.objects.select_for_update(no_key=True).filter(site=site, pk__in=list(numbers)).order_by("pk")
        for row in rows:
            is_settled = not row.reports and row.appealed_at is None and row.decided_by not in ("", "system")
            if row.state == state and is_settled:
                continue
            _counted(steps, row, state)
            told_of.append(row.pk)
            Submission.objects.filter(pk=row.pk).update(
                state=state, decided_at=now, decided_by=actor, reason=reason, note=note[:500], reports=0,
                appealed_at=None,
            )  # fmt: skip
            changes.append(Change(f"submission-{'show' if is_shown else 'hide'}", f"submission/{row.pk}", reason=reason,
                                  before={"state": row.state}, after={"state": state, "note": note[:500]}))  # fmt: skip
        for person, (shown, hidden) in sorted(steps.items()):
            told = {"shown": F("shown") + shown, "hidden": F("hidden") + hidden}
            MemberTrust.objects.filter(site=site, person=person).update(**told)
        audit_record(site, actor, now, changes)
        submissions_tell(site, told_of, now)
    return len(changes)


def submission_report(submission: Submission, person: Person, reason: str, now: datetime) -> bool:
    """A reader says, once, that something breaks the rules; three let it wait and silence its author."""
    if reason not in REASONS:
        raise OperatorError("no-reason", "The reason is missing.", "Choose one.")
    try:
        with transaction.atomic():
            Report.objects.create(submission=submission, person=person, reason=reason, made_at=now)
    except IntegrityError:
        return False
    with transaction.atomic():
        row = Submission.objects.select_for_update(no_key=True).get(pk=submission.pk)
        Submission.objects.filter(pk=row.pk).update(reports=F("reports") + 1)
        if row.reports + 1 >= REPORTS_THAT_SILENCE and row.state == "shown":
            Submission.objects.filter(pk=row.pk).update(state="waiting", decided_at=None, decided_by="")
            if row.person_id is not None:
                trust_silence(trust_of(row.site, row.person, now), "reported", now)
            change = Change("submission-reported", f"submission/{row.pk}", after={"reports": row.reports + 1})
            audit_record(row.site, "system", now, [change])
            submissions_tell(row.site, [row.pk], now)
    return True


def submission_appeal(submission: Submission, person: Person, text: str, now: datetime) -> None:
    """An author asks once to look again at what was hidden; it stays hidden until then.

    Raises:
        OperatorError: it is not his, not hidden, or was appealed before.
    """
    if not text.strip():
        raise OperatorError("nothing-said", "There is no text.", "Write something.")
    rows = Submission.objects.filter(pk=submission.pk, person=person, state="hidden", appeal="")
    if not rows.update(appeal=text.strip()[:1000], appealed_at=now):
        raise OperatorError("no-appeal", "There is nothing to appeal against.", "Look at your posts.")


def _counted(steps: dict[int, tuple[int, int]], row: Submission, state: str) -> None:
    """What a decision changes of its author's counts: only what people decided counts."""
    if row.person_id is None:
        return
    was: Mapping[str, int] = {row.state: 1} if row.decided_by not in ("", "system") else {}
    shown, hidden = steps.get(row.person_id, (0, 0))
    steps[row.person_id] = (
        shown + (state == "shown") - was.get("shown", 0),
        hidden + (state == "hidden") - was.get("hidden", 0),
    )
