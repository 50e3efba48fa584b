"""The address at which this node says what it is and what others there are."""

from typing import Any

from gateway import openapi
from gateway.elsewhere import show_node
from gateway.table import blueprint, own

_NAME: dict[str, Any] = {"type": "object", "properties": {"fr": {"type": "string"}, "en": {"type": "string"}}}
_COMMON: dict[str, Any] = {
    "id": {"type": "string", "description": "Premier mot de ses clés de routage, origine de ses enregistrements"},
    "name": _NAME,
    "services": {"type": "array", "items": {"type": "string"}},
    "address": {"type": ["string", "null"], "description": "Adresse publique de sa passerelle"},
}
_OTHER: dict[str, Any] = {"type": "object", "required": list(_COMMON), "properties": _COMMON}
_OWN: dict[str, Any] = {
    **_COMMON,
    "body": {"type": "string", "description": "L’institution ou le cadre à qui il appartient"},
    "region": {"type": ["string", "null"], "description": "p-code"},
    "hub": {"type": ["string", "null"], "description": "Le centre qu’il rejoint ; null pour un centre"},
    "others": {"type": "array", "items": _OTHER},
}
_NODE: dict[str, Any] = {"type": "object", "required": list(_OWN), "properties": _OWN}

TABLE = blueprint(
    "Nœuds décrits",
    "Ce nœud tel que sa description le présente, et les autres",
    (
        own(
            "GET",
            "/node",
            show_node,
            "Ce nœud, ce qui y tourne, et où trouver le reste",
            responses={"200": openapi.answer("Le nœud", _NODE)} | openapi.problems("304"),
        ),
    ),
)
