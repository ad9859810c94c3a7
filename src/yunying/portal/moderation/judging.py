"""What a text looks like before anybody has read it: flags, each with its evidence, and whether it waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from yunying.kernel.errors import OperatorError
from yunying.methods.moderation.likeness import likeness, sketch_of
from yunying.methods.text_integrity import problems_of
from yunying.portal.moderation.learning import spam_probability
from yunying.portal.moderation.links import hosts_of
from yunying.portal.moderation.models import LinkedHost, MemberTrust, SketchHash, Submission
from yunying.portal.moderation.rules import rule_of
from yunying.portal.moderation.trust import SAME_HOST_POSTS, trust_level
from yunying.portal.moderation.words import words_found

NEAR, NEAR_SPAN, MOST_COMPARED = 0.6, timedelta(days=30), 50
SAME_SPAN = timedelta(minutes=5)
MOST_LINKS_OF_NEW, MOST_LINKS = 0, 5
HOLDING = {"watched", "links", "same-host", "copy", "probability", "integrity"}
"""Flags for which a text waits, whoever wrote it; advertising words are told only."""


@dataclass(frozen=True)
class Verdict:
    """What was found: flags as ``{"code", "what"}``, the learned probability, and whether the text waits."""

    flags: tuple[dict[str, str], ...]
    probability: float | None
    waits: bool
    sketch: tuple[int, ...]
    hosts: tuple[str, ...]

    def has(self, code: str) -> bool:
        """Whether a flag was raised."""
        return any(each["code"] == code for each in self.flags)


def judge(
    site: str, kind: str, title: str, text: str, trust: MemberTrust | None, now: datetime
) -> Verdict:  # fmt: skip
    """Look at a text of a member, or of a guest where ``trust`` is None.

    Raises:
        OperatorError: it has a word that the operator forbids, or was posted just before.
    """
    whole = f"{title}\n{text}".strip()
    rule, level = rule_of(site, kind), trust_level(trust, now) if trust else 0
    sketch, hosts = sketch_of(whole), tuple(hosts_of(whole))
    flags = [*_words(site, whole), *_integrity(whole), *_links(site, hosts, trust, level)]
    copies = _copies(site, sketch, whole, trust, now)
    flags += [{"code": "copy", "what": f"#{each}"} for each in copies[:5]]
    probability = spam_probability(site, whole)
    if probability is not None and probability >= rule.hold_from:
        flags.append({"code": "probability", "what": f"{probability:.2f}"})
    waits = rule.mode == "before" or level == 0 or any(each["code"] in HOLDING for each in flags)
    if waits and level == 0:
        flags.append({"code": "new-member" if trust else "guest", "what": ""})
    return Verdict(tuple(flags), probability, waits, sketch, hosts)


def _words(site: str, text: str) -> list[dict[str, str]]:
    found = words_found(site, text)
    if "forbidden" in found:
        raise OperatorError("forbidden-word", "The text has a word that is not allowed here.", "Write it differently.")
    return [{"code": kind, "what": word} for kind, words in found.items() for word in words]


def _integrity(text: str) -> list[dict[str, str]]:
    return [{"code": "integrity", "what": f"{each.kind}: {each.excerpt}"} for each in problems_of(text)[:3]]


def _links(site: str, hosts: Sequence[str], trust: MemberTrust | None, level: int) -> list[dict[str, str]]:
    flags = []
    if len(hosts) > (MOST_LINKS_OF_NEW if level == 0 else MOST_LINKS):
        flags.append({"code": "links", "what": ", ".join(hosts[:5])})
    if trust is not None and hosts and level < 3:
        before = LinkedHost.objects.filter(site=site, host__in=hosts, submission__person=trust.person_id)
        counted = before.values("host").annotate(posts=Count("submission", distinct=True))
        flags += [
            {"code": "same-host", "what": each["host"]} for each in counted if each["posts"] >= SAME_HOST_POSTS - 1
        ]
    return flags


def _copies(site: str, sketch: tuple[int, ...], text: str, trust: MemberTrust | None, now: datetime) -> list[int]:
    """Ids of submissions that are nearly the same.

    Raises:
        OperatorError: the same member wrote the same within five minutes.
    """
    if trust is not None:
        mine = Submission.objects.filter(site=site, person=trust.person_id, made_at__gte=now - SAME_SPAN)
        if any(f"{title}\n{body}".strip() == text for title, body in mine.values_list("title", "text")):
            raise OperatorError("same-again", "You wrote just this a moment ago.", "Write something else, or wait.")
    if not sketch:
        return []
    rows = SketchHash.objects.filter(site=site, value__in=sketch, submission__made_at__gte=now - NEAR_SPAN)
    near = rows.values("submission").annotate(shared=Count("value")).filter(shared__gte=len(sketch) // 3)
    numbers = [each["submission"] for each in near.order_by("-shared", "-submission")[:MOST_COMPARED]]
    others: dict[int, list[int]] = {number: [] for number in numbers}
    for number, value in SketchHash.objects.filter(submission__in=numbers).values_list("submission", "value"):
        others[number].append(value)
    return [number for number, values in others.items() if likeness(sketch, values) >= NEAR]
