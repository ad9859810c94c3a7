"""What a member tells others of himself."""

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from yunying.accounts.people import Person, person_alike
from yunying.audit.log import Change, audit_record
from yunying.kernel.errors import OperatorError
from yunying.portal.members.models import Profile
from yunying.portal.members.names import folded_name
from yunying.portal.moderation.words import words_found
from yunying.portal.news.site_version import site_changed
from yunying.portal.picture_files import picture_read, picture_written

MOST_NAME, MOST_INTRO, MOST_REGION, PICTURE_WIDTH = 30, 300, 60, 192


@dataclass(frozen=True)
class Told:
    """What the form says; ``picture`` is a new file's bytes, and ``drops_picture`` takes the old one away."""

    nickname: str
    intro: str
    region: str
    picture: bytes = b""
    drops_picture: bool = False


def profile_of(person: Person) -> Profile | None:
    """What a member told of himself; None where he told nothing."""
    return Profile.objects.filter(person=person).first()


def profile_set(person: Person, site: str, told: Told, now: datetime) -> Profile:
    """Keep what a member tells; others see it at once.

    Raises:
        OperatorError: the name is somebody else's or none, a word is not allowed here, or the file is no picture.
    """
    fields = _checked(person, site, told)
    if told.picture:
        drawn = picture_written(picture_read(told.picture), PICTURE_WIDTH)
        fields |= {"picture": drawn, "picture_digest": hashlib.sha256(drawn).hexdigest()}
    elif told.drops_picture:
        fields |= {"picture": None, "picture_digest": ""}
    try:
        with transaction.atomic():
            row = Profile.objects.update_or_create(person=person, defaults={**fields, "changed_at": now})[0]
            # What it says is the member's own and stands in the row; the log tells that it changed.
            audit_record(site, person.get_username(), now, [Change("member-profile", f"person/{person.pk}")])
            site_changed(now)
    except IntegrityError as error:
        raise _taken() from error
    return row


def profile_clear(person: Person, site: str, actor: str, now: datetime) -> bool:
    """Staff takes away what a member told of himself; whether there was anything."""
    with transaction.atomic():
        gone = Profile.objects.filter(person=person).delete()[0] > 0
        if gone:
            audit_record(site, actor, now, [Change("member-profile-clear", f"person/{person.pk}")])
            site_changed(now)
    return gone


def _checked(person: Person, site: str, told: Told) -> dict[str, object]:
    name, intro, region = " ".join(told.nickname.split()), told.intro.strip(), " ".join(told.region.split())
    folded = folded_name(name)
    is_odd = any(unicodedata.category(letter)[0] == "C" or letter in "@#" for letter in name)
    if len(name) > MOST_NAME or len(intro) > MOST_INTRO or len(region) > MOST_REGION:
        raise OperatorError("too-long", "This is too long.", "Write less, or in several posts.")
    if name and (len(folded) < 2 or is_odd):
        raise OperatorError("bad-nickname", "This is no name to be known by.", "Use 2 to 30 letters, without @ and #.")
    if name and person_alike(folded, but=person):
        raise _taken()
    if "forbidden" in words_found(site, f"{name}\n{intro}\n{region}"):
        raise OperatorError("forbidden-word", "The text has a word that is not allowed here.", "Write it differently.")
    return {"nickname": name, "folded": folded or None, "intro": intro, "region": region}


def _taken() -> OperatorError:
    return OperatorError("nickname-taken", "Somebody has this name.", "Choose another name.")
