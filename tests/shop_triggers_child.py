"""Changes rows of a shop one after the other, by SQL of which no code of the shop hears, and tells what followed."""

import json
import os
from collections.abc import Callable

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yunying.config.settings")

import django

django.setup()

from django.db import DatabaseError, transaction

from yunying.accounts.database import database_ready
from yunying.portal.shop.catalogue_version import catalogue_version
from yunying.portal.shop.invoices import invoice_of
from yunying.portal.shop.models import Invoice, Stock
from yunying.portal.shop.tests.furnished import NOW, shop_furnished
from yunying.portal.shop.tests.test_aftercare import paid
from yunying.portal.shop.tests.test_catalogue_pages import CHANGES


def moved(change: Callable[[], object]) -> bool:
    """Whether the version is another one after the change, which is taken back then."""
    before = catalogue_version()
    with transaction.atomic():
        change()
        is_moved = catalogue_version() != before
        transaction.set_rollback(True)
    return is_moved


def refused(change: Callable[[], object]) -> str:
    try:
        with transaction.atomic():
            change()
    except DatabaseError:
        return "refused"
    return "done"


if __name__ == "__main__":
    database_ready()
    shop = shop_furnished()
    first = catalogue_version()
    told = {"plenty": moved(lambda: Stock.objects.filter(variant__sku="TEA").update(reserved=50))}
    told["changes"] = {name: moved(lambda change=change: change(shop)) for name, change in CHANGES.items()}
    told["undone"] = catalogue_version() != first
    invoice = invoice_of(paid(shop), NOW)
    rows = Invoice.objects.filter(pk=invoice.pk)
    told["invoice"] = {
        "amount": refused(lambda: rows.update(total_minor=1)),
        "number": refused(lambda: rows.update(number=99)),
        "gone": refused(rows.delete),
        "unchanged": rows.filter(total_minor=invoice.total_minor, number=invoice.number).count(),
    }
    print(json.dumps(told))
