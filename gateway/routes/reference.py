"""Addresses of the reference lists that ship: regions, axes, themes, kinds…"""

from typing import Any

from flask import Response

from gateway import context, etag, openapi
from gateway.query import check_names
from gateway.table import blueprint, own
from gateway.views import json_response

_ENTRY: dict[str, Any] = {"type": "object", "properties": {"code": {"type": "string"}}}
_LIST: dict[str, Any] = {
    "type": "object",
    "required": ["name", "items"],
    "properties": {
        "name": {"type": "string"},
        "source": {"type": "string", "description": "D’où viennent ces valeurs"},
        "items": {"type": "array", "items": _ENTRY},
    },
}
_ABOUT_LIST: dict[str, Any] = {
    "type": "object",
    "required": ["name", "items"],
    "properties": {
        "name": {"type": "string"},
        "items": {"type": "integer", "description": "Nombre d’entrées"},
        "source": {"type": "string"},
    },
}


def list_references() -> Response:
    """The names of the lists."""
    check_names(())
    return _with_hash(context.call("actors.list_references", {}))


def get_reference(name: str) -> Response:
    """One list."""
    check_names(())
    return _with_hash(context.call("actors.get_reference", {"name": name}))


def _with_hash(value: Any) -> Response:
    response = json_response(value)
    return etag.conditional(response, etag.of_bytes(response.get_data()))


_KNOWN = openapi.problems("304")

REFERENCE = (
    own(
        "GET",
        "/reference",
        list_references,
        "Les listes de référence",
        responses={"200": openapi.answer("Les listes", openapi.page_of(_ABOUT_LIST))} | _KNOWN,
    ),
    own(
        "GET",
        "/reference/<name>",
        get_reference,
        "Une liste de référence",
        responses={"200": openapi.answer("La liste", _LIST)} | _KNOWN | openapi.problems("404"),
    ),
)

TABLE = blueprint("Références", "Régions, axes, thèmes, natures : les listes livrées avec la plateforme", REFERENCE)
