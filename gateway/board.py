"""The view of the board of recommendations."""

from typing import Any, Final

from flask import Response, request

from gateway import context, etag, openapi
from gateway.query import check_names, filter_fields
from gateway.rpc import ServiceFault
from gateway.views import json_response
from services.meetings.contract.summary import AskSummarySchema, SummarySchema

CALL: Final = "meetings.get_recommendations_summary"
FILTERS: Final = tuple(filter_fields(AskSummarySchema()))


def get_recommendations_summary() -> Response:
    """GET /recommendations/summary."""
    check_names(FILTERS)
    answer = context.call(CALL, {name: request.args[name] for name in FILTERS if name in request.args})
    if not isinstance(answer, dict) or "all" not in answer:
        raise ServiceFault(CALL, "no-board")
    response = json_response(answer)
    return etag.conditional(response, etag.of_bytes(response.get_data()))


_TEXT: Final = {"type": "string"}
SUMMARY_DOC: Final[dict[str, Any]] = {
    "parameters": [
        openapi.parameter("group_id", "Un cadre", _TEXT),
        openapi.parameter("institution_id", "Une institution, et celles qui lui sont fusionnées", _TEXT),
        openapi.parameter("axis", "Un axe", _TEXT),
        openapi.parameter("since", "Ce qui est terminé : demandé depuis ce jour", {"type": "string", "format": "date"}),
    ],
    "responses": {"200": openapi.answer("Le tableau de bord", SummarySchema)} | openapi.problems("304", "422"),
}
