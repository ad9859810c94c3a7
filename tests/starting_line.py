"""Processes of a race: each says ``ready``, all are told ``go`` together, each tells JSON when it is done."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.databases import Environment


def asked(environment: Environment, script: Path, *arguments: str) -> Any:
    """What one process told that ran alone."""
    told = subprocess.run(
        [sys.executable, str(script), *arguments], env=environment, capture_output=True, text=True, timeout=240
    )
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout)


def raced(environment: Environment, script: Path, runs: Sequence[Sequence[str]], timeout: float = 240) -> list[Any]:
    """What each process told, one for each run's arguments; none outlives the race."""
    started = [
        subprocess.Popen(
            [sys.executable, str(script), *arguments], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )
        for arguments in runs
    ]  # fmt: skip
    told = []
    try:
        for child in started:
            assert child.stdout.readline() == "ready\n", child.stderr.read()
        for child in started:
            child.stdin.write("go\n")
            child.stdin.flush()
        for child in started:
            out, err = child.communicate(timeout=timeout)
            assert child.returncode == 0, err
            told.append(json.loads(out))
    finally:
        for child in started:
            if child.poll() is None:
                child.kill()
    return told
