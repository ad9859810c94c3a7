"""One turn of the watch: all rows and files, and as many pages as are due so that each is seen within ten minutes."""

import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.http.request import validate_host
from django.urls import reverse

from yunying.audit.log import Change, audit_record
from yunying.kernel.errors import OperatorError
from yunying.portal.news.articles import home_page
from yunying.portal.news.following import CHAIN
from yunying.portal.watch.assets import asset_findings, nowhere_findings
from yunying.portal.watch.begin import editors_told, unsealed_seal
from yunying.portal.watch.files import files_digests, files_findings, media_findings, pictures_findings
from yunying.portal.watch.findings import Finding
from yunying.portal.watch.incidents import incidents_record
from yunying.portal.watch.looks import Target, look
from yunying.portal.watch.mails import incidents_mail
from yunying.portal.watch.memory import Memory, memory_is_kept, memory_read, memory_write
from yunying.portal.watch.models import Look
from yunying.portal.watch.readers import DESKTOP
from yunying.portal.watch.rows import rows_findings, seals_known
from yunying.portal.watch.site import Answer, Fetch, made_here, over_http, site_address, site_host
from yunying.portal.watch.targets import PARTS, Tree, around

ROUND = timedelta(minutes=8)
"""Each page is looked at once in so long; with the time that a turn takes, that is within ten minutes."""
LEAST_PAGES = 10
SETTLE_SECONDS = 2.0
"""An editor's deed may be half written; what is still so a moment later is looked at again."""
MOST_AGAIN = 12
TURN, AWAY = "turn", "away"
PATIENCE = timedelta(minutes=5)


@dataclass(frozen=True)
class Turn:
    """What one turn did: pages that were looked at, of how many, and how many incidents it confirmed."""

    looked: int
    pages: int
    confirmed: int


