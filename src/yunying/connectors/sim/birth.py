"""How a living store began: its world, its luck, and the rule under which it lived before anyone took over."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from yunying.connectors.site_lock import site_lock
from yunying.facts.durable import write_durably
from yunying.kernel.errors import OperatorError
from yunying.kernel.ids import digest, store_check
from yunying.kernel.json_form import from_plain, to_plain
from yunying.sim.loading import settings_data, settings_from, world_names
from yunying.sim.minmax import MinMaxRule
from yunying.sim.settings import WorldSettings

WORLD_NAME = "world.json"
SETTINGS_NAME = "settings.yaml"


@dataclass(frozen=True)
class Birth:
    """All that a living store's first days follow from.

    Args:
        days: lived under ``rule``, or without any orders where it is None, before anyone took over.
        settings_text: the world's settings as YAML, whole, so that a later change of a file does not change the past.
    """

    settings_text: str
    settings: WorldSettings
    seed: int
    days: int
    rule: MinMaxRule | None

    @property
    def digest(self) -> str:
        """The same for two stores that began alike."""
        return digest(json.dumps([self.settings_text, self.seed, self.days, to_plain(self.rule)]))


def birth_record(
    folder: Path, world: str | Path, seed: int, days: int, rule: MinMaxRule | None, store: str | None
) -> Birth:
    """Write down how a store begins; the same again is the same, and a call that died on the way may be repeated.

    Raises:
        OperatorError: the settings do not fit, or another store lives in the folder.
    """
    data = settings_data(world)
    if store is not None:
        data["store"] = {**data["store"], "id": store}
    settings = settings_from(data)
    store_check(settings.store.id)
    if not 0 <= days <= settings.horizon_days:
        raise OperatorError(
            "bad-days", f"The world cannot have lived {days} days.", f"Give 0 to {settings.horizon_days}, its horizon."
        )
    text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
    # Read back as it will be from the file, so that a whole number and its decimal are one.
    rule = None if rule is None else from_plain(MinMaxRule, to_plain(rule))
    # The settings lie beside it; of a file the name is enough to remember where they came from.
    plain = {
        "world": Path(world).name,
        "store": settings.store.id,
        "seed": seed,
        "days": days,
        "rule": to_plain(rule),
        "settings": digest(text),
    }
    with site_lock(folder):
        if (folder / WORLD_NAME).exists():
            then = json.loads((folder / WORLD_NAME).read_text(encoding="utf-8"))
            # A world that comes with the program may have changed with it; a store that lives keeps its own laws.
            ignored = {"settings"} if world in world_names() else set()
            if any(then.get(name) != value for name, value in plain.items() if name not in ignored):
                raise OperatorError(
                    "world-exists", f"Another store lives in {folder}.", "Give the new one a folder of its own."
                )
            return birth_read(folder)
        write_durably(folder / SETTINGS_NAME, text)
        write_durably(folder / WORLD_NAME, json.dumps(plain, ensure_ascii=False, indent=2))
    return Birth(text, settings, seed, days, rule)


def birth_read(folder: Path) -> Birth:
    """How the store of a folder began.

    Raises:
        OperatorError: no store lives there, or its record is damaged.
        OSError: the folder cannot be read just now.
    """
    try:
        plain: dict[str, Any] = json.loads((folder / WORLD_NAME).read_text(encoding="utf-8"))
        text = (folder / SETTINGS_NAME).read_text(encoding="utf-8")
        if digest(text) != plain["settings"]:
            raise ValueError("the settings were changed")
        rule = None if plain["rule"] is None else from_plain(MinMaxRule, plain["rule"])
        return Birth(text, settings_from(yaml.safe_load(text)), int(plain["seed"]), int(plain["days"]), rule)
    except FileNotFoundError as error:
        raise OperatorError(
            "no-world", f"No simulated store lives in {folder}.", "Create one first: LivingStore.create."
        ) from error
    except (ValueError, KeyError, TypeError, yaml.YAMLError) as error:
        raise OperatorError(
            "world-damaged", f"{folder / WORLD_NAME} or {SETTINGS_NAME} is damaged: {error}.", "Restore the folder."
        ) from error
