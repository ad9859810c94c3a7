"""Each defacement is found by the next turn, confirmed and mailed; with the comparisons off, none is."""

import pytest
from django.core import mail

from yunying.portal.watch import turn
from yunying.portal.watch.models import Incident
from yunying.portal.watch.tests.defacements import DEFACEMENTS, Defacement
from yunying.portal.watch.tests.watched import Watched, incidents

EACH = pytest.mark.parametrize("defacement", DEFACEMENTS, ids=lambda each: each.name)


@EACH
def test_a_defacement_is_found_by_the_next_turn(site: Watched, defacement: Defacement) -> None:
    assert incidents() == set()
    defacement.do(site)
    mail.outbox.clear()
    site.turn()
    found = incidents()
    assert (defacement.kind, "confirmed") in {(kind, state) for _subject, kind, state in found}, found
    assert [len(each.to) for each in mail.outbox] == [1]
    assert Incident.objects.filter(kind=defacement.kind).exclude(expected="", seen="").exists()


def test_with_the_comparisons_off_none_is_found(site: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the alarms come from comparing, and from nothing else that a turn does."""
    for name in ("rows_findings", "files_findings", "media_findings", "pictures_findings", "asset_findings"):
        monkeypatch.setattr(turn, name, lambda *_given: [])
    monkeypatch.setattr(turn, "nowhere_findings", lambda *_given: [])
    for name in ("breaches", "differences", "_answer_differences", "_text_differences"):
        monkeypatch.setattr(f"yunying.portal.watch.looks.{name}", lambda *_given: [])
    for defacement in DEFACEMENTS:
        defacement.do(site)
    site.turn()
    assert incidents() == set()
    monkeypatch.undo()
    site.turn()
    assert len(incidents()) > len(DEFACEMENTS)
