"""Addresses of the federation service."""
# ruff: noqa: E501 - one line an address
# fmt: off

from typing import Any

from gateway import carrying as by_hand
from gateway import federation as f
from gateway.openapi import answer, body, problems
from gateway.table import blueprint, lists, own
from services.federation.contract import carrying as h
from services.federation.contract import commands as c
from services.federation.contract import records as r

_CHANGES = ("400", "404", "409", "413", "415")


def _gives(about: str, schema: Any, *fails: str, status: str = "200", takes: Any = None, **doc: Any) -> dict[str, Any]:
    """What an address takes and gives, and how else it may end."""
    request = {"requestBody": body(takes)} if takes is not None else {}
    return {"responses": {status: answer(about, schema)} | problems(*fails), **request, **doc}


def _without_id(schema: Any) -> Any:
    return schema(exclude=("id",))


MEMBERS = (
    lists("/federation/nodes", "federation.list_nodes", r.NodeSchema, c.NodeFilterSchema, "Les nœuds membres"),
    own("GET", "/federation/nodes/<id>", f.get_node, "Un nœud, par son nom court ou son identifiant", **_gives("Le nœud", r.NodeSchema, "304", "404")),
    own("POST", "/federation/nodes/<id>/suspend", f.suspend_node, "Suspendre un nœud : son compte est fermé, ce qui est pour lui attend", **_gives("Le nœud", r.NodeSchema, *_CHANGES, takes=_without_id(c.SuspendSchema))),
    own("POST", "/federation/nodes/<id>/resume", f.resume_node, "Reprendre avec un nœud suspendu", **_gives("Le nœud", r.NodeSchema, *_CHANGES, takes=_without_id(c.ResumeSchema))),
    own("POST", "/federation/nodes/<id>/remove", f.remove_node, "Retirer un nœud ; sur une région, quitter son centre", **_gives("Ce qui a pris fin", r.RemovedSchema, *_CHANGES, takes=_without_id(c.RemoveSchema))),
)
JOINING = (
    own("POST", "/federation/invitations", f.create_invitation, "Inviter un nœud : un texte à lui remettre, valable une fois (rôle admin du centre)", **_gives("L’invitation", r.TokenSchema, *_CHANGES, status="201", takes=c.InviteSchema)),
    own("POST", "/federation/enrolments", f.enrol_node, "Demande d’une région invitée ; sa preuve tient lieu de compte", **_gives("Le certificat et le chemin du courtier", r.EnrolmentSchema, *_CHANGES, "429", takes=c.EnrolSchema, security=[])),
    own("POST", "/federation/join", f.join_hub, "Rejoindre le centre d’une invitation (rôle admin de la région)", **_gives("Le centre rejoint", r.MembershipSchema, *_CHANGES, takes=c.JoinSchema)),
)
_FILE = {"type": "string", "format": "binary"}
BY_HAND = (
    own("POST", "/federation/exports", by_hand.export_events, "Un fichier des événements pour un autre nœud, à porter à la main (rôle admin)", requestBody=body(h.ExportSchema, required=False), responses={"200": answer("Le fichier, chiffré pour ce nœud et signé", _FILE, by_hand.MEDIA)} | problems(*_CHANGES)),
    own("POST", "/federation/imports", by_hand.import_events, "Reprendre un tel fichier ; l’avancement ligne par ligne, puis le compte (rôle admin)", requestBody={"required": True, "content": {by_hand.MEDIA: {"schema": _FILE}}}, responses={"200": answer("Une ligne JSON par étape ; la dernière est le compte, ou ce qui l’a arrêté", h.ProgressSchema, by_hand.LINES)} | problems(*_CHANGES)),
)
LINKS = (
    own("GET", "/federation/status", f.show_links, "L’état des liaisons, en mots, et ce qui y attend", **_gives("L’état", r.StatusSchema)),
)

TABLE = blueprint("Fédération", "Les nœuds, et les liaisons entre eux", (*MEMBERS, *JOINING, *BY_HAND, *LINKS))
