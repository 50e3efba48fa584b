"""The URL tables and the OpenAPI description that is made of them."""

import importlib
import re
from typing import Any

import pytest
from flask import Flask
from openapi_spec_validator import validate

from chassis.process.settings import SERVICES
from gateway.routes import actors, events, indicators, meetings, notifications, reference
from tests.unit.gateway.conftest import Client

# Made for the shapes of table lines; the views of `own` lines call these.
OWN_TARGETS = {
    "actors.list_references",
    "actors.get_reference",
    "meetings.import_minutes",
    "meetings.get_minutes",
    "meetings.render_minutes",
    "meetings.minutes_docx",
    "meetings.render_convocation",
    "meetings.render_attendance_sheet",
} | {
    f"{service}.{method}"
    for service in ("actors", "meetings", "indicators", "notifications")
    for method in (
        "list_parked", "get_parked", "replay_parked", "drop_parked", "lag", "count_resendable", "resend_events",
        "forget_copies", "log_status", "compact_log",
    )
}  # fmt: skip
LINES = (
    *actors.INSTITUTIONS,
    *actors.FOCAL_POINTS,
    *actors.GROUPS,
    *actors.INTERVENTIONS,
    *meetings.MEETINGS,
    *meetings.MINUTES,
    *meetings.RECOMMENDATIONS,
    *meetings.FOLLOW_UP,
    *meetings.VALIDATION,
    *indicators.FRAMEWORKS,
    *indicators.INDICATORS,
    *indicators.OBSERVATIONS,
    *notifications.NOTIFICATIONS,
    *reference.REFERENCE,
)
PROMISED = """
POST /auth/token  POST /auth/refresh  POST /auth/browser  POST /auth/sign-out  POST /auth/accept
GET /me  POST /me/password  GET /me/sessions  POST /me/sessions/{id}/revoke  POST /me/sessions/revoke-others
GET /me/machine-tokens  POST /me/machine-tokens  POST /me/machine-tokens/{id}/revoke
GET /accounts  POST /accounts  GET /accounts/{id}  PATCH /accounts/{id}  POST /accounts/{id}/invite
POST /accounts/{id}/reset-password  POST /accounts/{id}/disable  POST /accounts/{id}/enable
POST /accounts/{id}/link  POST /accounts/{id}/unlink  GET /accounts/{id}/journal  GET /accounts/{id}/sessions
POST /accounts/{id}/sessions/revoke  POST /accounts/{id}/sessions/{session_id}/revoke
GET /accounts/{id}/machine-tokens  POST /accounts/{id}/machine-tokens/{token_id}/revoke
GET /events  GET /schemas/{type}  GET /reference  GET /reference/{name}
GET /institutions  POST /institutions  GET /institutions/{id}  PATCH /institutions/{id}
GET /focal-points  POST /focal-points  GET /focal-points/{id}  PATCH /focal-points/{id}
GET /groups  POST /groups  GET /groups/{id}  PATCH /groups/{id}
GET /interventions  POST /interventions  GET /interventions/{id}  PATCH /interventions/{id}
GET /meetings  POST /meetings  GET /meetings/{id}  PATCH /meetings/{id}
POST /meetings/{id}/convene  POST /meetings/{id}/hold  POST /meetings/{id}/postpone  POST /meetings/{id}/cancel
POST /meetings/{id}/close  POST /meetings/{id}/minutes/import  GET /meetings/{id}/minutes.docx
GET /meetings/{id}/convocation.pdf  GET /meetings/{id}/attendance.pdf
POST /meetings/{id}/rsvps  GET /rsvps  GET /rsvps/{id}  PATCH /rsvps/{id}
POST /minutes/{id}/remarks  POST /documents/{id}/remarks  GET /remarks  GET /remarks/{id}  PATCH /remarks/{id}
POST /remarks/{id}/answers  GET /remark-answers  GET /remark-answers/{id}  PATCH /remark-answers/{id}
GET /minutes  GET /minutes/{id}  PATCH /minutes/{id}  POST /minutes/import
POST /minutes/{id}/circulate  POST /minutes/{id}/adopt  POST /minutes/{id}/publish
GET /recommendations  POST /recommendations  GET /recommendations/{id}  PATCH /recommendations/{id}
POST /recommendations/{id}/start  POST /recommendations/{id}/complete  POST /recommendations/{id}/verify
POST /recommendations/{id}/cancel  POST /recommendations/{id}/reopen
POST /recommendations/{id}/responses  GET /responses  GET /responses/{id}  PATCH /responses/{id}
POST /recommendations/{id}/progress-reports  GET /progress-reports  GET /progress-reports/{id}
POST /recommendations/{id}/referrals  GET /referrals  GET /referrals/{id}
POST /referrals/{id}/answers  GET /referral-answers  GET /referral-answers/{id}  PATCH /referral-answers/{id}
GET /documents  POST /documents  GET /documents/{id}  PATCH /documents/{id}
POST /documents/{id}/revise  POST /documents/{id}/supersede  POST /documents/{id}/rounds
GET /rounds  GET /rounds/{id}  PATCH /rounds/{id}  POST /rounds/{id}/close  POST /rounds/{id}/opinions
GET /proposals  GET /opinions  GET /opinions/{id}  PATCH /opinions/{id}
GET /frameworks  POST /frameworks  GET /frameworks/{id}  PATCH /frameworks/{id}
GET /indicators  POST /indicators  GET /indicators/{id}  PATCH /indicators/{id}
GET /observations  POST /observations  GET /observations/{id}  PATCH /observations/{id}
POST /observations/{id}/verify  POST /observations/{id}/publish  POST /observations/{id}/return
POST /interventions/{id}/confirmations  GET /confirmations  GET /confirmations/{id}
POST /merges  GET /merges  GET /merges/{id}  POST /merges/{id}/undo
POST /observations/{id}/verifications  GET /verifications  GET /verifications/{id}
GET /notifications  POST /notifications/{id}/read
GET /admin/parked  GET /admin/parked/{service}/{id}  POST /admin/parked/{service}/{id}/replay
POST /admin/parked/{service}/replay  POST /admin/parked/{service}/{id}/drop  GET /admin/lag
GET /admin/replay/{service}  POST /admin/replay/{service}  POST /admin/copies/{service}/{noun}/forget
GET /admin/log  POST /admin/log/{service}/compact
GET /institutions/{id}/history  GET /focal-points/{id}/history  GET /groups/{id}/history
GET /interventions/{id}/history  GET /meetings/{id}/history  GET /minutes/{id}/history
GET /recommendations/{id}/history  GET /frameworks/{id}/history  GET /indicators/{id}/history
GET /observations/{id}/history  GET /notifications/{id}/history
"""


