"""What a program is told when a request cannot be answered: a stable code, what is wrong, and what to do about it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from yunying.kernel.errors import FactError, OperatorError

MOST_PROBLEMS = 100
CODES = frozenset((400, 401, 403, 404, 409, 413, 422, 429))
"""Every status that a refusal may have."""
_STATUS = {
    "not-found": 404, "not-allowed": 403, "limited-view": 403, "changed": 409, "over-budget": 409, "expired": 409,
    "newer-proposal": 409, "needs-second": 409, "own-proposal": 409, "sign-in-again": 409, "over-limit": 403,
    "budget-overlaps": 409, "budget-committed": 409, "key-used": 409, "run-lost": 409, "no-key": 400, "bad-key": 400,
    "bad-body": 400, "bad-cursor": 400, "too-often": 429, "too-large": 413,
}  # fmt: skip
NOT_FOUND = ("not-found", "There is no such thing here.", "Ask for the list it should be in.")
"""Told of what is not there and of what is not the caller's alike."""


class Refused(OperatorError):
    """A refusal with more to it than its words.

    Args:
        problems: one entry for each thing wrong with the body.
        headers: of the answer.
    """

    def __init__(
        self,
        code: str,
        what: str,
        remedy: str,
        *,
        problems: Sequence[Mapping[str, Any]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code, what, remedy)
        self.problems = tuple(problems)
        self.headers = dict(headers or {})


def not_found() -> Refused:
    """It is not there, or not the caller's; which of the two is nobody's business."""
    return Refused(*NOT_FOUND)


def refusal_of(error: OperatorError | FactError) -> tuple[int, dict[str, Any]]:
    """The status and the body of a refusal."""
    if isinstance(error, FactError):
        plain = [{"row": each.row, "column": each.column, "what": each.what, "remedy": each.remedy}
                 for each in error.problems[:MOST_PROBLEMS]]  # fmt: skip
        what = f"{len(error.problems)} things are wrong with the rows; none was taken."
        return 422, _body("bad-rows", what, "Mend them, then send all of them again.", plain)
    code = error.code
    if code in ("unknown-store", "not-found") and not isinstance(error, Refused):
        return 404, _body(*NOT_FOUND)
    if code in _STATUS:
        status = _STATUS[code]
    else:
        status = 409 if code.startswith(("already-", "is-")) else 422
    return status, _body(code, error.what, error.remedy, getattr(error, "problems", ()))


def answer(status: int, code: str, what: str, remedy: str) -> HttpResponse:
    """A refusal as an answer."""
    return JsonResponse(_body(code, what, remedy), status=status, json_dumps_params={"ensure_ascii": False})


def handlers_add(api: NinjaAPI) -> None:
    """Have every refusal told in one form."""

    def refused(request: HttpRequest, error: Any) -> HttpResponse:
        status, body = refusal_of(error)
        response = JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})
        for name, value in getattr(error, "headers", {}).items():
            response.headers[name] = value
        return response

    def invalid(request: HttpRequest, error: Any) -> HttpResponse:
        problems = [
            {"row": 0, "column": ".".join(map(str, each["loc"][1:])) or str(each["loc"][0]), "what": str(each["msg"]),
             "remedy": "See /api/docs for what is expected."} for each in error.errors[:MOST_PROBLEMS]
        ]  # fmt: skip
        what = f"{len(error.errors)} things are wrong with the request."
        body = _body("bad-request", what, "Correct the marked fields.", problems)
        return JsonResponse(body, status=422, json_dumps_params={"ensure_ascii": False})

    def anonymous(request: HttpRequest, error: Any) -> HttpResponse:
        response = answer(401, "no-token", "The request has no valid token.", "Send Authorization: Bearer yy_...")
        response.headers["WWW-Authenticate"] = "Bearer"
        return response

    def http(request: HttpRequest, error: Any) -> HttpResponse:
        return answer(error.status_code, "bad-body", "The body cannot be read.", "Send JSON in UTF-8.")

    api.add_exception_handler(OperatorError, refused)
    api.add_exception_handler(FactError, refused)
    api.add_exception_handler(ValidationError, invalid)
    api.add_exception_handler(HttpError, http)
    api.add_exception_handler(AuthenticationError, anonymous)
    api.add_exception_handler(Http404, lambda request, error: answer(404, *NOT_FOUND))


def _body(code: str, what: str, remedy: str, problems: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    told: dict[str, Any] = {"code": code, "what": what, "remedy": remedy}
    return {"error": {**told, "problems": list(problems)} if problems else told}
