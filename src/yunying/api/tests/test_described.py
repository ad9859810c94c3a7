"""What the description allows is answered as it says, and what it forbids is refused: no answer is a bug of ours.

YUNYING_EXAMPLES sets how many requests are made of each operation.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from yunying.api.tests.conftest import OWN, World
from yunying.api.urls import api

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = int(os.environ.get("YUNYING_EXAMPLES", "15"))
DESCRIBED = api.get_openapi_schema(path_prefix="/api/")
OPERATIONS = [f"{method.upper()} {path}" for path, methods in DESCRIBED["paths"].items() for method in methods]


@pytest.fixture
def schema(world: World) -> Iterator[Any]:
    # As Django's own client does: the test's transaction must outlive the requests.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("label", OPERATIONS)
def test_no_request_that_the_description_knows_of_makes_the_program_fail(
    schema: Any, world: World, label: str, without_limits: None
) -> None:
    operation = next(each.ok() for each in schema.get_all_operations() if each.ok().label == label)
    ids = sorted(world.ids[OWN].values())

    @settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize=True,
              suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate))  # fmt: skip
    @given(data=st.data())
    def ask(data: Any) -> None:
        case = data.draw(operation.as_strategy())
        if case.path_parameters.get("store") and data.draw(st.integers(0, 5)):
            case.path_parameters["store"] = OWN
        if case.path_parameters.get("id") and data.draw(st.booleans()):
            case.path_parameters["id"] = data.draw(st.sampled_from(ids))
        with transaction.atomic():
            case.call_and_validate(headers={"Authorization": f"Bearer {world.tokens['coo']}"}, checks=CHECKS)
            transaction.set_rollback(True)

    ask()
