"""The hands on a shop of this very site: commands go through the portal's facade, facts come by the inbox."""

from collections.abc import Iterator
from dataclasses import replace

from django.db import DatabaseError, InterfaceError
from django.utils import timezone

from yunying.connectors.manifest import Connector, Site, application_check
from yunying.connectors.portal.translation import DECLARED, answered, asked
from yunying.connectors.references import reference_of
from yunying.facts.batch import FactBatch
from yunying.kernel.command import Command
from yunying.kernel.errors import ConnectorError
from yunying.kernel.ids import digest
from yunying.kernel.receipt import Receipt
from yunying.portal.facade import command_apply, shops_open

ACTOR = "desk"
KEY_DIGITS = 40


def apply(site: Site, command: Command, key: str, dry_run: bool) -> Receipt:
    """Apply the command in the shop, once for each key.

    Raises:
        OperatorError: the shop refuses it, or the key belongs to another command.
        ConnectorError: the database does not answer just now.
    """
    command = application_check("portal", DECLARED, command, key)
    # The shop tells references and keys of one store apart, so the store is no part of them.
    reference = reference_of(command, "portal", key)
    try:
        order = asked(site, command, reference)
        told = command_apply(
            site.store, order.kind, order.params, key=record_key(key), actor=ACTOR, now=timezone.now(), dry_run=dry_run
        )
    except (DatabaseError, InterfaceError) as error:
        raise ConnectorError(f"The shop's database does not answer: {error}", retryable=True) from error
    receipt = answered(site, command, reference, told)
    return replace(receipt, status="planned", undo=None) if dry_run else receipt


def pull(site: Site, cursor: int) -> Iterator[FactBatch]:
    """Nothing: the shop writes its facts to the inbox with the thing itself."""
    yield from ()


def source(store: str) -> str:
    """The name that batches of a pull would have."""
    return f"portal/{store}"


CONNECTOR = Connector(
    slug="portal",
    title_en="Shop of this site",
    title_zh="本站商城",
    commands=DECLARED,
    apply=apply,
    pull=pull,
    source=source,
    stores=shops_open,
)


def record_key(key: str) -> str:
    """The key of the shop's own record, which is short; a receipt of goods is taken back by it."""
    return digest(key, KEY_DIGITS)
