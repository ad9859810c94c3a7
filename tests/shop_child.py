"""Builds a small simulated store with a person and a composed price in the home that the environment names."""

import json
import os
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yunying.config.settings")

import django

django.setup()

from yunying.accounts.database import database_ready
from yunying.accounts.people import person_make
from yunying.connectors.sim.living_store import LivingStore
from yunying.interventions.proposing import intervention_compose
from yunying.kernel.command import Command
from yunying.loop.home import Home
from yunying.loop.sites import desk_tell
from yunying.sim.minmax import MinMaxRule

WORLD = """
extends: demo
start_date: 2025-03-01
horizon_days: 200
store: {id: small}
catalogue: {products: 40}
"""

if __name__ == "__main__":
    database_ready()
    home = Home(Path(os.environ["YUNYING_HOME"]))
    (home.path / "world.yaml").write_text(WORLD, encoding="utf-8")
    living = LivingStore.create(
        home.path / "hands" / "small" / "sim", home.path / "world.yaml", 7, 90, MinMaxRule(14.0, 35.0)
    )
    for batch in living.batches():
        home.facts.write(batch)
    desk_tell(home, "small", connector="sim")
    manager = person_make("manager", "a long enough password")
    product = min(living.known_products)
    row = intervention_compose("small", manager, Command("set_price", 1, {"product": product, "list_price": "33.00"}))
    (home.path / "price.json").write_text(json.dumps({"id": row.pk}), encoding="utf-8")
