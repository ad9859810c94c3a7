"""The JSON form of the vocabulary: frozen dataclasses to plain values and back, without loss."""

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from yunying.kernel.errors import InternalError

T = TypeVar("T")


def to_plain(value: object) -> Any:
    """Dataclasses become objects, tuples arrays, dates ISO text.

    >>> to_plain((date(2026, 11, 11), None, 3))
    ['2026-11-11', None, 3]
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [to_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise InternalError(f"{type(value).__name__} has no JSON form")


def from_plain(kind: type[T], plain: Any) -> T:
    """The inverse of ``to_plain`` for a type built of dataclasses, tuples, mappings, dates and plain values.

    Raises:
        InternalError: the value does not fit the type.
    """
    value: T = _read(kind, plain)
    return value


def _read(kind: Any, plain: Any) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _read_union(get_args(kind), plain)
    if origin is tuple:
        item, *rest = get_args(kind)
        if rest == [Ellipsis]:
            return tuple(_read(item, each) for each in plain)
        return tuple(_read(each, value) for each, value in zip(get_args(kind), plain, strict=True))
    if origin is not None and issubclass(origin, Mapping):
        key, item = get_args(kind)
        return {_read(key, name): _read(item, value) for name, value in plain.items()}
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        return kind(**{field.name: _read(hints[field.name], plain[field.name]) for field in fields(kind)})
    if kind is date:
        return date.fromisoformat(plain)
    if kind is float and isinstance(plain, int) and not isinstance(plain, bool):
        return float(plain)
    if kind is type(None) and plain is None:
        return None
    if isinstance(kind, type) and type(plain) is kind:
        return plain
    raise InternalError(f"{plain!r} is not a {kind}")


def _read_union(kinds: tuple[Any, ...], plain: Any) -> Any:
    for kind in kinds:
        try:
            return _read(kind, plain)
        except (InternalError, TypeError, ValueError, KeyError, AttributeError):
            continue
    raise InternalError(f"{plain!r} is none of {kinds}")
