"""Views of minutes being written: a section with a revision of its own, the seal, what differs."""

import re
from typing import Any, Final

import orjson
from flask import Response, request

from chassis.kernel.errors import InvalidError, StaleError
from gateway import context, etag, freshness, openapi
from gateway.body import json_object
from gateway.minutes import PAGE_POLICY
from gateway.problems import Problem
from gateway.query import check_names
from gateway.rpc import ServiceFault
from gateway.views import as_record, json_response, known_id
from services.meetings.contract.drafting import DifferenceSchema, SealPageSchema, SectionPageSchema
from services.meetings.contract.records import SectionFields

FORMS: Final = ("application/json", "text/html")
_REVISION: Final = re.compile(r'"(0|[1-9]\d{0,15})"', re.ASCII)


def get_section(id: str, section_id: str) -> Response:
    """GET /minutes/<id>/sections/<section_id>, with its own ETag."""
    check_names(())
    return _section(_asked("meetings.get_section", {"id": known_id(id), "section_id": known_id(section_id)}))


def save_section(id: str, section_id: str) -> Response:
    """PATCH of a section: If-Match is the section's; 412 says what is there now."""
    check_names(())
    where = {"id": known_id(id), "section_id": known_id(section_id)}
    payload = {**where, "revision": _revision(), "changes": json_object()}
    try:
        return _section(_asked("meetings.save_section", payload))
    except InvalidError as error:
        raise InvalidError(
            error.code, _bare(error.field), error.params, [_told(one) for one in error.errors]
        ) from error
    except StaleError as error:
        if error.code != "stale-section":
            raise
        now = _asked("meetings.get_section", where)
        raise Problem(412, error.code, error.params, field=error.field, more={"section": now}) from error


def get_seal(id: str) -> Response:
    """GET /minutes/<id>/seal."""
    check_names(())
    shown = as_record("meetings.get_seal", context.call("meetings.get_seal", {"id": known_id(id)}))
    response = json_response(shown)
    freshness.tell(response, shown)
    return etag.conditional(response, etag.of_bytes(response.get_data()))


def get_difference(id: str) -> Response:
    """GET /minutes/<id>/diff?from=, as JSON or as a page."""
    check_names(("from",))
    form = request.accept_mimetypes.best_match(FORMS) if "Accept" in request.headers else FORMS[0]
    if form is None:
        raise Problem(406, "not-acceptable", {"offered": ", ".join(FORMS)})
    payload: dict[str, Any] = {"id": known_id(id), "format": form.rpartition("/")[2], "language": context.language()}
    payload |= {"from": request.args["from"]} if "from" in request.args else {}
    answer = context.call("meetings.get_difference", payload)
    response = _page(answer) if form == "text/html" else json_response(as_record("meetings.get_difference", answer))
    response.vary.update(("Accept", "Accept-Language"))
    return etag.conditional(response, etag.of_bytes(response.get_data()))


def _page(answer: Any) -> Response:
    if not isinstance(answer, dict) or not isinstance(answer.get("text"), str):
        raise ServiceFault("meetings.get_difference", "no-text")
    response = Response(answer["text"], mimetype="text/html")
    response.headers["Content-Security-Policy"] = PAGE_POLICY
    return response


def _asked(target: str, payload: dict[str, Any]) -> dict[str, Any]:
    answer = context.call(target, payload)
    if not isinstance(answer, dict) or "revision" not in answer:
        raise ServiceFault(target, "no-section")
    return answer


def _section(shown: dict[str, Any]) -> Response:
    return etag.conditional(Response(orjson.dumps(shown), mimetype="application/json"), f'"{shown["revision"]}"')


def _revision() -> int:
    """The revision that If-Match names. Raises: Problem 428; StaleError for a tag that is of no section."""
    given = request.headers.get("If-Match")
    if given is None:
        raise Problem(428, "precondition-required")
    if given.strip() == "*":
        raise Problem(428, "if-match-star")
    found = _REVISION.fullmatch(given.strip())
    if found is None:
        raise StaleError("stale-version", None, {"given": given.strip('" ')[:40], "current": ""})
    return int(found[1])


def _told(error: dict[str, Any]) -> dict[str, Any]:
    return {**error, "field": _bare(error.get("field")) or ""}


def _bare(field: Any) -> str | None:
    text = str(field or "").removeprefix("changes.")
    return None if text in ("", "changes") else text


_TAG: Final = "Révision de la section, à rendre dans If-Match"
SECTION_DOC: Final[dict[str, Any]] = {
    "parameters": [openapi.header("If-None-Match", "ETag déjà connu")],
    "responses": {"200": openapi.answer(_TAG, SectionPageSchema)} | openapi.problems("304", "404"),
}
SAVE_DOC: Final[dict[str, Any]] = {
    "parameters": [openapi.header("If-Match", _TAG), openapi.IDEMPOTENCY],
    "requestBody": openapi.body(SectionFields(partial=True), required=True),
    "responses": {"200": openapi.answer("La section enregistrée", SectionPageSchema)}
    | openapi.problems("400", "404", "409", "412", "413", "415", "428"),
}
SEAL_DOC: Final[dict[str, Any]] = {
    "parameters": [openapi.header("If-None-Match", "ETag déjà connu")],
    "responses": {"200": openapi.answer("Le sceau : SHA-256 de `canonical` en UTF-8", SealPageSchema)}
    | openapi.problems("304", "404"),
}
DIFF_DOC: Final[dict[str, Any]] = {
    "parameters": [
        openapi.parameter(
            "from",
            "Numéro d’une version, ou id d’un autre compte-rendu ; sinon celui qui est corrigé",
            {"type": "string"},
        ),
        openapi.header("If-None-Match", "ETag déjà connu"),
    ],
    "responses": {
        "200": {
            **openapi.answer("Ce qui a changé", DifferenceSchema),
            "content": {"application/json": {"schema": DifferenceSchema}, "text/html": {"schema": {"type": "string"}}},
        }
    }
    | openapi.problems("304", "404", "406"),
}
