"""Addresses for who runs the node; each is for the role admin, which the services check."""
# ruff: noqa: E501 - one line an address
# fmt: off

from typing import Any

from chassis.contract import logqueries as q
from chassis.contract import operating as c
from gateway import operating as o
from gateway.openapi import answer, body, parameter, problems
from gateway.table import blueprint, own


def _gives(about: str, schema: Any, *fails: str, **doc: Any) -> dict[str, Any]:
    """What an address gives, and how else it may end."""
    return {"responses": {"200": answer(about, schema)} | problems(*fails), **doc}


def _side_by_side(schema: Any, away: Any = c.AwaySchema, **more: Any) -> dict[str, Any]:
    """What all services give, and who gave nothing."""
    lists = {"items": {"type": "array", "items": schema}, **more, "unavailable": {"type": "array", "items": away, "description": "Les services qui n’ont pas répondu"}}
    return {"type": "object", "required": list(lists), "properties": lists}


_FILTERS = [
    parameter("service", "Ceux de ce service seulement"),
    parameter("queue", "Ceux qui ont échoué dans cette file"),
    parameter("type", "Ceux de ce type d’événement"),
    parameter("reason", "Ceux dont la raison contient ce texte, sans égard à la casse"),
    parameter("id", "Celui-là seulement, où qu’il soit"),
    parameter("page_size", "Nombre de messages au plus", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}),
    parameter("cursor", "Le `next_cursor` de la page précédente"),
]
_PAGED: Any = {"next_cursor": {"type": ["string", "null"]}, "total": {"type": "integer", "description": "Combien il y en a en tout"}, "totals": {"type": "object", "additionalProperties": {"type": "integer"}, "description": "Service → combien il en a"}}
_CHANGES = ("400", "404", "413", "415")
_WHICH = body(c.ReplayParked(exclude=("id",)), required=False)

PARKED = (
    own("GET", "/admin/parked", o.list_parked, "Les messages mis de côté par les services, du premier au dernier", **_gives("Les messages", _side_by_side(c.ParkedSchema, **_PAGED), "304", "404", parameters=_FILTERS)),
    own("GET", "/admin/parked/<service>/<id>", o.get_parked, "Un message mis de côté, avec son contenu et la trace de l’erreur", **_gives("Le message", c.ParkedWholeSchema, "304", "404")),
    own("POST", "/admin/parked/<service>/<id>/replay", o.replay_parked, "Le rendre à la file où il a échoué", **_gives("Combien ont été rendus", c.ReplayedSchema, *_CHANGES, "409")),
    own("POST", "/admin/parked/<service>/replay", o.replay_all_parked, "Rendre une page de ceux d’un service, tous ou ceux qui conviennent ; `until` et `next_cursor` vont dans la suivante", **_gives("Ce qui a été rendu", c.ReplayedPageSchema, *_CHANGES, requestBody=_WHICH)),
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

LOG = (
    own("GET", "/admin/log", o.show_log, "Le journal de chaque service : taille, âge, politique de conservation, compactages", **_gives("Les journaux", _side_by_side(q.LogStatusSchema), "304")),
    own("POST", "/admin/log/<service>/compact", o.compact_log, "Retirer une page de ce que la politique laisse partir, ou dire ce qui partirait (`dry_run`) ; `run` et `next_cursor` (comme `cursor`) vont dans la suivante", **_gives("Ce qui a été retiré", q.CompactedSchema, *_CHANGES, "409", requestBody=body(q.CompactLog()))),
)
TRAIL = (
    own("POST", "/admin/trail/<service>/verify", o.verify_trail, "Vérifier une page de la piste d’un service, ou de celle des comptes (`gateway`) : ce qui a été changé ou retiré sans que la piste le dise ; `run` et `next_cursor` (comme `cursor`) vont dans la suivante", **_gives("Ce qui a été trouvé", q.VerifiedSchema, *_CHANGES, requestBody=body(q.VerifyTrail(), required=False))),
)

TABLE = blueprint("Exploitation", "Pour qui fait tourner le nœud (rôle admin)", (*PARKED, *BEHIND, *AGAIN, *LOG, *TRAIL))
