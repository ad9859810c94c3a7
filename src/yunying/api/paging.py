"""Pages by keyset: a cursor names the last row seen, so that what is added or decided meanwhile shifts nothing."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from yunying.api.refusals import Refused

LARGEST = 2**63 - 1


def page_of(
    rows: QuerySet[Any], order: Sequence[str], cursor: str, limit: int, plain: Callable[[Any], Any]
) -> dict[str, Any]:
    """So many rows behind the cursor, and the cursor behind them.

    Args:
        order: names of whole-number columns, ``-`` for falling; the last one is unique.
    """
    found = rows.order_by(*order)
    if cursor:
        found = found.filter(_behind(order, cursor_read(cursor, len(order))))
    shown = list(found[: limit + 1])
    following = ""
    if len(shown) > limit:
        last = shown[limit - 1]
        following = cursor_write([int(getattr(last, name.lstrip("-"))) for name in order])
    return {"items": [plain(row) for row in shown[:limit]], "next": following or None}


def cursor_write(values: Sequence[int]) -> str:
    """The text of a cursor."""
    return base64.urlsafe_b64encode(json.dumps(list(values)).encode()).decode().rstrip("=")


def cursor_read(text: str, length: int) -> list[int]:
    """The values of a cursor.

    Raises:
        Refused: it is none of ours.
    """
    try:
        values = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
        is_ours = isinstance(values, list) and len(values) == length and all(
            type(each) is int and -LARGEST <= each <= LARGEST for each in values)  # fmt: skip
    except (ValueError, binascii.Error, RecursionError):
        is_ours = False
    if not is_ours:
        raise Refused("bad-cursor", "The cursor is none that this list gave.", "Begin without one.")
    return values


def _behind(order: Sequence[str], values: Sequence[int]) -> Q:
    found, same = Q(pk__in=()), Q()
    for name, value in zip(order, values, strict=True):
        column = name.lstrip("-")
        found |= same & Q(**{f"{column}__{'lt' if name.startswith('-') else 'gt'}": value})
        same &= Q(**{column: value})
    return found
