"""What every operation of the API answers with, beside its own answer."""

from typing import Any

from yunying.api.forms import ErrorAnswer
from yunying.api.refusals import CODES


def answers(kind: Any, status: int = 200) -> dict[Any, Any]:
    """The answers of an operation: its own under its status, and refusals."""
    return {status: kind, CODES: ErrorAnswer}
