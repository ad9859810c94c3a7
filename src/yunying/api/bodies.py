"""Reading a request's JSON: what no database could keep, or nobody could mean, is refused before it is looked at."""

import json
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser

from yunying.api.refusals import Refused

MOST_DEPTH = 12


class StrictParser(Parser):
    """JSON without NaN, without NUL characters, without half characters, and not nested without end."""

    def parse_body(self, request: HttpRequest) -> Any:
        try:
            value = json.loads(request.body, parse_constant=_refuse_constant)
            text_check(json.dumps(value, ensure_ascii=False))
            _depth_check(value, MOST_DEPTH)
        except (ValueError, RecursionError) as error:
            raise Refused("bad-body", "The body is no JSON that can be kept.", "Send JSON in UTF-8.") from error
        return value

    def parse_querydict(self, data: Any, list_fields: list[str], request: HttpRequest) -> Any:
        try:
            for name in data:
                for value in data.getlist(name):
                    text_check(value)
        except ValueError as error:
            raise Refused("bad-body", "A parameter has characters that no text has.", "Leave them out.") from error
        return super().parse_querydict(data, list_fields, request)


def text_check(text: str) -> None:
    """Refuse what is no text in every database.

    Raises:
        ValueError: it has a NUL character or half of a surrogate pair.
    """
    if "\x00" in text or "\\u0000" in text:
        raise ValueError("a NUL character")
    text.encode("utf-8")


def _depth_check(value: Any, left: int) -> None:
    if left == 0:
        raise ValueError("nested too deep")
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _depth_check(each, left - 1)


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
