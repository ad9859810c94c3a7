"""Dispatch: the outbox goes to the hands; receipts come back into the ledger and become facts."""

import logging
from typing import Any

from yunying.connectors.manifest import Connector, Site
from yunying.interventions.outbox import (
    outbox_begin,
    outbox_claim,
    outbox_done,
    outbox_failed,
    outbox_release,
    outbox_waits,
)
from yunying.kernel.command import Command
from yunying.kernel.errors import ConnectorError, OperatorError
from yunying.kernel.json_form import from_plain
from yunying.kernel.receipt import Receipt
from yunying.loop.home import Home
from yunying.loop.papers import with_papers
from yunying.loop.published import receipts_publish
from yunying.loop.sites import site_of

_log = logging.getLogger("yunying.loop")


def dispatch_store(home: Home, store: str, worker: str, *, ignore_wait: bool = False) -> dict[str, int]:
    """Send what waits, until nothing does.

    A crash at any point leaves an entry that the next worker sends again under the same key.

    Args:
        ignore_wait: send also what still waits for a slip to be taken back.
    """
    counts = {"applied": 0, "failed": 0, "later": 0}
    if not outbox_waits(store):
        return counts
    connector, site = site_of(home, store)
    while entries := outbox_claim(worker, store=store, ignore_wait=ignore_wait):
        received, held = [], []
        for entry in entries:
            if not outbox_begin(entry):
                held.append(entry)
                continue
            receipt = _send(connector, site, entry, counts)
            received += [(entry, receipt)] if receipt is not None else []
        counts["applied"] += outbox_done(received)
        outbox_release(held)
    receipts_publish(home, store)
    return counts


def _send(connector: Connector, site: Site, entry: Any, counts: dict[str, int]) -> Receipt | None:
    """The receipt of an entry; None where there is none, which is counted."""
    try:
        command = from_plain(Command, entry.command)
        receipt = connector.apply(site, command, entry.key, False)
        return with_papers(connector, site, command, entry.key, receipt)
    except OperatorError as error:
        what, is_retryable = f"{error.what} {error.remedy}", False
    except ConnectorError as error:
        what, is_retryable = str(error), error.retryable
    except Exception as error:  # a connector's bug must not stop the others' commands
        _log.exception("%s could not apply %s", connector.slug, entry.key)
        what, is_retryable = f"{type(error).__name__}: {error}", True
    counts["failed" if outbox_failed(entry, what, is_retryable=is_retryable) else "later"] += 1
    return None
