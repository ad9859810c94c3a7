"""A turn over a site where nobody did anything wrong."""

from yunying.portal.watch.models import Incident
from yunying.portal.watch.tests.watched import Watched


def test_a_site_as_it_was_published_raises_no_alarm(site: Watched) -> None:
    done = site.turn()
    assert done.looked == done.pages > 8
    site.turn()
    assert not Incident.objects.exists()
