"""kill -9 at random moments, and several processes at once: every approved line stands on its sheet once.

YUNYING_KILLS sets how many kills are tried; YUNYING_SEED their moments.
"""

import csv
import os
import random
import time
from collections import Counter
from datetime import date
from pathlib import Path

from yunying.connectors.csv.connector import CONNECTOR
from yunying.connectors.manifest import Site
from yunying.connectors.trial import folder_tree
from yunying.connectors.trial_process import TrialProcess
from yunying.kernel.command import Command

ORDERS = 40


def site_in(folder: Path) -> Site:
    return Site("shop", "CNY", folder, date(2026, 11, 25))


def asked(prefix: str = "k", first: int = 0) -> list[tuple[str, Command]]:
    found = []
    for number in range(first, first + ORDERS):
        line = {"product": f"P{number}", "quantity": 1 + number, "unit_cost": "2.50"}
        command = Command("purchase_order", 1, {"supplier": f"S{number % 3}", "lines": (line,)})
        if number % 5 == 4:
            command = Command("set_price", 1, {"product": f"P{number % 7}", "list_price": f"{number}.00"})
        found.append((f"{prefix}/{number}", command))
    return found


def products(site: Site) -> Counter[str]:
    paths = (site.folder / "purchase-orders").rglob("*.csv")
    sheets = [csv.reader(path.read_text(encoding="utf-8-sig").splitlines()) for path in paths]
    return Counter(row[3] for sheet in sheets for row in list(sheet)[1:])


def killed_over_and_over(site: Site, kills: int, *, keyless: bool = False) -> None:
    seed = int(os.environ.get("YUNYING_SEED", str(time.time_ns() % 100_000)))
    print("seed", seed)
    rng = random.Random(seed)
    for kill in range(kills):
        with TrialProcess("csv", site) as process:
            process.ask(asked(f"call-{kill}" if keyless else "k"))
            # Most commands were applied before, so the kill goes deeper each time.
            for _ in range(rng.randrange(1, ORDERS)):
                process.answer()
            time.sleep(rng.random() * 0.02)
            process.kill()
    for key, command in asked("last" if keyless else "k"):
        CONNECTOR.apply(site, command, key, False)


def test_killed_at_random_moments_the_folder_is_to_the_byte_as_if_it_had_never_been(tmp_path: Path) -> None:
    killed, undisturbed = site_in(tmp_path / "killed"), site_in(tmp_path / "undisturbed")
    killed_over_and_over(killed, int(os.environ.get("YUNYING_KILLS", "15")))
    for key, command in asked():
        CONNECTOR.apply(undisturbed, command, key, False)
    here = {path: content for path, content in folder_tree(killed.folder).items() if not path.endswith(".passing")}
    assert here == folder_tree(undisturbed.folder)
    assert set(products(killed).values()) == {1}


def test_the_control_without_keys_orders_again(tmp_path: Path) -> None:
    site = site_in(tmp_path / "killed")
    killed_over_and_over(site, 2, keyless=True)
    assert max(products(site).values()) > 1


def test_processes_that_fill_the_same_sheets_at_once_lose_no_line(tmp_path: Path) -> None:
    site = site_in(tmp_path / "racing")
    racing = [TrialProcess("csv", site) for _ in range(3)]
    for number, process in enumerate(racing):
        process.ask(asked(f"process-{number}", number * 1000))
    for process in racing:
        answers = [process.answer() for _ in range(ORDERS)]
        assert all(answer.startswith("{") for answer in answers)
    for process in racing:
        process.__exit__()
    assert len(products(site)) == 3 * ORDERS * 4 // 5
    assert set(products(site).values()) == {1}
