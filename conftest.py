"""What every test may rely on: a throw-away home, Django set up on it, and honest skips."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

# Settings are read at import, so the home must be settled before any test module is collected.
os.environ["YUNYING_HOME"] = tempfile.mkdtemp(prefix="yunying-tests-")
os.environ["DJANGO_SETTINGS_MODULE"] = "yunying.config.settings"
for name in ("YUNYING_DATABASE_URL", "YUNYING_CRASH_AT", "YUNYING_DEBUG"):
    os.environ.pop(name, None)

import django
from tests.databases import sqlite_copied

sqlite_copied(Path(os.environ["YUNYING_HOME"]))
django.setup()

from django.conf import settings

# A password is slow to check on purpose, half a second of processor for each person of each test.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]

from django.db import transaction
from tests.requirements import missing_service

from yunying.accounts.database import database_ready
from yunying.org.active import scope_of_the_program


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose outside part is missing; fail it where YUNYING_REQUIRE names that part."""
    for marker in item.iter_markers("needs"):
        for service in marker.args:
            reason = missing_service(service)
            if reason is None:
                continue
            if service in os.environ.get("YUNYING_REQUIRE", "").split(","):
                pytest.fail(f"YUNYING_REQUIRE names {service}, but {reason}", pytrace=False)
            pytest.skip(reason)
    if item.get_closest_marker("data") and not os.environ.get("YUNYING_DATA"):
        pytest.skip("YUNYING_DATA does not name the folder of the public data sets")


def pytest_make_parametrize_id(val: object) -> str | None:
    """Bytes have one name: archives hold the time of their making, and workers must agree on names."""
    return "bytes" if isinstance(val, bytes) else None


@pytest.fixture
def ledger_database() -> Iterator[None]:
    """The throw-away home's database, migrated; whatever the test writes is rolled back."""
    database_ready()
    with transaction.atomic(), scope_of_the_program():
        yield
        transaction.set_rollback(True)
