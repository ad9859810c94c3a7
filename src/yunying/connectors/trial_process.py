"""A process of its own that applies commands for the contract: to race with others, or to be killed."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Self

import django

from yunying import connectors
from yunying.connectors.manifest import Site, connector_named
from yunying.kernel.command import Command
from yunying.kernel.errors import YunyingError
from yunying.kernel.json_form import from_plain, to_plain

_START = "from yunying.connectors.trial_process import serve; serve()"


class TrialProcess:
    """One such process; it works on one site and says each answer as it has it."""

    def __init__(self, slug: str, site: Site) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._send({"paths": list(connectors.__path__), "slug": slug, "site": _plain_site(site)})
        if self.answer() != "ready":
            raise RuntimeError("the process did not start")

    def ask(self, asked: Sequence[tuple[str, Command]]) -> None:
        """Let it apply each command under its key; the answers come one by one."""
        self._send([[key, to_plain(command)] for key, command in asked])

    def answer(self) -> str:
        """The next answer: a receipt as JSON text, or an error; empty if the process died."""
        if self._process.stdout is None:
            return ""
        return self._process.stdout.readline().rstrip("\n")

    def kill(self) -> None:
        """End it without a word, as a power cut would."""
        self._process.kill()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def _send(self, value: object) -> None:
        if self._process.stdin is not None:
            self._process.stdin.write(json.dumps(value, ensure_ascii=True) + "\n")
            self._process.stdin.flush()


def serve() -> None:
    """What the process does: read the site, then apply what it is asked for until its input ends."""
    told: dict[str, Any] = json.loads(sys.stdin.readline())
    if "DJANGO_SETTINGS_MODULE" in os.environ:
        # A connector whose system is a database of ours speaks to it through Django.
        django.setup()
    connectors.__path__ = told["paths"]
    connector, site = connector_named(told["slug"]), _site(told["site"])
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        for key, command in json.loads(line):
            try:
                said = json.dumps(to_plain(connector.apply(site, from_plain(Command, command), key, False)))
            except YunyingError as error:
                said = f"{type(error).__name__}: {error}"
            sys.stdout.write(said + "\n")
            sys.stdout.flush()


def _plain_site(site: Site) -> dict[str, Any]:
    return {
        "store": site.store,
        "currency": site.currency,
        "folder": str(site.folder),
        "as_of": site.as_of.isoformat(),
        "language": site.language,
        "titles": dict(site.titles),
    }


def _site(plain: dict[str, Any]) -> Site:
    return Site(**{**plain, "folder": Path(plain["folder"]), "as_of": date.fromisoformat(plain["as_of"])})
