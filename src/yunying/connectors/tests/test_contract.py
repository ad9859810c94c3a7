"""Every connector that is found keeps the contract, and the contract notices every way of breaking it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from yunying.connectors.contract import RULES, Bench, BrokenContract
from yunying.connectors.manifest import connector_named, connectors_found
from yunying.connectors.trial import trial_of
from yunying.kernel.errors import InternalError, OperatorError

DropIn = Callable[..., Path]


def bench(slug: str, folder: Path) -> Bench:
    return Bench(connector_named(slug), trial_of(slug), folder / "bench")


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("slug", connectors_found())
def test_a_connector_keeps_the_rule(slug: str, rule: str, tmp_path: Path) -> None:
    tried = bench(slug, tmp_path)
    try:
        RULES[rule](tried)
    finally:
        tried.trial.clean(tried.folder)


@pytest.mark.parametrize("rule", RULES)
def test_a_folder_dropped_in_is_found_and_keeps_the_same_contract(rule: str, tmp_path: Path, drop_in: DropIn) -> None:
    drop_in()
    assert "notebook" in connectors_found()
    RULES[rule](bench("notebook", tmp_path))


KEEP_KEY = '    book["applied"][key] = {"command"'
LOCKED = "with site_lock(site.folder):\n            book = read(site)\n"
OUTBOX = (
    "{}:\n            book = read(site)\n            if key not in book['applied']:\n                time.sleep(0.3)\n"
    "                with (site.folder / 'outbox').open('a') as outbox:\n                    outbox.write(key)\n"
)
BREAKERS: dict[str, tuple[str, tuple[str, str]]] = {
    "keys that are forgotten": ("applied_twice_is_applied_once", (KEEP_KEY, '    book["last"] = {"command"')),
    "another number at each call": (
        "applied_twice_is_applied_once",
        ('return receipt_from({**known["receipt"], "status": status})',
         'return receipt_from({**known["receipt"], "status": status, "reference": str(time.monotonic_ns())})'),
    ),
    "no lock": ("processes_at_once_apply_a_key_once", (LOCKED, OUTBOX.format("if site.folder.mkdir(parents=True, "
                "exist_ok=True) is None"))),
    "a key that is kept after the deed": (
        "a_killed_process_loses_and_doubles_nothing",
        ('            receipt = changed(site, book, command, key, "applied")\n            write(site, book)',
         ('            if key not in book["applied"]:\n                book["deeds"] = book.get("deeds", 0) + 1\n'
         '                write(site, book)\n                time.sleep(0.2)\n'
         '            receipt = changed(site, book, command, key, "applied")\n            write(site, book)')),
    ),
    "any command under a known key": (
        "another_command_under_a_used_key_is_refused",
        ('if known["command"] != to_plain(command):', 'if known["command"]["kind"] != command.kind:'),
    ),
    "a dry run that is kept": (
        "a_dry_run_writes_nothing",
        ('return changed(site, read(site), command, key, "planned")',
         ('book = read(site)\n            receipt = changed(site, book, command, key, "planned")\n            '
         'site.folder.mkdir(parents=True, exist_ok=True)\n            write(site, book)\n            return receipt')),
    ),
    "a dry run that makes the folder": (
        "a_dry_run_writes_nothing",
        ("        if dry_run:\n", "        if dry_run:\n            site.folder.mkdir(parents=True, exist_ok=True)\n"),
    ),
    "a dry run that says it was done": (
        "a_dry_run_writes_nothing",
        ('return changed(site, read(site), command, key, "planned")',
         'return changed(site, read(site), command, key, "applied")'),
    ),
    "no check of what is asked": (
        "what_does_not_fit_is_refused",
        ('command = application_check("notebook", DECLARED, command, key)', "pass"),
    ),
    "an undo that goes elsewhere": (
        "an_undo_restores", ('book["prices"].get(product, "10.00")', '"11.00"'),
    ),
    "no undo where there is one": ("an_undo_restores", ('"已记下。", undo)', '"已记下。")')),
    "a passing error for what is wrong for ever": (
        "permanent_and_passing_errors_are_told_apart",
        ('raise OperatorError("unknown-product", "There is no such product.", "Name another one.")',
         'raise ConnectorError("There is no such product.", retryable=True)'),
    ),
    "a final error for what passes": (
        "permanent_and_passing_errors_are_told_apart",
        ('cannot be used: {error.strerror}.", retryable=True)', 'cannot be used: {error.strerror}.", retryable=False)'),
    ),
    "an error that nobody named": (
        "permanent_and_passing_errors_are_told_apart", ("    except OSError as error:\n        raise ConnectorError(f",
        "    except ZeroDivisionError as error:\n        raise ConnectorError(f"),
    ),
    "a secret in an error": (
        "secrets_are_not_told",
        ('cannot be used: {error.strerror}.", retryable=True)',
         'cannot be used: {dict(os.environ)}.", retryable=True)'),
    ),
    "a secret in the log": (
        "secrets_are_not_told",
        ("    params, undo = command.params, None\n",
         ("    params, undo = command.params, None\n    import logging\n"
         "    logging.getLogger('notebook').debug('signing with %s', os.environ.get('YUNYING_TRIAL_SECRET'))\n")),
    ),
    "a secret in the folder": (
        "secrets_are_not_told",
        (KEEP_KEY, '    book["token"] = os.environ.get("YUNYING_TRIAL_SECRET")\n' + KEEP_KEY),
    ),
    "a pull that skips one": (
        "a_pull_can_be_resumed", ("range(cursor + 1, days + 1)", "range(cursor + 1 + (cursor > 0), days + 1)"),
    ),
    "a pull that starts anew": ("a_pull_can_be_resumed", ("range(cursor + 1, days + 1)", "range(1, days + 1)")),
    "a pull that tells another story": (
        "a_pull_can_be_resumed", ('"list_price": [number]', '"list_price": [number + days]'),
    ),
    "a receipt without Chinese": ("receipts_say_what_was_done", ('"已记下。"', '""')),
    "facts that cannot be published": (
        "receipts_say_what_was_done",
        ('"已记下。", undo)', '"已记下。", undo, facts={"price": ({"product": "P1", "list_price": "-1"},)})'),
    ),
}  # fmt: skip


@pytest.mark.parametrize("breaker", BREAKERS)
def test_the_contract_catches(breaker: str, tmp_path: Path, drop_in: DropIn) -> None:
    rule, change = BREAKERS[breaker]
    drop_in(change)
    with pytest.raises(BrokenContract):
        RULES[rule](bench("notebook", tmp_path))


def test_with_the_lock_the_same_outbox_keeps_the_rule_of_processes_at_once(tmp_path: Path, drop_in: DropIn) -> None:
    drop_in((LOCKED, OUTBOX.format("with site_lock(site.folder)")))
    RULES["processes_at_once_apply_a_key_once"](bench("notebook", tmp_path))


def test_every_rule_has_a_breaker() -> None:
    assert {rule for rule, _ in BREAKERS.values()} == set(RULES)


BAD_MANIFESTS = {
    "another slug than the folder": ('slug="notebook"', 'slug="diary"'),
    "a command that nobody registered": ('("message", 1))', '("send_flowers", 1))'),
    "a command twice": ('("message", 1))', '("set_price", 1))'),
    "no command": ("    commands=DECLARED,", "    commands=(),"),
    "no Chinese title": ('title_zh="记事本"', 'title_zh=""'),
    "no connector at all": ("CONNECTOR = Connector(", "CONNECTER = Connector("),
    "something else under the name": ("CONNECTOR = Connector(", "CONNECTOR = dict("),
}


@pytest.mark.parametrize("fault", BAD_MANIFESTS)
def test_a_folder_is_refused_for(fault: str, drop_in: DropIn) -> None:
    drop_in(BAD_MANIFESTS[fault])
    with pytest.raises(InternalError, match="connectors/notebook"):
        connectors_found()


def test_a_folder_without_a_connector_file_or_a_trial_is_refused(drop_in: DropIn) -> None:
    folder = drop_in()
    (folder / "trial.py").unlink()
    with pytest.raises(InternalError, match=r"connectors/notebook has no trial\.py"):
        trial_of("notebook")
    (folder / "connector.py").unlink()
    with pytest.raises(InternalError, match=r"connectors/notebook has no connector\.py"):
        connectors_found()


def test_an_unknown_connector_is_answered_with_the_known_ones() -> None:
    with pytest.raises(OperatorError, match="csv, portal, sim") as caught:
        connector_named("telepathy")
    assert caught.value.code == "unknown-connector"
