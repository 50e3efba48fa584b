"""Addresses of one's own tokens for machines."""

from typing import Any

from flask import Response

from chassis.contract.schema import load
from gateway import context, etag, openapi
from gateway.accounts import schemas as s
from gateway.auth import authority, person
from gateway.body import json_object
from gateway.query import check_names
from gateway.routes.auth import DONE, SIGNED_IN, secret
from gateway.table import blueprint, own
from gateway.views import json_response, known_id

SHOWN = s.MachineTokenSchema()


def list_machine_tokens() -> Response:
    """GET /me/machine-tokens."""
    check_names(())
    return tokens_of(person().account_id)


def create_machine_token() -> Response:
    """POST /me/machine-tokens."""
    check_names(())
    who, given = person(), load(s.MachineTokenFieldsSchema(), json_object())
    made, text = authority().machines.make(who.account_id, **given, request=context.correlation_id())
    shown: Any = SHOWN.dump(made)
    return secret({**shown, "token": text}, 201)


def revoke_machine_token(id: str) -> Response:
    """POST /me/machine-tokens/<id>/revoke."""
    check_names(())
    who = person().account_id
    authority().machines.revoke(who, known_id(id), who, context.correlation_id())
    return Response(status=204)


def tokens_of(account_id: str) -> Response:
    """An account's as an answer."""
    response = json_response({"items": SHOWN.dump(authority().parts.machines.of(account_id), many=True)})
    return etag.conditional(response, etag.of_bytes(response.get_data()))


TOKENS = {
    "type": "object",
    "required": ["items"],
    "properties": {"items": {"type": "array", "items": s.MachineTokenSchema}},
}
# ruff: noqa: E501 - one line an address
# fmt: off
TABLE = blueprint(
    "Jetons pour machines",
    "Ce qu’une personne donne à ses programmes : une part de ses rôles, jusqu’à une date",
    (
        own("GET", "/me/machine-tokens", list_machine_tokens, "Mes jetons pour machines", security=SIGNED_IN,
            responses={"200": openapi.answer("Les jetons, sans leur texte", TOKENS)} | openapi.problems("304")),
        own("POST", "/me/machine-tokens", create_machine_token, "En faire un ; son texte n’est montré que cette fois", security=SIGNED_IN,
            requestBody=openapi.body(s.MachineTokenFieldsSchema),
            responses={"201": openapi.answer("Le jeton", s.NewMachineTokenSchema)} | openapi.problems("400", "404", "409", "413", "415")),
        own("POST", "/me/machine-tokens/<id>/revoke", revoke_machine_token, "Le révoquer", security=SIGNED_IN,
            responses=DONE | openapi.problems("404")),
    ),
)
