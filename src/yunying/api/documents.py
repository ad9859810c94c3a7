"""The API's description as a page: drawn here, so that it needs no script and nothing from elsewhere."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yunying.accounts.addresses import address_of
from yunying.api.limits import call_count
from yunying.api.refusals import NOT_FOUND, Refused, answer

_METHODS = ("get", "put", "post", "delete")


def counted(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Who asks for the description counts like everybody without a token."""

    @wraps(view)
    def within(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            call_count(f"address/{address_of(request)}", settings.API_ADDRESS_LIMIT)
        except Refused as error:
            told = answer(429, error.code, error.what, error.remedy)
            for name, value in error.headers.items():
                told.headers[name] = value
            return told
        return view(request, *args, **kwargs)

    return within


@counted
def docs(request: HttpRequest) -> HttpResponse:
    """Every operation with its parameters, its body and its answers."""
    from yunying.api.urls import api

    described = api.get_openapi_schema(path_prefix="/api/")
    operations = [
        _operation(path, method, found)
        for path, methods in described["paths"].items()
        for method, found in methods.items()
        if method in _METHODS
    ]
    schemas = [{"name": name, "text": _pretty(schema)} for name, schema in described["components"]["schemas"].items()]
    return render(request, "api/docs.html", {"info": described["info"], "operations": operations, "schemas": schemas})


def nothing(request: HttpRequest, rest: str) -> HttpResponse:
    """Whatever else is asked for below /api/."""
    return answer(404, *NOT_FOUND)


def _operation(path: str, method: str, found: dict[str, Any]) -> dict[str, Any]:
    body = found.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    answers = [
        {"status": status, "schema": _named(each.get("content", {}).get("application/json", {}).get("schema", {}))}
        for status, each in found["responses"].items()
        if int(status) < 300
    ]
    return {
        "path": path, "method": method.upper(), "summary": found.get("summary", ""),
        "description": found.get("description", ""), "parameters": [
            {"name": each["name"], "where": each["in"], "is_needed": each.get("required", False),
             "text": each.get("description", ""), "type": _named(each.get("schema", {}))}
            for each in found.get("parameters", ())
        ],
        "body": _named(body), "answers": answers,
    }  # fmt: skip


def _named(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if "anyOf" in schema:
        return " | ".join(_named(each) for each in schema["anyOf"])
    if schema.get("type") == "array":
        return f"[{_named(schema.get('items', {}))}]"
    return str(schema.get("type", "")) if schema else ""


def _pretty(schema: dict[str, Any]) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2)