def watch_turn(now: datetime, fetch: Fetch | None = None, *, settle: float = SETTLE_SECONDS) -> Turn:
    """Look once.

    Args:
        fetch: how the site is asked; by default over HTTP at the operator's address, else in this process.

    Raises:
        OperatorError: nobody has begun the watch, or what it kept outside the database was altered.
    """
    tree = Tree()
    if home_page() is None and not tree.seals:
        return Turn(0, 0, 0)
    memory = _memory(now)
    asked = fetch or _fetch_of_the_site()
    away = _away(asked, now)
    due = pages_due(tree, now) if away is None else ()
    part = int(now.timestamp() // ROUND.total_seconds()) % PARTS
    targets = [*(tree.target(subject, part) for subject in due), *(around() if away is None else ())]
    beside = _beside(due, tree, asked) if away is None else []
    first = [*_still(memory, part), *_looked(targets, asked, tree), *beside, *(away or ())]
    again = _again(first, memory, part, targets, asked, settle, due) if first else []
    confirmed = incidents_record(first, [*again, *(away or ())], now)
    _remember(memory, [*first, *again])
    _marked(tree, due, now)
    incidents_mail(now)
    return Turn(len(due), len(tree.paths), len(confirmed))


def watch_begin(now: datetime, actor: str) -> int:
    """Take what stands now as published: seal what has no seal, and keep the digests of files; how many seals it took.

    What differs from a seal that is there stays an incident; only somebody who looked at it may say that it is ours.
    """
    count = unsealed_seal()
    editors_told()
    memory_write(Memory(files_digests(), seals_known()))
    after = {"sealed": count}
    audit_record(CHAIN, actor, now, [Change("watch-begin", "portal", after=after)])
    return count


def pages_due(tree: Tree, now: datetime) -> Sequence[str]:
    """The pages whose turn it is, those first that were not looked at for longest."""
    looked = dict(Look.objects.values_list("path", "looked_at"))
    last = looked.get(TURN)
    share = 1.0 if last is None else min(max((now - last) / ROUND, 0.0), 1.0)
    count = max(math.ceil(share * len(tree.paths)), LEAST_PAGES)
    never = datetime.min.replace(tzinfo=now.tzinfo)
    return sorted(tree.paths, key=lambda subject: (looked.get(subject, never), subject))[:count]


def is_begun() -> bool:
    """Whether a turn was ever done; the database and the files must both have forgotten it to say no."""
    return Look.objects.exists() or memory_is_kept()


def _memory(now: datetime) -> Memory:
    """What was kept outside the database; where it is gone or altered, that is an alarm of its own."""
    try:
        memory = memory_read()
        problem = OperatorError("watch-not-begun", "The watch has nothing to compare with.", "Run watch_begin.")
    except OperatorError as error:
        memory, problem = None, error
    if memory is not None:
        return memory
    if is_begun():
        found = [Finding("memory", "memory", "", "", problem.what)]
        incidents_record(found, found, now)
        incidents_mail(now)
    raise problem


def _away(fetch: Fetch, now: datetime) -> list[Finding] | None:
    """None where the site answers; else what there is to tell of it, which is nothing while it may be restarting."""
    headers = DESKTOP.sent()
    try:
        answer = fetch(reverse("robots"), headers)
        problem = str(answer.status) if answer.status in (502, 503, 504) else ""
    except OSError as error:
        problem = str(error) or type(error).__name__
    if not problem:
        Look.objects.filter(path=AWAY).delete()
        return None
    since, _made = Look.objects.get_or_create(path=AWAY, defaults={"looked_at": now})
    return [Finding("site", "status", "/", "", problem)] if now - since.looked_at >= PATIENCE else []


def _fetch_of_the_site() -> Fetch:
    address = site_address()
    if not validate_host(site_host().rpartition(":")[0] or site_host(), settings.ALLOWED_HOSTS):
        what = f"The site does not answer to {site_host()!r}."
        raise OperatorError("watch-address", what, "Set YUNYING_SHOP_ADDRESS to where readers reach it.")
    return over_http(address) if address else _asked_here


def _asked_here(path: str, headers: dict[str, str]) -> Answer:
    """Where no address is set, the program's own pages are all that can be judged."""
    language = "zh-hans" if headers.get("Accept-Language", "").startswith("zh") else "en"
    return made_here(path, language, headers["Cookie"])


def _still(memory: Memory, part: int) -> list[Finding]:
    return [*rows_findings(memory), *files_findings(memory.files), *media_findings(), *pictures_findings(part, PARTS)]


def _looked(targets: Iterable[Target], fetch: Fetch, tree: Tree, *, anew: bool = False) -> list[Finding]:
    published = tree.published()
    return [found for target in targets for found in look(target, fetch, published, anew=anew)]


def _beside(due: Sequence[str], tree: Tree, fetch: Fetch) -> list[Finding]:
    if fetch is _asked_here:
        # Files are answered by what serves the site, which nobody named.
        return []
    paths = ["/", *(tree.paths[subject] for subject in due[:5])]
    return [*asset_findings(paths, fetch), *nowhere_findings(fetch)]


def _again(
    first: Sequence[Finding], memory: Memory, part: int, targets: Sequence[Target], fetch: Fetch, settle: float,
    due: Sequence[str],
) -> list[Finding]:  # fmt: skip
    """The same once more, of what was found: what was only a page between two publications has passed by then."""
    time.sleep(settle)
    found, tree = {each.subject for each in first}, Tree()
    fresh = [tree.target(each.subject, part) if each.subject in tree.paths else each for each in targets
             if each.subject in found][:MOST_AGAIN]  # fmt: skip
    again = [*_still(memory, part), *_looked(fresh, fetch, tree, anew=True)]
    if any(each.kind in ("asset", "answers") for each in first):
        again += _beside([subject for subject in due if subject in tree.paths], tree, fetch)
    # Where every page is defaced, a few of them stand for the others of which the same was seen.
    kinds = {each.kind for each in again}
    looked = {each.subject for each in fresh}
    return [*again, *(each for each in first if each.kind in kinds and each.subject not in looked and each.readers)]


def _remember(memory: Memory, found: Iterable[Finding]) -> None:
    # What was found to be wrong stays as it was known, or the next turn would take it for right.
    wrong = {each.subject for each in found if each.kind == "seal"}
    seals = {subject: each for subject, each in seals_known().items() if subject not in wrong}
    seals |= {subject: each for subject, each in memory.seals.items() if subject in wrong}
    if seals != dict(memory.seals):
        memory_write(Memory(memory.files, seals))


def _marked(tree: Tree, due: Sequence[str], now: datetime) -> None:
    # A turn that saw no page is none that anybody may rely on.
    rows = [Look(path=each, looked_at=now) for each in ((*due, TURN) if due else ())]
    Look.objects.bulk_create(rows, update_conflicts=True, unique_fields=["path"], update_fields=["looked_at"])
    Look.objects.exclude(path__in=[*tree.paths, TURN, AWAY]).delete()


def overdue(now: datetime) -> timedelta | None:
    """How long ago the last turn was, where that is longer than it may be; None where all is well."""
    last = Look.objects.filter(path=TURN).values_list("looked_at", flat=True).first()
    since = now - last if last is not None else timedelta.max
    return since if since > timedelta(minutes=10) else None
