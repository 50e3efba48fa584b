"""Whatever is sent to the running gateway, by everybody: no 5xx, and every answer is one that the description promises.

What is sent is made from the description itself: what fits it, and what does not. GTM_TEST_DESCRIBED_EXAMPLES says how
many times each address is asked by each person, rightly and wrongly (1); GTM_TEST_HYPOTHESIS=searching sends something
else each time.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.integration.node import Node
from tests.integration.rights.cast import FILE, Cast
from tests.integration.rights.conftest import PASSWORD
from tests.integration.rights.oracle import SERVICES, Person
from tests.integration.rights.over_http import Door, Operation, operations

EXAMPLES = int(os.environ.get("GTM_TEST_DESCRIBED_EXAMPLES") or 1)
JSON = "application/json"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
LEFT_ASIDE = {
    "sign_out": "takes the credential away with which the rest is asked",
    "create_invitation": "changes accounts of the broker, which this node was not told how to administer: 503",
    "join_hub": "the same",
    "suspend_node": "the same",
    "resume_node": "the same",
    "remove_node": "the same",
}


@pytest.fixture(scope="module")
def door(address: str, node: Node, cast: Cast) -> Door:
    return Door(address, node, cast, PASSWORD)


@pytest.fixture(scope="module")
def described(address: str) -> Any:
    """The operations of the description, by their names."""
    schema = schemathesis.openapi.from_dict(requests.get(f"{address}/api/v1/openapi.json", timeout=30).json())
    schema.config.base_url = address
    found = [result.ok() for result in schema.get_all_operations()]
    return {one.definition.raw["operationId"]: one for one in found}


def faults(door: Door, asked: Operation, operation: Any, mode: GenerationMode) -> list[str]:
    """What came that the description does not promise."""
    found: list[str] = []
    known = [one for one in door.cast.of(asked.noun or "") if one.level == "gtm"]

    def about_something(case: Any) -> None:
        """So that there is something to give or to change."""
        if known and "id" in (case.path_parameters or {}):
            case.path_parameters["id"] = known[0].id
            case.headers = dict(case.headers or {})
            case.headers["If-Match"] = f'"{door.cast.version(known[0])}"'
        if "sha256" in (case.path_parameters or {}):
            case.path_parameters["sha256"] = FILE["sha256"]

    def send(person: Person, case: Any) -> None:
        answer = door.send(person, case)
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as wrong:
            said = f"{person.name}: {answer.request.method} {answer.request.path_url}"
            body = str(answer.request.body or "")[:200]
            found.extend(f"{said} {body} → {answer.status_code}: {str(one)[:600]}" for one in wrong.exceptions)

    @settings(max_examples=EXAMPLES, phases=[Phase.generate], deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        if mode is GenerationMode.POSITIVE:
            about_something(case)
        # What does not fit is refused in the same way whoever may come so far.
        asking = [one for one in door.people if mode is GenerationMode.POSITIVE or one.name in ("public", "admin")]
        with ThreadPoolExecutor(len(asking)) as threads:
            list(threads.map(lambda person: send(person, case), asking))

    ask()
    return found


def modes(operation: Any) -> list[GenerationMode]:
    """What fits, and what does not where there is something that might not."""
    raw = operation.definition.raw
    taken = raw.get("requestBody", {}).get("content", {})
    open_to_doubt = JSON in taken or any(one.get("in") == "query" for one in raw.get("parameters", ()))
    return [GenerationMode.POSITIVE, *([GenerationMode.NEGATIVE] if open_to_doubt else [])]


@pytest.mark.parametrize("service", ["gateway", *SERVICES])
def test_every_answer_is_one_that_the_description_promises(door: Door, described: Any, service: str) -> None:
    asked = [one for one in operations(door.address) if one.service == service and one.name not in LEFT_ASIDE]
    wrong = [
        fault
        for one in asked
        for mode in modes(described[one.name])
        for fault in faults(door, one, described[one.name], mode)
    ]
    assert not wrong, "\n\n".join(wrong)
    assert asked


def test_what_is_left_aside_is_there(described: Any) -> None:
    assert set(LEFT_ASIDE) - set(described) == set()
