"""Papers: an order that went out by itself still leaves the sheet that a buyer files and a supplier reads."""

import logging
from dataclasses import replace

from yunying.connectors.manifest import Connector, Site, connector_named
from yunying.kernel.command import Command
from yunying.kernel.errors import YunyingError
from yunying.kernel.receipt import Receipt

_log = logging.getLogger("yunying.loop")
SHEETS = "csv"
KINDS = ("purchase_order",)


def with_papers(connector: Connector, site: Site, command: Command, key: str, receipt: Receipt) -> Receipt:
    """The receipt with the order's sheets, which the file connector writes under the same key.

    The order is placed already, so sheets that cannot be written are a line in the log and no failure.
    """
    if connector.slug == SHEETS or receipt.files or command.kind not in KINDS:
        return receipt
    sheets = replace(site, folder=site.folder.parent / SHEETS)
    try:
        paper = connector_named(SHEETS).apply(sheets, command, key, False)
    except YunyingError as error:
        _log.warning("no sheet for %s: %s", key, error)
        return receipt
    return replace(receipt, files=paper.files)
