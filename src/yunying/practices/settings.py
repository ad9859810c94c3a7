"""Policies: every threshold of a practice with its unit, bounds, default and reason."""

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any, TypeVar, get_args

from yunying.kernel.errors import OperatorError

T = TypeVar("T")


@dataclass(frozen=True)
class Setting:
    """What a person needs to know before changing a threshold; the bounds are inclusive."""

    unit: str
    low: float
    high: float
    reason: str
    is_optional: bool = False


def setting(default: Any, *, unit: str, low: float, high: float, reason: str, is_optional: bool = False) -> Any:
    """A field of a policy; ``is_optional`` allows None."""
    return field(default=default, metadata={"setting": Setting(unit, low, high, reason, is_optional)})


def policy_from(kind: type[T], chosen: Mapping[str, Any], where: str) -> T:
    """The policy with a store's own settings in it.

    Args:
        where: the file that the settings come from, for the error.

    Raises:
        OperatorError: a name that the policy lacks, or a value of a wrong kind or out of bounds.
    """
    known: dict[str, Field[Any]] = {each.name: each for each in fields(kind)}  # type: ignore[arg-type]
    for name, value in chosen.items():
        if name not in known:
            raise OperatorError(
                "unknown-setting", f"{where}: there is no setting {name!r}.", f"Use one of: {', '.join(sorted(known))}."
            )
        _check(name, value, known[name], where)
    return kind(**chosen)


def _check(name: str, value: Any, known: "Field[Any]", where: str) -> None:
    bounds: Setting = known.metadata["setting"]
    if value is None and bounds.is_optional:
        return
    # The declared type says it also where the default is None.
    whole = float not in (known.type, *get_args(known.type))
    fits = isinstance(value, int | float) and not isinstance(value, bool) and (not whole or isinstance(value, int))
    if not fits or not bounds.low <= value <= bounds.high:
        kind = "a whole number" if whole else "a number"
        none = ", or null" if bounds.is_optional else ""
        raise OperatorError(
            "bad-setting",
            f"{where}: {name} = {value!r} does not fit.",
            f"Give {kind} of {bounds.unit} from {bounds.low:g} to {bounds.high:g}{none}: {bounds.reason}",
        )
