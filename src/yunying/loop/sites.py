"""Stores as connectors see them, and telling the desk which stores there are."""

from datetime import date
from typing import Any

from django.utils import timezone

from yunying.connectors.manifest import Connector, Site, connector_named, connectors_found
from yunying.facts.reader import FactReader
from yunying.facts.stores import stores_known
from yunying.interventions.desk_facts import store_save
from yunying.interventions.ledger import store_row
from yunying.interventions.selectors.reports import report_latest
from yunying.kernel.errors import OperatorError
from yunying.loop.home import Home
from yunying.loop.plan import day_after_last
from yunying.org.structure import shops_ready


def site_of(home: Home, store: str) -> tuple[Connector, Site]:
    """The hands of a store, and where they work.

    Raises:
        OperatorError: the desk does not know the store, or there is no such connector.
    """
    row: Any = store_row(store)
    connector = connector_named(row.connector)
    folder = home.path / "hands" / store / connector.slug
    if row.today_date is None:
        desk_tell(home, store)
        row = store_row(store)
    titles = dict(report_latest(store, "names").get("product", ()))
    # A store that has neither orders nor stock yet stands on today, as its ledger does.
    day = row.today_date or timezone.now().date()
    return connector, Site(store=store, currency=row.currency, folder=folder, as_of=day, titles=titles)


def store_day(store: str) -> date:
    """The day that a store stands on: the one after its last facts.

    Raises:
        OperatorError: the desk knows no such store, or it has neither orders nor stock yet.
    """
    day: date | None = store_row(store).today_date
    if day is None:
        raise OperatorError("no-dates", f"Store {store!r} has no orders and no stock yet.", "Import an order export.")
    return day


def desk_tell(home: Home, store: str | None = None, *, connector: str | None = None) -> list[str]:
    """Tell the desk of the stores that have facts, and of the day each stands on; returns their ids."""
    served = {slug: each.slug for each in connectors_found().values() for slug in each.stores()}
    with home.facts.read() as facts:
        known = {slug: found for slug, found in stores_known(facts).items() if store in (None, slug)}
        for slug, found in known.items():
            store_save(
                slug,
                title=found.title,
                currency=found.currency,
                time_zone=found.time_zone,
                connector=connector or served.get(slug),
                today_date=_today(facts, slug),
                snapshot=facts.snapshot,
            )
    shops_ready(sorted(known))
    return sorted(known)


def _today(facts: FactReader, store: str) -> Any:
    try:
        return day_after_last(facts, store)
    except OperatorError:
        return None
