"""Addresses for who runs the node; each is for the role admin, which the services check."""
# ruff: noqa: E501 - one line an address
# fmt: off

from typing import Any

from chassis import operating as c
from gateway import operating as o
from gateway.openapi import answer, body, parameter, problems
from gateway.table import blueprint, own


def _gives(about: str, schema: Any, *fails: str, **doc: Any) -> dict[str, Any]:
    """What an address gives, and how else it may end."""
    return {"responses": {"200": answer(about, schema)} | problems(*fails), **doc}


def _side_by_side(schema: Any, away: Any = c.AwaySchema) -> dict[str, Any]:
    """What all services give, and who gave nothing."""
    lists = {"items": {"type": "array", "items": schema}, "unavailable": {"type": "array", "items": away, "description": "Les services qui n’ont pas répondu"}}
    return {"type": "object", "required": list(lists), "properties": lists}


_SERVICE = parameter("service", "Ceux de ce service seulement")
_SIZE = parameter("page_size", "Nombre de messages au plus", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50})
_CHANGES = ("400", "404", "413", "415")
_REPLAYED: Any = (c.ReplayedSchema, *_CHANGES, "409")

PARKED = (
    own("GET", "/admin/parked", o.list_parked, "Les messages mis de côté par les services, du premier échec au dernier", **_gives("Les messages", _side_by_side(c.ParkedSchema), "304", "404", parameters=[_SERVICE, _SIZE])),
    own("GET", "/admin/parked/<service>/<id>", o.get_parked, "Un message mis de côté, avec son contenu et la trace de l’erreur", **_gives("Le message", c.ParkedWholeSchema, "304", "404")),
    own("POST", "/admin/parked/<service>/<id>/replay", o.replay_parked, "Le rendre à la file où il a échoué", **_gives("Combien ont été rendus", *_REPLAYED)),
    own("POST", "/admin/parked/<service>/replay", o.replay_all_parked, "Rendre tous ceux d’un service, mille au plus à la fois", **_gives("Combien ont été rendus", *_REPLAYED)),
    own("POST", "/admin/parked/<service>/<id>/drop", o.drop_parked, "L’écarter pour de bon ; son texte et le motif sont gardés", **_gives("Le message écarté", c.ParkedSchema, *_CHANGES, requestBody=body(c.DropParked(only=("reason",))))),
)
BEHIND = (
    own("GET", "/admin/lag", o.show_lag, "Le retard de chaque service : à envoyer, en attente, à réessayer, mis de côté", **_gives("Le retard", _side_by_side(c.LagSchema, c.LateSchema), "304")),
)
AGAIN = (
    own("GET", "/admin/replay/<service>", o.count_resendable, "Ce qu’un renvoi enverrait", **_gives("Le nombre d’événements", c.ResendableSchema, "304", "404", "409", parameters=[{"in": "query", "schema": c.Resendable()}])),
    own("POST", "/admin/replay/<service>", o.resend_events, "Renvoyer à une file une page du journal d’un service ; `run` et `next_cursor` vont dans la suivante", **_gives("Ce qui a été envoyé", c.ResentSchema, *_CHANGES, "409", requestBody=body(c.ResendEvents()))),
    own("POST", "/admin/copies/<service>/<noun>/forget", o.forget_copies, "Oublier les copies qu’un service tient des enregistrements d’un autre, avant de les refaire par un renvoi", **_gives("Combien ont été oubliées", c.ForgottenSchema, *_CHANGES)),
)

TABLE = blueprint("Exploitation", "Pour qui fait tourner le nœud (rôle admin)", (*PARKED, *BEHIND, *AGAIN))
