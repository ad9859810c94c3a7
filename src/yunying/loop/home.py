"""The home folder: where one installation keeps its facts, runs, models and settings."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from yunying.facts.store import FactStore
from yunying.facts.stores import StoreSettings, store_settings
from yunying.kernel.errors import OperatorError
from yunying.practices.manifest import practice_slugs


@dataclass(frozen=True)
class Home:
    """The folders of one installation.

    Args:
        path: the home folder; ``facts``, ``runs``, ``models`` and ``settings`` lie in it.
    """

    path: Path

    @property
    def facts(self) -> FactStore:
        """The store of facts."""
        return FactStore(self.path / "facts")

    @property
    def runs(self) -> Path:
        """One JSON file per run."""
        return self.path / "runs"

    @property
    def models(self) -> Path:
        """One JSON file per fitted model, named by what it was fitted from."""
        return self.path / "models"

    def settings_file(self, store: str) -> Path:
        """The YAML file of a store's own settings: a mapping of practice to settings."""
        return self.path / "settings" / f"{store}.yaml"

    def practice_settings(self, store: str, practice: str) -> dict[str, Any]:
        """A store's own settings of one practice; empty where there are none.

        Raises:
            OperatorError: the file is not a mapping of practices to mappings.
        """
        path = self.settings_file(store)
        if not path.exists():
            return {}
        try:
            found = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError, OSError) as error:
            raise OperatorError("bad-settings", f"{path} is not YAML: {error}.", "Mend or delete it.") from error
        _refuse_unknown_practices(path, found)
        own = found.get(practice, {}) if isinstance(found, dict) else None
        if not isinstance(own, dict):
            raise OperatorError(
                "bad-settings",
                f"{path} does not map practices to settings.",
                f"Write it as:\n{practice}:\n  review_days: 7",
            )
        return own


def _refuse_unknown_practices(path: Path, found: object) -> None:
    known_slugs = practice_slugs()
    unknown = sorted(str(name) for name in found if name not in known_slugs) if isinstance(found, dict) else []
    if unknown:
        known = ", ".join(known_slugs)
        raise OperatorError(
            "bad-settings", f"{path} has settings of {unknown[0]!r}, which is no practice.", f"Known are: {known}."
        )


def store_named(home: Home, store: str) -> StoreSettings:
    """The settings of one store.

    Raises:
        OperatorError: it has no facts; the error lists the stores that have.
    """
    with home.facts.read() as facts:
        return store_settings(facts, store)
