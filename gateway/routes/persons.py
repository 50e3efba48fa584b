"""Addresses of what is held on a person: to see it, to see who read it, to have it erased."""

from typing import Any

from flask import Response

from chassis.contract.persons import AccessFilter, AccessSchema, HeldSchema
from chassis.contract.schema import load
from chassis.kernel.clock import now, rfc3339
from chassis.kernel.errors import ForbiddenError, PlatformError
from chassis.kernel.ids import is_id
from gateway import context, openapi
from gateway.accounts import schemas as s
from gateway.accounts.administration import journal_line
from gateway.accounts.domain.account import Account
from gateway.auth import administrator, authority, person, signed_in
from gateway.body import json_object
from gateway.query import check_names, page_query
from gateway.routes.accounts import note_reading
from gateway.routes.auth import SIGNED_IN, secret
from gateway.rpc import ServiceFault
from gateway.table import blueprint, own
from gateway.views import action_payload, known_id

KEEPERS = {"admin", "secretariat"}
MOST = 1000
ACCESSES = AccessFilter()


def get_my_data() -> Response:
    """GET /me/data."""
    check_names(())
    who = signed_in()
    account = authority().parts.accounts.get(who.account_id) if is_id(who.account_id) else None
    return _held(who.focal_point_id, who.account_id, account)


def get_focal_point_data(id: str) -> Response:
    """GET /focal-points/<id>/data: for who answers a person that asks on paper."""
    check_names(())
    _keeper()
    return _held(known_id(id), None, None)


def get_account_data(id: str) -> Response:
    """GET /accounts/<id>/data."""
    administrator()
    check_names(())
    account = authority().parts.accounts.needed(known_id(id))
    return _held(account.focal_point_id, account.id, account)


def list_my_accesses() -> Response:
    """GET /me/accesses: to the focal point that one is, and to one's account; one list."""
    who, asked = signed_in(), page_query(ACCESSES)
    load(ACCESSES, asked)
    size = asked["page_size"]
    found = authority().parts.persons.read_by({"records": who.account_id}, size + 1, asked["cursor"])
    items = [AccessSchema().dump({**one, "id": one["_id"]}) for one in found]
    if who.focal_point_id and "actors" in context.settings().node.services:
        theirs = {"page_size": size, "cursor": asked["cursor"], "focal_point_id": who.focal_point_id}
        told = context.call("actors.list_accesses", theirs)
        items += [*told["items"], *([{"id": ""}] if told["next_cursor"] else [])]
    items.sort(key=lambda one: str(one["id"]), reverse=True)  # ids are in order of time
    more = items[size - 1]["id"] if len(items) > size else None
    return secret({"items": items[:size], "next_cursor": more})


def list_focal_point_accesses() -> Response:
    """GET /focal-points/accesses."""
    return secret(context.call("actors.list_accesses", page_query(ACCESSES)))


def ask_to_be_erased() -> Response:
    """POST /me/erasure-request."""
    who = person()
    check_names(())
    load(s.NothingSchema(), json_object(optional=True))
    asked = authority().parts.persons.ask(who.account_id, who.focal_point_id, now())
    return secret(s.ErasureRequestSchema().dump({**asked, "account_id": asked["_id"]}))


def list_erasure_requests() -> Response:
    """GET /accounts/erasure-requests."""
    administrator()
    check_names(())
    found = [{**one, "account_id": one["_id"]} for one in authority().parts.persons.asked()]
    return secret({"items": s.ErasureRequestSchema(many=True).dump(found)})


def erase_account(id: str) -> Response:
    """POST /accounts/<id>/erase."""
    actor = administrator()
    check_names(())
    payload = action_payload(id)
    given = load(s.EraseAccountSchema(), {name: one for name, one in payload.items() if name not in ("id", "version")})
    erased, ended = authority().erasing.erase(id, actor.account_id, given["reason"], context.correlation_id())
    authority().parts.revocations.note(ended)
    authority().openings.forget()
    return secret(s.AccountSchema().dump(erased))


def _keeper() -> None:
    """Raises: ForbiddenError role-required."""
    if not signed_in().roles & KEEPERS:
        raise ForbiddenError("role-required", None, {"roles": ", ".join(sorted(KEEPERS))})


