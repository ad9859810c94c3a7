"""A command is one kind of action with named, versioned parameters; connectors say which ones they apply."""

from collections.abc import Mapping
from dataclasses import dataclass

Value = str | int | bool | None


@dataclass(frozen=True)
class Command:
    """What is to be done.

    Args:
        kind: the registered name, such as ``purchase_order``.
        version: the version of the kind's parameters, from 1.
        params: texts, whole numbers, truth values or lists of flat rows; money in ``_minor``, unit prices and
            dates as text.
    """

    kind: str
    version: int
    params: Mapping[str, Value | tuple[Mapping[str, Value], ...]]
