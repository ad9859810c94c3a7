"""A month of honest work raises no alarm, nor anything that only looks like one for a moment."""

from collections import Counter
from datetime import timedelta

import pytest
from django.core import mail
from wagtail.models import Page

from yunying.portal.watch import turn
from yunying.portal.watch.models import Incident
from yunying.portal.watch.tests.defacements import SPAM
from yunying.portal.watch.tests.newsroom import Newsroom
from yunying.portal.watch.tests.watched import Watched, forget

DAYS, DEEDS_A_DAY, SEED, TURN_EVERY = 30, 11, 20, 2


def test_a_month_of_honest_work_raises_no_alarm(site: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    # Days pass between two turns here; as many pages are looked at as would be in a few minutes.
    monkeypatch.setattr(turn, "ROUND", timedelta(days=20))
    monkeypatch.setattr(turn, "LEAST_PAGES", 5)
    done, room = Counter[str](), Newsroom(SEED, site.clock)
    for day in range(DAYS):
        done.update(room.day(DEEDS_A_DAY))
        site.clock.wait(timedelta(hours=16))
        if day % TURN_EVERY == 0:
            forget()
            site.turn(0)
            seen = Incident.objects.values_list("subject", "kind", "address", "expected", "seen")
            assert list(seen) == [], done
    assert mail.outbox == []
    assert sum(done.values()) == DAYS * DEEDS_A_DAY
    assert len(done) >= 25, done
    # The control: the same site, and the first page's own defacement.
    Page.objects.filter(pk=room.an_article().pk).update(title=SPAM)
    assert site.turn(0).confirmed > 0
    assert {row.kind for row in Incident.objects.all()} >= {"row"}
