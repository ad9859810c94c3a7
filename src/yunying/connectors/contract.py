"""The contract that every connector keeps, whatever it acts on: one suite, run on every folder that is found.

Each rule takes a Bench, a connector with its trial and an empty folder, and raises BrokenContract with what it saw.
``RULES`` lists them.
"""

import contextlib
import io
import json
import logging
import os
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa

from yunying.connectors.manifest import Connector, Site
from yunying.connectors.trial import Trial, folder_tree
from yunying.connectors.trial_process import TrialProcess
from yunying.facts.batch import FactBatch
from yunying.facts.door import admit
from yunying.facts.schema import TABLES
from yunying.kernel.command import Command
from yunying.kernel.command_schema import COMMANDS
from yunying.kernel.errors import ConnectorError, OperatorError, YunyingError
from yunying.kernel.json_form import to_plain
from yunying.kernel.receipt import Receipt

PROCESSES = 3
KILLS = 5
SECRET = "s3cr3t-f0r-the-trial-only"  # noqa: S105
_ANY_SECRET = "YUNYING_TRIAL_SECRET"  # noqa: S105


class BrokenContract(AssertionError):
    """A connector does not keep a rule of the contract; the message says what was seen."""


@dataclass(frozen=True)
class Bench:
    """A connector, how it is tried out, and an empty folder to do so in."""

    connector: Connector
    trial: Trial
    folder: Path

    def site(self, name: str = "one") -> Site:
        """A freshly made outside system."""
        return self.trial.prepare(self.folder / name)

    def apply(self, site: Site, command: Command, key: str, *, dry_run: bool = False) -> Receipt:
        """Apply one command."""
        return self.connector.apply(site, command, key, dry_run)

    def apply_all(self, site: Site) -> list[Receipt]:
        """Apply every sample under a key of its own."""
        return [self.apply(site, command, key) for key, command in self.asked(site)]

    def asked(self, site: Site) -> list[tuple[str, Command]]:
        """Every sample with a key of its own."""
        return [(f"run-1/{place}", command) for place, command in enumerate(self.trial.samples(site), start=1)]


def receipts_say_what_was_done(bench: Bench) -> None:
    """Every declared kind has a sample; references differ, files are there, facts can be published."""
    site = bench.site()
    samples = bench.asked(site)
    lacking = set(bench.connector.commands) - {(command.kind, command.version) for _, command in samples}
    hold(not lacking, f"there is no sample of {sorted(lacking)}")
    references = []
    for key, command in samples:
        receipt = bench.apply(site, command, key)
        named = f"{command.kind} {receipt.reference!r}:"
        hold(receipt.status in ("applied", "partly_applied"), f"{named} the status is {receipt.status}")
        hold(bool(receipt.reference and receipt.summary_en and receipt.summary_zh), f"{named} something is not said")
        hold(bool(receipt.problems) == (receipt.status == "partly_applied"), f"{named} status and problems disagree")
        references.append(receipt.reference)
        for file in receipt.files:
            path = PurePosixPath(file.path)
            hold(not path.is_absolute() and ".." not in path.parts, f"{named} {file.path} leaves the folder")
            hold((site.folder / path).is_file(), f"{named} {file.path} was not written")
        for table, rows in receipt.facts.items():
            _facts_check(named, table, rows)
    hold(len(set(references)) == len(references), f"two commands share a reference: {references}")


def applied_twice_is_applied_once(bench: Bench) -> None:
    """The same key again gives the same receipt and changes nothing, at once and after everything else."""
    site = bench.site()
    for key, command in bench.asked(site):
        first = bench.apply(site, command, key)
        before = bench.trial.observe(site)
        again = bench.apply(site, command, key)
        hold(again == first, f"{command.kind}: the receipt changes from {first} to {again}")
        hold(bench.trial.observe(site) == before, f"{command.kind}: applying it again does something")
    twin = bench.site("two")
    first_receipts = bench.apply_all(twin)
    before = bench.trial.observe(twin)
    hold(bench.apply_all(twin) == first_receipts, "later on, the same keys give other receipts")
    hold(bench.trial.observe(twin) == before, "later on, the same keys do something")


