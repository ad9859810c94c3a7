"""What an applied command is called outside: the number given with it, or one that its key determines."""

from yunying.kernel.command import Command
from yunying.kernel.ids import digest

_DIGITS = 12


def reference_of(command: Command, store: str, key: str) -> str:
    """The same store, key and command give the same reference, everywhere and always.

    >>> reference_of(Command("stop_promotion", 1, {"promotion": "spring"}), "demo", "k1")
    'YY-A288356C13B5'
    """
    if command.kind == "purchase_order":
        return str(command.params.get("reference") or "") or f"PO-{digest(f'{store}/{key}', _DIGITS).upper()}"
    return f"YY-{digest(f'{store}/{key}', _DIGITS).upper()}"
