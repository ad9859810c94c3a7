"""What people do about an incident: say that it is ours, put back what was published, take it down, or close it."""

import json
import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_noop
from wagtail.fields import StreamField
from wagtail.images import get_image_model
from wagtail.models import Page, Revision

from yunying.accounts.people import Person
from yunying.kernel.errors import OperatorError
from yunying.portal.watch.incidents import acceptance_subject, incident_close, seen_digest
from yunying.portal.watch.models import Incident, Seal
from yunying.portal.watch.published import PAGES, PLAIN, Rendition, picture_content, plain_content, rendition_content
from yunying.portal.watch.publishing import page_seal, revision_digest
from yunying.portal.watch.seals import seal_empty, seal_holds, seal_write

TAKEN = "taken"
_OF_THE_ROW = ("row", "broken-text", "page-new", "page-gone", "place", "seal", "draft", "picture")


def incident_decide(number: int, decision: str, person: Person, reason: str, now: datetime) -> Incident:
    """Do one of ``ours``, ``restored``, ``taken-down`` or ``passed`` about an incident.

    Raises:
        OperatorError: it is closed already, has no such way out, or a reason is lacking.
    """
    with transaction.atomic():
        incident = Incident.objects.select_for_update().filter(pk=number).first()
        if incident is None or incident.state == "closed":
            raise OperatorError(
                "incident-closed", gettext_noop("This was decided on already."), gettext_noop("Look at the list.")
            )
        if decision in ("ours", "passed") and not reason:
            raise OperatorError(
                "incident-reason", gettext_noop("A reason is missing."), gettext_noop("Say why in a few words.")
            )
        deeds = {"ours": _ours, "restored": _restored, "taken-down": _taken_down, "passed": _passed}
        if decision not in deeds:
            raise OperatorError(
                "incident-deed", gettext_noop("This cannot be done."), gettext_noop("Choose another way.")
            )
        deeds[decision](incident, person)
        actor = person.get_username()
        incident_close(incident, decision, actor, reason, now)
        if decision != "passed":
            same = Incident.objects.filter(subject=incident.subject).exclude(state="closed")
            for each in same.filter(kind__in=_OF_THE_ROW) if incident.kind in _OF_THE_ROW else ():
                incident_close(each, decision, actor, reason, now)
        return incident


def can_restore(incident: Incident) -> bool:
    """Whether there is a published state that can be put back by a button."""
    kind = incident.subject.partition("/")[0]
    if incident.kind not in ("row", "broken-text", "page-gone") or kind not in ("page", *PLAIN):
        return False
    seal = Seal.objects.filter(subject=incident.subject).first()
    return seal is not None and bool(seal.content) and seal_holds(seal)


def can_take_down(incident: Incident) -> bool:
    """Whether there is something that a button takes off the site."""
    kind, _, number = incident.subject.partition("/")
    if incident.kind == "media-new":
        return True
    return kind == "page" and Page.objects.live().filter(pk=int(number)).exists()


def _passed(incident: Incident, person: Person) -> None:
    """Nothing is done; where it is still so, the next turn opens it again."""


def _ours(incident: Incident, person: Person) -> None:
    content = {"subject": incident.subject, "kind": incident.kind, "seen": seen_digest(incident.seen)}
    seal_write(acceptance_subject(incident.subject, incident.kind), content)
    kind, _, number = incident.subject.partition("/")
    if incident.kind not in _OF_THE_ROW:
        return
    if kind == "page":
        page_seal(int(number))
    elif kind == "revision":
        revision = Revision.objects.get(pk=number)
        seal_write(incident.subject, {"digest": revision_digest(revision)})
    elif kind in PLAIN:
        rows = dict(plain_content(PLAIN[kind], pk=number))
        seal_write(incident.subject, rows[int(number)]) if rows else seal_empty(incident.subject)
    elif kind in ("picture", "rendition"):
        model, told = (get_image_model(), picture_content) if kind == "picture" else (Rendition, rendition_content)
        row = model.objects.filter(pk=number).first()
        seal_write(incident.subject, told(row)) if row is not None else seal_empty(incident.subject)


def _restored(incident: Incident, person: Person) -> None:
    if not can_restore(incident):
        raise OperatorError(
            "incident-nothing-published", gettext_noop("There is nothing published to put back."),
            gettext_noop("Take it down, or mend the server that changes the page."),
        )  # fmt: skip
    kind, _, number = incident.subject.partition("/")
    content = Seal.objects.get(subject=incident.subject).content
    if kind == "page":
        _page_restored(int(number), content, person)
        return
    model = PLAIN[kind]
    row = model._default_manager.filter(pk=number).first() or model(pk=number)
    for name, value in content.items():
        setattr(row, name, value)
    row.save()


def _page_restored(number: int, content: Mapping[str, Any], person: Person) -> None:
    model = next(each for each in PAGES if each._meta.model_name == content["model"])
    page = model.objects.filter(pk=number).first()
    if page is None:
        raise OperatorError(
            "incident-row-gone", gettext_noop("The page's row is gone."),
            gettext_noop("Make the page anew from the text that is shown here."),
        )  # fmt: skip
    for field in model._meta.concrete_fields:
        if isinstance(field, StreamField) and field.name in content:
            setattr(page, field.name, json.dumps(content[field.name]))
        elif field.attname in content:
            setattr(page, field.attname, field.to_python(content[field.attname]))
    page.save_revision(user=person, log_action=True).publish(user=person)


def _taken_down(incident: Incident, person: Person) -> None:
    if not can_take_down(incident):
        raise OperatorError(
            "incident-not-there", gettext_noop("There is nothing to take down."), gettext_noop("Choose another way.")
        )
    if incident.kind == "media-new":
        _file_taken(incident.address)
        return
    Page.objects.get(pk=int(incident.subject.partition("/")[2])).specific.unpublish(user=person)


def _file_taken(address: str) -> None:
    """Put a file where nobody is served it; it is evidence, so it is not deleted."""
    root = Path(settings.MEDIA_ROOT).resolve()
    place = (root / address.removeprefix(settings.MEDIA_URL)).resolve()
    if not place.is_relative_to(root) or not place.is_file():
        raise OperatorError(
            "incident-not-there", gettext_noop("There is nothing to take down."), gettext_noop("Choose another way.")
        )
    into = Path(settings.WATCH_HOME) / TAKEN
    into.mkdir(parents=True, exist_ok=True)
    shutil.move(place, into / place.relative_to(root).as_posix().replace("/", "__"))
