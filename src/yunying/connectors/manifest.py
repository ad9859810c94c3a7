"""What a connector's folder declares of itself; a new connector takes a new folder and nothing else."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from yunying import connectors
from yunying.facts.batch import FactBatch
from yunying.kernel.command import Command
from yunying.kernel.command_schema import COMMANDS, command_check
from yunying.kernel.errors import InternalError, OperatorError
from yunying.kernel.json_form import from_plain, to_plain
from yunying.kernel.receipt import Receipt

MOST_KEY_CHARS = 200


@dataclass(frozen=True)
class Site:
    """One store as a connector sees it.

    Args:
        store: the store's id.
        currency: the store's one currency.
        folder: a folder of this connector's own for this store; made when first written.
        as_of: the store-local day.
        language: of files for people, ``zh`` or ``en``.
        titles: names of products by key, as far as they are known, for files for people.
    """

    store: str
    currency: str
    folder: Path
    as_of: date
    language: str = "zh"
    titles: Mapping[str, str] = field(default_factory=dict)


def _none() -> Sequence[str]:
    return ()


@dataclass(frozen=True)
class Connector:
    """The hands for one outside system.

    Args:
        slug: the folder's name.
        commands: the kinds and versions of command that it applies.
        apply: (site, command, idempotency_key, dry_run) -> receipt. A key is applied once, however often it is asked
            for and whatever dies on the way; the same key gives the same receipt. A dry run writes nothing.
            OperatorError: somebody must mend the command or the site; the same call fails again.
            ConnectorError: the outside system did not answer; ``retryable`` says whether the same call may work later.
        pull: (site, cursor) -> batches with numbers above the cursor, rising; the cursor is the number of the last
            published batch of the connector's source, 0 for none.
        source: store -> the name of that source.
        stores: the stores that nobody else serves.
    """

    slug: str
    title_en: str
    title_zh: str
    commands: tuple[tuple[str, int], ...]
    apply: Callable[[Site, Command, str, bool], Receipt]
    pull: Callable[[Site, int], Iterator[FactBatch]]
    source: Callable[[str], str]
    stores: Callable[[], Sequence[str]] = _none


def connectors_found() -> dict[str, Connector]:
    """Every connector folder, by slug, its manifest checked.

    Raises:
        InternalError: a folder without a valid manifest.
    """
    found = {}
    for module in sorted(pkgutil.iter_modules(connectors.__path__), key=lambda each: each.name):
        if module.ispkg and module.name != "tests":
            found[module.name] = _connector_of(module.name)
    return found


def connector_named(slug: str) -> Connector:
    """The connector of that slug, or OperatorError that lists the ones there are."""
    found = connectors_found()
    if slug not in found:
        raise OperatorError("unknown-connector", f"There is no connector {slug!r}.", f"Use one of: {', '.join(found)}.")
    return found[slug]


def application_check(slug: str, declared: tuple[tuple[str, int], ...], command: Command, key: str) -> Command:
    """The command in its one form, if a connector can be asked for it; each connector's ``apply`` begins with it.

    Raises:
        OperatorError: the command's parameters do not fit its schema, the connector does not declare its kind, or the
            key is none.
    """
    command_check(command)
    if (command.kind, command.version) not in declared:
        known = ", ".join(f"{kind} {version}" for kind, version in declared)
        raise OperatorError(
            "undeclared-command", f"{slug} does not apply {command.kind} {command.version}.", f"It applies: {known}."
        )
    if not 0 < len(key) <= MOST_KEY_CHARS or not key.isprintable():
        raise OperatorError(
            "bad-key",
            "The idempotency key is empty, too long or not printable.",
            f"Give 1 to {MOST_KEY_CHARS} printable characters.",
        )
    return from_plain(Command, to_plain(command))


def key_reused(key: str, then: Command) -> OperatorError:
    """The refusal of a key under which something else was applied."""
    return OperatorError(
        "key-used",
        f"The idempotency key {key!r} was used for another command ({then.kind} {then.version}).",
        "Give each command a key of its own.",
    )


def _connector_of(folder: str) -> Connector:
    try:
        connector = importlib.import_module(f"{connectors.__name__}.{folder}.connector").CONNECTOR
    except (ModuleNotFoundError, AttributeError) as error:
        raise InternalError(f"connectors/{folder} has no connector.py that sets CONNECTOR: {error}") from error
    if not isinstance(connector, Connector):
        raise InternalError(f"connectors/{folder}: CONNECTOR is a {type(connector).__name__}, not a Connector")
    unknown = set(connector.commands) - set(COMMANDS)
    is_double = len(set(connector.commands)) != len(connector.commands)
    is_titled = bool(connector.title_en and connector.title_zh)
    if connector.slug != folder or unknown or is_double or not connector.commands or not is_titled:
        raise InternalError(
            f"connectors/{folder}: the manifest is not valid: {connector} (unknown commands: {unknown})"
        )
    return connector
