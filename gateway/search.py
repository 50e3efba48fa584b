"""The view that searches: a page of what the caller may see, the best first."""

from typing import Any, Final

from flask import Response

from gateway import context, etag, openapi
from gateway.query import PAGING, page_query
from gateway.rpc import ServiceFault
from gateway.views import json_response
from services.meetings.contract.search import FoundSchema, SearchSchema

SEARCH: Final = "meetings.search"
_TAKES: Final = SearchSchema()


def search() -> Response:
    """GET /search?q=…: {items, next_cursor, approximate, complete, percent}."""
    found = context.call(SEARCH, page_query(_TAKES))
    if not isinstance(found, dict) or not isinstance(found.get("items"), list):
        raise ServiceFault(SEARCH, "no-page")
    response = json_response(found)
    return etag.conditional(response, etag.of_bytes(response.get_data()))


SEARCH_DOC: Final[dict[str, Any]] = {
    "description": (
        "Tous les mots doivent y être ; accents, casse et pluriels sont ignorés ; un sigle de l’annuaire et le nom "
        "développé se valent ; le dernier mot peut être inachevé, sauf suivi d’une espace. D’abord ce qui est dans un "
        "titre, puis dans une décision, puis ailleurs ; chaque fois du plus récent au plus ancien. `marks` : où sont "
        "les mots, en caractères, du premier compris au dernier exclu. `approximate` : rien n’a exactement ces mots."
    ),
    "parameters": [
        *openapi.PAGING,
        {"in": "query", "schema": SearchSchema(exclude=list(PAGING))},
        openapi.header("If-None-Match", "ETag déjà connu"),
    ],
    "responses": {"200": openapi.answer("Ce qui a été trouvé", FoundSchema)} | openapi.problems("304"),
}