def _held(focal_point_id: str | None, account_id: str | None, account: Account | None) -> Response:
    """What every service of the node holds; who did not answer is named, and `complete` is false then."""
    services = context.settings().node.services
    targets = [f"{service}.export_person" for service in services]
    asked = {"focal_point_id": focal_point_id, "account_id": account_id}
    answers = context.rpc().call_side_by_side(targets, asked, context.call_context(), context.settings().call_seconds)
    held, away = [], []
    for service, target in zip(services, targets, strict=True):
        answer = answers[target]
        if isinstance(answer, ForbiddenError):
            raise answer
        if isinstance(answer, PlatformError | ServiceFault) or not isinstance(answer, dict):
            away.append(service)
        else:
            held.append(answer)
    told = {
        "node": context.settings().node.node,
        "made_at": rfc3339(now()),
        "complete": not away,
        "unavailable": away,
        "account": _account(account) if account else None,
        "services": held,
    }
    return secret(told)


def _account(account: Account) -> dict[str, Any]:
    parts = authority().parts
    note_reading("export_person", [account.id])
    machines = parts.machines.of(account.id)
    request = parts.persons.asked_by(account.id)
    return {
        "account": s.AccountSchema().dump(account),
        "sessions": s.SessionSchema(many=True, exclude=("current",)).dump(parts.sessions.standing(account.id, now())),
        "machine_tokens": s.MachineTokenSchema(many=True).dump(machines),
        "journal": [
            s.JournalSchema().dump(journal_line(one)) for one in parts.accounts.journal(account.id, MOST, None)
        ],
        "accesses": [
            AccessSchema().dump({**one, "id": one["_id"]})
            for one in parts.persons.read_by({"records": account.id}, MOST, None)
        ],
        "erasure_request": s.ErasureRequestSchema().dump({**request, "account_id": account.id}) if request else None,
    }


def _gives(about: str, schema: Any, *fails: str, **doc: Any) -> dict[str, Any]:
    return {
        "security": SIGNED_IN,
        "responses": {"200": openapi.answer(about, schema)} | openapi.problems(*fails),
        **doc,
    }


DATA: Any = {
    "type": "object",
    "required": ["node", "made_at", "complete", "unavailable", "account", "services"],
    "properties": {
        "node": {"type": "string"},
        "made_at": {"type": "string", "format": "date-time"},
        "complete": {"type": "boolean", "description": "Faux si un service n’a pas répondu : demandez de nouveau"},
        "unavailable": {"type": "array", "items": {"type": "string"}},
        "account": {"type": ["object", "null"], "description": "Le compte, ses sessions, jetons, journal et lectures"},
        "services": {"type": "array", "items": HeldSchema},
    },
}
LISTED = {
    "type": "object",
    "required": ["items", "next_cursor"],
    "properties": {"items": {"type": "array", "items": AccessSchema}, "next_cursor": {"type": ["string", "null"]}},
}
REQUESTS = {
    "type": "object",
    "required": ["items"],
    "properties": {"items": {"type": "array", "items": s.ErasureRequestSchema}},
}
_ACT = ("400", "404", "409", "412", "413", "415", "428")
_WHICH: Any = {
    "parameters": [*openapi.PAGING, {"in": "query", "schema": AccessFilter(exclude=("page_size", "cursor"))}]
}
# ruff: noqa: E501 - one line an address
# fmt: off
TABLE = blueprint(
    "Données personnelles",
    "Ce qui est tenu sur une personne, qui l’a lu, et l’effacer",
    (
        own("GET", "/me/data", get_my_data, "Tout ce que ce nœud tient sur moi, lisible par une machine", **_gives("Ce qui est tenu", DATA)),
        own("GET", "/me/accesses", list_my_accesses, "Qui a lu mes données, quand, par quelle demande", **_gives("Une page", LISTED, parameters=openapi.PAGING)),
        own("POST", "/me/erasure-request", ask_to_be_erased, "Demander que mes données soient effacées ; l’administration le voit", **_gives("La demande", s.ErasureRequestSchema, "400", "413", "415")),
        own("GET", "/accounts/erasure-requests", list_erasure_requests, "Qui a demandé à être effacé (rôle admin)", **_gives("Les demandes", REQUESTS)),
        own("GET", "/accounts/<id>/data", get_account_data, "Tout ce qui est tenu sur la personne d’un compte (rôle admin)", **_gives("Ce qui est tenu", DATA, "404")),
        own("POST", "/accounts/<id>/erase", erase_account, "Effacer pour de bon de qui était un compte ; son identifiant reste", **_gives("Le compte", s.AccountSchema, *_ACT, requestBody=openapi.body(s.EraseAccountSchema))),
    ),
)
FOCAL_POINTS = (
    own("GET", "/focal-points/accesses", list_focal_point_accesses, "Qui a lu les données de points focaux (rôle admin), ou les siennes", **_gives("Une page", LISTED, **_WHICH)),
    own("GET", "/focal-points/<id>/data", get_focal_point_data, "Tout ce qui est tenu sur une personne, pour qui lui répond (secrétariat, admin)", **_gives("Ce qui est tenu", DATA, "404")),
)
