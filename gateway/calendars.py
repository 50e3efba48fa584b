"""Views of calendars to subscribe to: for who is signed in or has a link with its secret; else what is public.

A calendar program can send no header of ours: the secret is part of the link, opens calendars alone, and is revoked
like any token for machines.
"""

from typing import Any, Final

from flask import Response, request

from chassis.kernel.errors import InvalidError
from gateway import context, etag, openapi
from gateway.auth import CALENDAR_TOKEN as TOKEN
from gateway.auth import signed_in
from gateway.query import check_names
from gateway.rpc import ServiceFault
from gateway.views import known_id
from services.meetings.contract.commands import LONGEST_ALARM

MEDIA: Final = "text/calendar"
ALARM: Final = {"type": "integer", "minimum": 0, "maximum": LONGEST_ALARM}


def get_calendar() -> Response:
    """GET /calendar.ics: the meetings of all groups."""
    return _calendar({})


def get_group_calendar(id: str) -> Response:
    """GET /groups/<id>/calendar.ics: the meetings of a group."""
    return _calendar({"group_id": known_id(id)})


def get_my_calendar() -> Response:
    """GET /me/calendar.ics: the meetings of the groups of which one's institution is a member."""
    signed_in()
    return _calendar({"mine": True})


def _calendar(chosen: dict[str, Any]) -> Response:
    check_names(("alarm", "lang", TOKEN))
    given = request.args
    payload = {**chosen, "language": given.get("lang") or context.language()}
    if "alarm" in given:
        payload["alarm"] = _minutes(given["alarm"])
    answer = context.call("meetings.get_calendar", payload)
    if not isinstance(answer, dict) or not isinstance(answer.get("text"), str):
        raise ServiceFault("meetings.get_calendar", "no-text")
    content = answer["text"].encode("utf-8")
    response = Response(content, content_type=f"{MEDIA}; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="gtm.ics"'
    response.vary.add("Accept-Language")
    return etag.conditional(response, etag.of_bytes(content))


def _minutes(given: str) -> int:
    if not (given.isascii() and given.isdigit() and len(given) <= 6):
        errors = [{"field": "alarm", "code": "not-a-whole-number", "params": {}}]
        raise InvalidError("invalid-request", "alarm", {}, errors)
    return int(given)


CALENDAR_DOC: Final[dict[str, Any]] = {
    "parameters": [
        openapi.parameter("alarm", "Rappel, en minutes avant la réunion", ALARM),
        openapi.parameter("lang", "fr ou en ; sinon par Accept-Language", {"type": "string", "enum": ["fr", "en"]}),
        openapi.parameter(TOKEN, "Le secret d’un abonnement (POST /me/machine-tokens, purpose: calendar)"),
        openapi.header("If-None-Match", "ETag déjà connu"),
    ],
    "responses": {"200": openapi.answer("Le calendrier", {"type": "string"}, MEDIA)} | openapi.problems("304", "404"),
}
