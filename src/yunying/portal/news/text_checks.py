"""Whether a text is as somebody wrote it: broken characters and inserted readings are refused at the door."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError

from yunying.methods.text_integrity import problems_of


def text_refused(text: str) -> str:
    """Why a text is refused, in words; empty where nothing is wrong."""
    return "; ".join(f"{each.kind}: {each.excerpt}" for each in problems_of(text)[:3])


def fields_check(row: Any, names: Iterable[str]) -> None:
    """Refuse a row with an odd text, unless an editor let it pass.

    Raises:
        ValidationError: names each field and what is odd in it.
    """
    if row.takes_odd_text:
        return
    problems = {name: told for name in names if (told := text_refused(str(getattr(row, name) or "")))}
    if problems:
        raise ValidationError(problems)
