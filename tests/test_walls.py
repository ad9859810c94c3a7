"""Every rule of the house is proved once by a violation that it catches."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

VIOLATIONS = {
    "A package imports only what stands below it": {
        "src/yunying/facts/violation.py": "import yunying.loop.home\n",
        "src/yunying/metrics/violation.py": "import yunying.sim.world\n",
        "src/yunying/console/violation.py": "import yunying.loop.home\n",
        "src/yunying/api/violation.py": "import yunying.loop.home\n",
        "src/yunying/inbox/violation.py": "import yunying.audit.log\n",
        "src/yunying/interventions/violation.py": "import yunying.practices.manifest\n",
        "src/yunying/portal/violation.py": "import yunying.org.scope\n",
        "src/yunying/portal/shop/violation.py": "import yunying.practices.manifest\n",
        "src/yunying/org/violation.py": "import yunying.portal.shop.apps\n",
        "src/yunying/accounts/violation.py": "import yunying.portal.shop.apps\n",
        "src/yunying/cli_extra.py": "",
    },
    "Only facts touches the storage and query engines": {
        "src/yunying/metrics/violation.py": "import duckdb\n",
        "src/yunying/loop/violation.py": "import deltalake\n",
        "src/yunying/portal/violation.py": "import duckdb\n",
    },
    "Kernel and methods are pure": {
        "src/yunying/methods/violation.py": "import django.db\n",
        "src/yunying/kernel/violation.py": "import urllib.request\n",
    },
    "What a practice fits and decides is pure": {
        "src/yunying/practices/purchasing/design.py": "import yunying.practices.purchasing.read\n",
        "src/yunying/practices/purchasing/order.py": "import ibis\n",
    },
    "No practice imports another practice": {
        "src/yunying/practices/second/__init__.py": "import yunying.practices.purchasing.inputs\n",
    },
    "No connector imports another connector": {
        "src/yunying/connectors/second/__init__.py": "import yunying.connectors.csv.limits\n",
    },
    "Only loop and config import connectors": {
        "src/yunying/cli.py": "import yunying.connectors.csv.limits\n",
    },
    "Models are reached through services": {
        "src/yunying/loop/violation.py": "import yunying.accounts.models\n",
    },
    "The ledger's rows are reached through its services": {
        "src/yunying/console/violation.py": "import yunying.interventions.models\n",
        "src/yunying/api/violation.py": "import yunying.interventions.models\n",
        "src/yunying/loop/violation.py": "import yunying.interventions.models\n",
    },
    "The structure's rows are reached through its services": {
        "src/yunying/interventions/violation.py": "import yunying.org.models\n",
    },
    "The audit's rows are reached through its log": {
        "src/yunying/interventions/violation.py": "import yunying.audit.models\n",
    },
    "The post's rows are reached through its services": {
        "src/yunying/api/violation.py": "import yunying.inbox.models\n",
        "src/yunying/loop/violation.py": "import yunying.inbox.models\n",
    },
    "The managers' rows are reached through their services": {
        "src/yunying/console/violation.py": "from yunying.management.models import Task\n",
    },
    "The portal is reached through its facade": {
        "src/yunying/console/violation.py": "import yunying.portal.shop.apps\n",
        "src/yunying/loop/violation.py": "import yunying.portal.shop.apps\n",
    },
    "A connector knows the facade, not the rooms behind it": {
        "src/yunying/connectors/violation.py": "import yunying.portal.shop.models\n",
    },
    "No request reaches an outside address": {
        "src/yunying/api/violation.py": "import http.client\n",
        "src/yunying/console/violation.py": "import urllib.request\n",
    },
}
CASES = [(rule, path, text) for rule, files in VIOLATIONS.items() for path, text in files.items()]


def lint_imports(root: Path, contract: str | None = None) -> subprocess.CompletedProcess:
    code = (
        "import sys; sys.path.insert(0, 'src'); from importlinter.cli import lint_imports; "
        "sys.exit(lint_imports(cache_dir=None))"
    )
    return subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("tests", "__pycache__", "*.egg-info"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_house_as_it_stands_keeps_every_rule(house: Path) -> None:
    told = lint_imports(house)
    assert told.returncode == 0, told.stdout
    assert f"{len(VIOLATIONS)} kept, 0 broken" in told.stdout


@pytest.mark.parametrize(("rule", "path", "text"), CASES, ids=[f"{rule}: {path}" for rule, path, _ in CASES])
def test_a_violation_is_caught(house: Path, rule: str, path: str, text: str) -> None:
    target = house / path
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("a", encoding="utf-8") as handle:
        handle.write(text)
    told = lint_imports(house)
    assert told.returncode == 1, told.stdout
    if path.endswith("cli_extra.py"):
        # A new package that no layer names is refused before the rules are looked at one by one.
        assert "cli_extra" in told.stdout
    else:
        assert f"{rule} BROKEN" in told.stdout


BANNED = {
    "clock": "from datetime import date\n\nprint(date.today())\n",
    "moment": "from datetime import datetime\n\nprint(datetime.now())\n",
    "seconds": "import time\n\nprint(time.time())\n",
    "chance": "import random\n\nprint(random.random())\n",
    "get_model": "from django.apps import apps\n\nprint(apps.get_model('accounts.User'))\n",
    "print": "print('debugging')\n",
}


@pytest.mark.parametrize("name", BANNED)
def test_ruff_catches_what_the_layers_cannot_see(name: str) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--no-cache", "--stdin-filename", "src/yunying/loop/violation.py", "-"],
        cwd=ROOT,
        input='"""Violation."""\n\n' + BANNED[name],
        capture_output=True,
        text=True,
    )
    assert told.returncode == 1
    assert ("T201" if name == "print" else "TID251") in told.stdout
