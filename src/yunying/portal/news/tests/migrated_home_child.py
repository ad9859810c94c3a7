"""A home of before, which had no rows of lists, and what migrating it makes of its articles; prints JSON."""

import json
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yunying.config.settings")

import django

django.setup()

from django.core.management import call_command
from django.db import connection

from yunying.accounts.database import database_ready
from yunying.portal.news.listings import listings_mend
from yunying.portal.news.models import Listing
from yunying.portal.news.tests.conftest import NOW
from yunying.portal.news.tests.written import portal_written

database_ready()
portal_written(NOW)
kept = list(Listing.objects.order_by("article", "place").values_list("article", "place", "is_own"))
call_command("migrate", "news", "0001", interactive=False, verbosity=0)
assert "news_listing" not in connection.introspection.table_names()
database_ready()
filled = list(Listing.objects.order_by("article", "place").values_list("article", "place", "is_own"))
print(json.dumps({"rows": len(filled), "same": filled == kept, "mended": listings_mend()}))
