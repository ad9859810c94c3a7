"""From a YAML file to checked settings: new worlds need no code.

A file may say ``extends: demo`` and then only what differs. Mappings are merged key by key; lists, laws, the store's
regions and the events are replaced whole.
"""

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import yaml

from yunying.sim.laws import Law, law_from
from yunying.sim.settings import WorldSettings, bad_world

_REPLACED_WHOLE = ("events", "regions")
_MOST_EXTENSIONS = 10


def world_names() -> tuple[str, ...]:
    """The names of the worlds that come with the program, sorted.

    >>> "demo" in world_names()
    True
    """
    folder = files("yunying.sim").joinpath("worlds")
    return tuple(sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml")))


def load_settings(world: str | Path) -> WorldSettings:
    """Settings of a world that comes with the program, by name, or of a YAML file, by path.

    Raises:
        OperatorError: ``bad-world`` or ``bad-law``; the message names the place in the file.

    >>> load_settings("demo").store.currency
    'CNY'
    """
    return settings_from(_read(world, 0))


def settings_from(data: Mapping[str, object]) -> WorldSettings:
    """Settings from a mapping as YAML gives it, nothing left out (OperatorError otherwise)."""
    settings: WorldSettings = _build(WorldSettings, data, "world")
    return settings


def settings_data(world: str | Path) -> dict[str, Any]:
    """What ``load_settings`` reads, as a whole mapping: kept, it does not feel a later change of the files.

    Raises:
        OperatorError: as ``load_settings``.
    """
    data = _read(world, 0)
    settings_from(data)
    return data


def _read(world: str | Path, depth: int) -> dict[str, Any]:
    if depth > _MOST_EXTENSIONS:
        raise bad_world(f"{world} extends itself.", "Let the chain of extends end.")
    if isinstance(world, str) and world in world_names():
        text = files("yunying.sim").joinpath("worlds", f"{world}.yaml").read_text(encoding="utf-8")
    else:
        text = _file_text(Path(world))
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise bad_world(f"{world} is not YAML: {error}.", "Correct the file.") from error
    if not isinstance(data, dict):
        raise bad_world(f"{world} holds no settings.", "Write names and values, or start with: extends: demo")
    parent = data.pop("extends", None)
    return data if parent is None else _merged(_read(_parent(world, str(parent)), depth + 1), data)


def _parent(world: str | Path, name: str) -> str | Path:
    """The file of that name beside the one that extends it, else the world that comes with the program."""
    beside = Path(world).parent / f"{name}.yaml"
    is_file = not isinstance(world, str) or world not in world_names()
    return beside if is_file and beside.exists() else name


def _file_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise bad_world(
            f"There is no world {path}.", f"Name a YAML file, or one of: {', '.join(world_names())}."
        ) from error


def _merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    result = dict(below)
    for key, value in above.items():
        known = result.get(key)
        merges = isinstance(value, dict) and isinstance(known, dict) and "law" not in value
        result[key] = _merged(known, value) if merges and key not in _REPLACED_WHOLE else value  # type: ignore[arg-type]
    return result


def _build(hint: Any, data: Any, where: str) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _build(arguments[0], data, where)
    if origin is types.UnionType:
        return None if data is None else _build(arguments[0], data, where)
    if origin is tuple:
        _type_check(isinstance(data, list), where, "a list", data)
        return tuple(_build(arguments[0], item, f"{where}[{place}]") for place, item in enumerate(data))
    if hint is Law:
        _type_check(isinstance(data, dict), where, "a law such as {law: gamma, mean: 12, shape: 4}", data)
        return law_from(data)
    if origin is Mapping or is_dataclass(hint):
        _type_check(isinstance(data, dict), where, "names and values", data)
        if origin is Mapping:
            return {str(key): _build(arguments[1], item, f"{where}.{key}") for key, item in data.items()}
        return _build_settings(hint, data, where)
    return _scalar(hint, data, where)


def _build_settings(cls: Any, data: dict[str, Any], where: str) -> Any:
    hints = get_type_hints(cls, include_extras=True)
    names = [field.name for field in fields(cls)]
    missing = [name for name in names if name not in data]
    unknown = [str(name) for name in data if name not in names]
    if missing or unknown:
        what = "; ".join(
            f"{label} {', '.join(listed)}" for label, listed in (("lacks", missing), ("has unknown", unknown)) if listed
        )
        raise bad_world(f"{where} {what}.", f"It holds exactly: {', '.join(names)}.")
    return cls(**{name: _build(hints[name], data[name], f"{where}.{name}") for name in names})


def _scalar(hint: Any, data: Any, where: str) -> Any:
    if hint is float:
        _type_check(isinstance(data, int | float) and not isinstance(data, bool), where, "a number", data)
        return float(data)
    if hint is int:
        _type_check(isinstance(data, int) and not isinstance(data, bool), where, "a whole number", data)
    elif hint is str:
        _type_check(isinstance(data, str), where, "text", data)
    elif hint is date:
        _type_check(type(data) is date, where, "a date such as 2024-01-01", data)
    return data


def _type_check(truth: bool, where: str, wanted: str, data: object) -> None:
    if not truth:
        raise bad_world(f"{where} is {data!r}.", f"Give {wanted}.")
