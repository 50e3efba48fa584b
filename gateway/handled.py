"""The view of what became of the remarks on a document, in the form that Accept asks for."""

from typing import Any, Final

from flask import Response

from gateway import context, etag, freshness, openapi
from gateway.minutes import PAGE_POLICY, form_wanted, with_origin
from gateway.query import check_names
from gateway.rpc import ServiceFault
from gateway.views import as_record, json_response, known_id
from services.meetings.contract.handling import HandledSchema

CALL: Final = "meetings.get_handled"


def get_handled(id: str) -> Response:
    """GET /documents/<id>/handled: JSON, a page or plain text."""
    check_names(())
    form = form_wanted()
    name = {"application/json": "json", "text/html": "html"}.get(form, "text")
    answer = context.call(CALL, {"id": known_id(id), "format": name, "language": context.language()})
    if not isinstance(answer, dict):
        raise ServiceFault(CALL, "no-table")
    if name == "json":
        version = as_record(CALL, {**answer, "id": id})["version"]
        response = json_response({key: value for key, value in answer.items() if key not in ("version", "origin")})
        response = etag.conditional(response, etag.of_page(version, response.get_data()))
    else:
        if not isinstance(answer.get("text"), str):
            raise ServiceFault(CALL, "no-text")
        response = Response(with_origin(answer, form), mimetype=form)
        freshness.tell(response, answer)
        if name == "html":
            response.headers["Content-Security-Policy"] = PAGE_POLICY
        response = etag.conditional(response, etag.of_bytes(response.get_data()))
    response.vary.update(("Accept", "Accept-Language"))
    return response


HANDLED_DOC: Final[dict[str, Any]] = {
    "parameters": [openapi.header("If-None-Match", "ETag déjà connu")],
    "responses": {
        "200": {
            **openapi.answer("Le tableau", HandledSchema),
            "content": {
                "application/json": {"schema": HandledSchema},
                "text/html": {"schema": {"type": "string"}},
                "text/plain": {"schema": {"type": "string"}},
            },
        }
    }
    | openapi.problems("304", "404", "406"),
}
