"""Answers that are not numbers: "could not" is a value, and zero is never its stand-in."""

from dataclasses import dataclass


@dataclass(frozen=True)
class NotMeasured:
    """A figure that could not be measured, and why."""

    reason: str


@dataclass(frozen=True)
class Abstention:
    """A practice declines to propose, and says what would let it.

    Args:
        code: a stable word for programs, such as ``no-stock-facts``.
        subjects: the keys (products, channels ...) it concerns, sorted; empty means the whole store.
        reason: one sentence that says what is missing.
        remedy: one sentence that says what to do.
        reason_zh, remedy_zh: the same in Chinese; where they are empty the English is shown.
    """

    code: str
    subjects: tuple[str, ...]
    reason: str
    remedy: str
    reason_zh: str = ""
    remedy_zh: str = ""