def processes_at_once_apply_a_key_once(bench: Bench) -> None:
    """Several processes that get one key at the same moment give one receipt, and the system got one command."""
    site, twin = bench.site(), bench.site("two")
    asked = bench.asked(site)
    expected = [_json(receipt) for receipt in bench.apply_all(twin)]
    with contextlib.ExitStack() as stack:
        started = [stack.enter_context(TrialProcess(bench.connector.slug, site)) for _ in range(PROCESSES)]
        for each, wanted in zip(asked, expected, strict=True):
            for process in started:
                process.ask([each])
            answers = [process.answer() for process in started]
            said = [_json(json.loads(answer)) if answer.startswith("{") else answer for answer in answers]
            hold(said == [wanted] * PROCESSES, f"{each[1].kind}: {said} where one alone gets {wanted}")
    same = bench.trial.observe(site) == bench.trial.observe(twin)
    hold(same, "the system holds something else than after one process alone")


def a_killed_process_loses_and_doubles_nothing(bench: Bench) -> None:
    """A process is killed over and over while it applies; asked again, the system holds each command once."""
    site, twin = bench.site(), bench.site("two")
    asked = bench.asked(site)
    start = time.perf_counter()
    expected = [_json(receipt) for receipt in bench.apply_all(twin)]
    one_takes_seconds = (time.perf_counter() - start) / len(asked)
    for kill in range(KILLS):
        with TrialProcess(bench.connector.slug, site) as process:
            process.ask(asked)
            # A kill after a few answers, and then somewhere within the next command, elsewhere from kill to kill.
            for _ in range(len(asked) * kill // (KILLS + 1)):
                process.answer()
            time.sleep(one_takes_seconds * (kill + 0.5) / KILLS)
            process.kill()
    said = [_json(bench.apply(site, command, key)) for key, command in asked]
    hold(said == expected, "after a kill the same keys give other receipts")
    same = bench.trial.observe(site) == bench.trial.observe(twin)
    hold(same, "the system holds something else than without a kill")


def another_command_under_a_used_key_is_refused(bench: Bench) -> None:
    """A key belongs to one command for ever, tried dry as well."""
    site = bench.site()
    asked = bench.asked(site)
    bench.apply_all(site)
    before = folder_tree(site.folder)
    for place, (key, command) in enumerate(asked):
        other = next((each for _, each in asked[place:] + asked[:place] if to_plain(each) != to_plain(command)), None)
        hold(other is not None, "the samples are all the same command")
        for dry_run in (False, True):
            error = _error_of(bench, site, other or command, key, dry_run=dry_run)
            hold(isinstance(error, OperatorError), f"{command.kind}: another command under its key gives {error!r}")
    hold(folder_tree(site.folder) == before, "a refused command wrote something")


def a_dry_run_writes_nothing(bench: Bench) -> None:
    """Before anything was applied, and after, a dry run answers ``planned`` and leaves every byte as it was."""
    site = bench.site()
    for when in ("before", "after"):
        samples = bench.asked(site)
        before, held = folder_tree(bench.folder), bench.trial.observe(site)
        for key, command in samples[:1] if when == "before" else samples:
            receipt = bench.apply(site, command, f"{key}" if when == "after" else f"dry/{key}", dry_run=True)
            hold(receipt.status == "planned", f"{command.kind}: a dry run is answered with {receipt.status}")
            hold(
                bool(receipt.reference and receipt.summary_en and receipt.summary_zh),
                f"{command.kind}: nothing is said",
            )
            hold(not receipt.files and not receipt.facts, f"{command.kind}: a dry run claims files or facts")
            changed = sorted(set(folder_tree(bench.folder).items()) ^ set(before.items()))
            hold(not changed, f"{command.kind}: a dry run changes {[path for path, _ in changed]}")
        hold(bench.trial.observe(site) == held, "after dry runs the system holds something else")
        if when == "before":
            bench.apply_all(site)
    # A key that was only tried dry is free.
    for key, command in bench.asked(bench.site("two"))[:1]:
        two = bench.site("two")
        bench.apply(two, command, key, dry_run=True)
        hold(bench.apply(two, command, key).status != "planned", "a key that was tried dry cannot be used any more")


def what_does_not_fit_is_refused(bench: Bench) -> None:
    """Unknown and undeclared kinds, parameters that do not fit and keys that are none: refused, nothing written."""
    site = bench.site()
    key, good = bench.asked(site)[0]
    before = folder_tree(bench.folder)
    undeclared = [Command(kind, version, {}) for kind, version in COMMANDS if (kind, version) not in
                  bench.connector.commands]  # fmt: skip
    bad = [
        Command("send_flowers", 1, {}),
        Command(good.kind, good.version + 1, good.params),
        replace(good, params={}),
        replace(good, params={**good.params, "colour": "red"}),
        *undeclared,
        *(replace(each, params=_params_of(each)) for each in undeclared),
    ]
    for command in bad:
        for dry_run in (False, True):
            error = _error_of(bench, site, command, key, dry_run=dry_run)
            hold(isinstance(error, OperatorError), f"{command.kind} {dict(command.params)} gives {error!r}")
    for wrong_key in ("", "a\nb", "k" * 201):
        error = _error_of(bench, site, good, wrong_key)
        hold(isinstance(error, OperatorError), f"the key {wrong_key[:9]!r} gives {error!r}")
    hold(folder_tree(bench.folder) == before, "a refused command wrote something")
    hold(bench.apply(site, good, key).status != "planned", "after a refusal the key cannot be used any more")


def an_undo_restores(bench: Bench) -> None:
    """What a receipt names as its undo can be applied, and then the subject is as it was before."""
    site = bench.site()
    undone = set()
    for key, command in bench.asked(site):
        before = bench.trial.condition(site, command)
        receipt = bench.apply(site, command, key)
        if receipt.undo is not None:
            hold(bench.trial.condition(site, command) != before, f"{command.kind}: applying it changes nothing")
            undo = bench.apply(site, receipt.undo, f"{key}/undo")
            hold(undo.status == "applied", f"{command.kind}: its undo is {undo.status}")
            after = bench.trial.condition(site, command)
            hold(after == before, f"{command.kind}: {before} before, {after} after its undo")
            undone.add(command.kind)
            bench.apply(site, command, f"{key}/again")
    reversible = {kind for kind, version in bench.connector.commands if COMMANDS[kind, version].is_reversible}
    hold(undone == reversible, f"no sample of {sorted(reversible - undone)} can be taken back")


def permanent_and_passing_errors_are_told_apart(bench: Bench) -> None:
    """What the system refuses is the operator's to mend; while it does not answer, the same call may work later."""
    site, twin = bench.site(), bench.site("two")
    bench.apply_all(twin)
    asked = bench.asked(site)
    for key, command in asked:
        with bench.trial.outage(site):
            error = _error_of(bench, site, command, key)
            passing = isinstance(error, ConnectorError) and error.retryable
            hold(passing, f"{command.kind}: while the system does not answer: {error!r}")
        bench.apply(site, command, key)
    with bench.trial.outage(site):
        try:
            list(bench.connector.pull(site, 0))
        except ConnectorError as unanswered:
            hold(unanswered.retryable, f"a pull while the system does not answer gives {unanswered!r}")
    same = bench.trial.observe(site) == bench.trial.observe(twin)
    hold(same, "after outages the system holds something else than without them")
    for command in bench.trial.refused(site):
        for attempt in ("refused", "refused", "refused again"):
            error = _error_of(bench, site, command, attempt)
            hold(isinstance(error, OperatorError), f"{command.kind}: what the system refuses gives {error!r}")
    hold(bench.trial.observe(site) == bench.trial.observe(twin), "a refused command did something")


def secrets_are_not_told(bench: Bench) -> None:
    """Neither receipts nor errors, logs, printed lines or files hold the value of a secret."""
    said: list[str] = []
    with _secrets(bench.trial.secrets), _overheard(said):
        site = bench.site()
        asked = bench.asked(site)
        with bench.trial.outage(site):
            said.append(_trace(_error_of(bench, site, asked[0][1], asked[0][0])))
        for key, command in asked:
            said.append(repr(bench.apply(site, command, f"dry/{key}", dry_run=True)) if key == asked[0][0] else "")
            said.append(repr(bench.apply(site, command, key)))
        wrong = [*bench.trial.refused(site), Command("send_flowers", 1, {}), replace(asked[0][1], params={})]
        said += [_trace(_error_of(bench, site, command, "wrong")) for command in wrong]
        said += [repr(batch) for batch in bench.connector.pull(site, 0)]
    hold(not any(SECRET in each for each in said), "a receipt, an error, a log or a printed line holds a secret")
    leaks = [path for path, content in folder_tree(bench.folder).items() if SECRET.encode() in (content or b"")]
    hold(not leaks, f"a secret was written to {leaks}")


def a_pull_can_be_resumed(bench: Bench) -> None:
    """From every cursor the same batches follow, after a pull that was cut off and after more has happened."""
    site = bench.site()
    bench.apply_all(site)
    whole: list[FactBatch] = []
    for _ in range(2):
        batches = list(bench.connector.pull(site, 0))
        numbers = [batch.number for batch in batches]
        hold(all(a < b for a, b in zip([0, *numbers], numbers, strict=False)), f"the numbers do not rise: {numbers}")
        source = bench.connector.source(site.store)
        hold(all((each.source, each.store) == (source, site.store) for each in batches), f"a batch is not of {source}")
        hold(_same_batches(batches[: len(whole)], whole), "batches that were pulled before have changed")
        for cursor in sorted({edge for number in [0, *numbers] for edge in (number - 1, number) if edge >= 0}):
            behind = [batch for batch in batches if batch.number > cursor]
            hold(_same_batches(list(bench.connector.pull(site, cursor)), behind), f"other batches behind {cursor}")
        cut_off = next(iter(bench.connector.pull(site, 0)), None)
        hold(
            _same_batches(list(bench.connector.pull(site, 0)), batches), "a pull that was cut off changes the next one"
        )
        hold(cut_off is None or _same_batches([cut_off], batches[:1]), "the first batch is another one")
        whole = batches
        bench.trial.pass_time(site)


RULES: dict[str, Callable[[Bench], None]] = {
    rule.__name__: rule
    for rule in (
        receipts_say_what_was_done,
        applied_twice_is_applied_once,
        processes_at_once_apply_a_key_once,
        a_killed_process_loses_and_doubles_nothing,
        another_command_under_a_used_key_is_refused,
        a_dry_run_writes_nothing,
        what_does_not_fit_is_refused,
        an_undo_restores,
        permanent_and_passing_errors_are_told_apart,
        secrets_are_not_told,
        a_pull_can_be_resumed,
    )
}


def hold(condition: bool, message: str) -> None:
    """Raise BrokenContract with the message unless the condition holds."""
    if not condition:
        raise BrokenContract(message)


def _error_of(bench: Bench, site: Site, command: Command, key: str, *, dry_run: bool = False) -> Exception | None:
    try:
        bench.apply(site, command, key, dry_run=dry_run)
    except YunyingError as error:
        return error
    except Exception as error:
        raise BrokenContract(f"{command.kind} raises {error!r}, which says nothing about who can act") from error
    return None


def _facts_check(named: str, table: str, rows: Sequence[Any]) -> None:
    hold(table in TABLES and bool(rows), f"{named} there is no fact table {table}, or it has no rows")
    schema = TABLES[table].schema
    unknown = {name for row in rows for name in row} - set(schema.names) | {"store"} & {
        name for row in rows for name in row
    }
    hold(not unknown, f"{named} {table} has no columns {sorted(unknown)}")
    columns = {name: pa.array([row.get(name) for row in rows]) for name in {name for row in rows for name in row}}
    try:
        admit(TABLES[table], pa.table({name: column.cast(schema.field(name).type) for name, column in columns.items()}))
    except (YunyingError, pa.ArrowException) as error:
        raise BrokenContract(f"{named} the rows of {table} cannot be published: {error}") from error


def _params_of(command: Command) -> dict[str, Any]:
    """Parameters that fit the command's schema, so that only its kind can be what is refused."""
    plain: dict[str, Any] = {
        "text": "x", "long_text": "x", "whole": 1, "money": 1, "permille": 100, "price": "1.50", "date": "2026-11-11",
    }  # fmt: skip
    params: dict[str, Any] = {}
    for param in COMMANDS[command.kind, command.version].params:
        if param.kind == "rows":
            params[param.name] = ({each.name: plain[each.kind] for each in param.row},)
        else:
            params[param.name] = param.choices[0] if param.kind == "choice" else plain[param.kind]
    return {**params, "end_date": "2026-11-12"} if "end_date" in params else params


def _same_batches(some: Sequence[FactBatch], others: Sequence[FactBatch]) -> bool:
    if len(some) != len(others):
        return False
    return all(
        replace(one, tables={}) == replace(other, tables={})
        and list(one.tables) == list(other.tables)
        and all(one.tables[name].equals(other.tables[name], check_metadata=True) for name in one.tables)
        for one, other in zip(some, others, strict=True)
    )


@contextlib.contextmanager
def _secrets(names: Sequence[str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in (_ANY_SECRET, *names)}
    os.environ.update(dict.fromkeys(before, SECRET))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextlib.contextmanager
def _overheard(said: list[str]) -> Iterator[None]:
    """Hear what is printed and logged on any level meanwhile."""
    heard, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(heard), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        with contextlib.redirect_stdout(heard), contextlib.redirect_stderr(heard):
            yield
    finally:
        root.setLevel(level)
        root.removeHandler(handler)
        said.append(heard.getvalue())


def _trace(error: Exception | None) -> str:
    return "".join(traceback.format_exception(error)) + repr(vars(error)) if error else ""


def _json(value: object) -> str:
    return json.dumps(to_plain(value), sort_keys=True)
