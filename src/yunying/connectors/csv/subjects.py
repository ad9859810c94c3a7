"""What a command changes, as one text, so that an earlier command on the same thing can be found and taken back."""

from collections.abc import Mapping
from typing import Any

from yunying.kernel.command import Command

_SUBJECTS: dict[str, tuple[str, ...]] = {
    "set_price": ("product",),
    "start_promotion": ("promotion",),
    "stop_promotion": ("promotion",),
    "set_budget": ("channel", "campaign"),
    "feature": ("product", "slot"),
    "unfeature": ("product", "slot"),
    "issue_coupon": ("code",),
    "withdraw_coupon": ("code",),
    "publish": ("column", "title"),
    "unpublish": ("column", "title"),
}
_SETS = {
    "issue_coupon": "coupon",
    "withdraw_coupon": "coupon",
    "set_price": "price",
    "set_budget": "budget",
    "start_promotion": "promotion",
    "stop_promotion": "promotion",
}
_RELEASES = frozenset(("stop_promotion", "unfeature", "unpublish", "withdraw_coupon"))


def subject_of(command: Command) -> str:
    """The thing that is in one condition at a time; empty where there is none, as for a message.

    >>> subject_of(Command("unfeature", 1, {"product": "P1", "slot": "home"}))
    "feature ('P1', 'home')"
    """
    names = _SUBJECTS.get(command.kind)
    if names is None:
        return ""
    thing = _SETS.get(command.kind, command.kind.removeprefix("un"))
    return f"{thing} {tuple(str(command.params[name]) for name in names)}"


def released_by(command: Command) -> bool:
    """Whether the command ends what was in force, rather than putting something in its place."""
    return command.kind in _RELEASES


def undo_of(command: Command, before: Mapping[str, Any] | None) -> Command | None:
    """The command that takes this one back, given what was in force until then.

    Args:
        before: the parameters in force before; None where the record knows nothing.
    """
    params = command.params
    if command.kind in ("set_price", "set_budget"):
        # What the shop had before the first command is not known here, so nothing is promised.
        return None if before is None else Command(command.kind, command.version, before)
    undo = {
        "start_promotion": "stop_promotion", "feature": "unfeature", "publish": "unpublish",
        "issue_coupon": "withdraw_coupon",
    }.get(command.kind)  # fmt: skip
    if undo is None or before is not None:
        # Taking it back would take away what was there before as well.
        return None
    names = _SUBJECTS[undo]
    return Command(undo, 1, {name: params[name] for name in names})
