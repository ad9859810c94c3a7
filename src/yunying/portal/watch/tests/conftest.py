"""One watched site for each module; what a test does to it is taken back."""

from collections.abc import Iterator

import pytest
from django.core import mail

from yunying.portal.watch.tests.watched import Watched, taken_back, watched


@pytest.fixture(scope="module")
def module_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    with watched(tmp_path_factory.mktemp("watch")) as site:
        site.turn()
        yield site


@pytest.fixture
def site(module_site: Watched) -> Iterator[Watched]:
    application, moment = module_site.application, module_site.clock.moment
    mail.outbox = []
    with taken_back(module_site.folder):
        yield module_site
    module_site.application, module_site.clock.moment = application, moment