@pytest.fixture
def description(client: Client) -> Any:
    return client.get("/api/v1/openapi.json").json


def operations(description: Any) -> list[tuple[str, str, Any]]:
    return [
        (method.upper(), path, operation)
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
        if method in ("get", "post", "patch", "put", "delete")
    ]


def test_the_description_is_valid_openapi_31(description: Any) -> None:
    assert description["openapi"].startswith("3.1")
    validate(description)


def test_every_promised_address_is_there(description: Any) -> None:
    there = {f"{method} {path}" for method, path, _ in operations(description)}
    promised = {f"{m} /api/v1{p}" for m, p in re.findall(r"([A-Z]+) (/\S+)", PROMISED)}
    assert promised - there == set()


def test_every_address_of_the_application_is_described(app: Flask, description: Any) -> None:
    described = {(method, path) for method, path, _ in operations(description)}
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            assert (method, path) in described


def test_every_operation_says_what_it_gives_and_how_it_fails(description: Any) -> None:
    for method, path, operation in operations(description):
        where = f"{method} {path}"
        assert operation["summary"], where
        assert operation["operationId"], where
        assert any(status.startswith("2") for status in operation["responses"]), where
        if path.startswith("/api/v1"):
            assert {"401", "422", "500", "503"} <= set(operation["responses"]), where
        if method == "PATCH":
            assert {"404", "409", "412", "415", "428"} <= set(operation["responses"]), where


def test_operation_ids_are_unique(description: Any) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(description)]
    assert len(ids) == len(set(ids))


def test_problems_are_described_as_problem_json(description: Any) -> None:
    for name, response in description["components"]["responses"].items():
        if name.startswith("P") and name != "P304":
            assert list(response["content"]) == ["application/problem+json"]


def test_every_line_calls_a_method_that_its_service_has() -> None:
    targets = OWN_TARGETS | {line.target for line in LINES if line.shape != "own"}
    missing = []
    for target in sorted(targets):
        service, _, method = target.partition(".")
        offered = _methods(service)
        if method not in offered:
            missing.append(target)
    assert missing == []


def test_tables_and_event_catalogue_cover_all_services() -> None:
    assert {line.target.partition(".")[0] for line in LINES if line.shape != "own"} == {
        "actors",
        "meetings",
        "indicators",
        "notifications",
    }
    assert {name.split(".")[1] for name in events.CATALOGUE} == set(SERVICES)


def test_patterns_and_parameters_are_portable(description: Any) -> None:
    def walk(value: Any) -> None:
        if isinstance(value, dict):
            pattern = value.get("pattern")
            assert not (isinstance(pattern, str) and "\\Z" in pattern)
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(description)
    for _, path, operation in operations(description):
        for parameter in operation.get("parameters", ()):
            if parameter.get("in") == "query":
                assert "null" not in parameter["schema"]["type"], path


def _methods(service: str) -> set[str]:
    package = importlib.import_module(f"services.{service}.service")
    classes = [
        kind for kind in vars(package).values() if isinstance(kind, type) and getattr(kind, "name", "") == service
    ]
    return {name for kind in classes for name in dir(kind)}
