"""Submitting what somebody wrote: limits, a look, a place in the queue, all in the writer's transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from yunying.accounts.people import Person
from yunying.kernel.errors import InternalError, OperatorError
from yunying.portal.moderation.facts import submissions_tell
from yunying.portal.moderation.judging import Verdict, judge
from yunying.portal.moderation.models import LinkedHost, MemberTrust, SketchHash, Submission
from yunying.portal.moderation.rates import rate_take
from yunying.portal.moderation.trust import LEAST_TYPING, trust_of, trust_silence, turn_take

MOST_CHARS, MOST_TITLE_CHARS = 5_000, 120
GUEST_POSTS, GUEST_SPAN = 3, timedelta(minutes=10)


@dataclass(frozen=True)
class Written:
    """What somebody sent: what it is and where, who wrote it, from which address, and how long it took to type."""

    site: str
    kind: str
    place: str
    text: str
    title: str = ""
    person: Person | None = None
    name: str = ""
    address: str = ""
    typed: timedelta | None = None
    is_thread: bool = False
    is_by_staff: bool = False


def submission_make(written: Written, now: datetime) -> Submission:
    """Put something into the queue, shown at once if nothing speaks against it; in the caller's transaction.

    Raises:
        OperatorError: it is empty, too long, comes too fast, or has what nobody may write here.
    """
    if not transaction.get_connection().in_atomic_block:
        raise InternalError("a submission belongs to the transaction of the post itself")
    if not written.text.strip():
        raise OperatorError("nothing-said", "There is no text.", "Write something.")
    if len(written.text) > MOST_CHARS or len(written.title) > MOST_TITLE_CHARS:
        raise OperatorError("too-long", "This is too long.", "Write less, or in several posts.")
    if written.is_by_staff:
        row = _kept(written, Verdict((), None, False, (), ()), now)
        submissions_tell(written.site, [row.pk], now, is_by_staff=True)
        return row
    trust = _turn(written, now)
    verdict = judge(written.site, written.kind, written.title, written.text, trust, now)
    is_first = not Submission.objects.filter(site=written.site, person=written.person).exists()
    row = _kept(written, verdict, now)
    submissions_tell(written.site, [row.pk], now, is_by_staff=False)
    if trust is not None and is_first and written.typed is not None and written.typed < LEAST_TYPING:
        # Nobody types a first post that fast. What was written is kept, for somebody to look at.
        trust_silence(trust, "typed-too-fast", now)
    return row


def _turn(written: Written, now: datetime) -> MemberTrust | None:
    if written.person is None:
        if not rate_take(f"guest/{written.site}/{written.address}", GUEST_POSTS, GUEST_SPAN, now):
            raise OperatorError("too-fast", "You write too fast.", "Wait a moment, then send it again.")
        return None
    trust = trust_of(written.site, written.person, now)
    turn_take(trust, now, is_thread=written.is_thread, address=written.address)
    return trust


def _kept(written: Written, verdict: Verdict, now: datetime) -> Submission:
    is_shown = not verdict.waits
    row = Submission.objects.create(
        site=written.site, kind=written.kind, place=written.place, person=written.person, name=written.name[:150],
        title=written.title, text=written.text, state="shown" if is_shown else "waiting", flags=list(verdict.flags),
        probability=verdict.probability, made_at=now, decided_at=now if is_shown else None,
        decided_by="system" if is_shown else "",
    )  # fmt: skip
    SketchHash.objects.bulk_create(SketchHash(site=written.site, submission=row, value=each) for each in verdict.sketch)
    LinkedHost.objects.bulk_create(
        LinkedHost(site=written.site, submission=row, host=each[:253]) for each in verdict.hosts
    )
    return row
