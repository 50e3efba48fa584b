"""Addresses of signing in."""

from typing import Any

from flask import Response, request
from marshmallow import Schema, fields

from chassis.contract.schema import Command, load
from gateway import context, openapi
from gateway.auth import authority, signed_in
from gateway.body import json_object
from gateway.query import check_names
from gateway.table import blueprint, own
from gateway.views import json_response

_FAULTS: dict[str, Any] = {"required": "required", "null": "not-null", "invalid": "not-text"}


class CredentialsSchema(Command):
    """What proves who one is."""

    username = fields.String(required=True, error_messages=_FAULTS, metadata={"maxLength": 200})
    password = fields.String(required=True, error_messages=_FAULTS, metadata={"format": "password", "maxLength": 1024})


class TokenSchema(Schema):
    """A token to send as `Authorization: Bearer …`."""

    access_token = fields.String(required=True)
    token_type = fields.String(required=True)
    expires_in = fields.Integer(required=True, metadata={"description": "Secondes"})


class MeSchema(Schema):
    """Who asks, as the platform knows them."""

    id = fields.String(required=True)
    username = fields.String(required=True, allow_none=True)
    roles = fields.List(fields.String(), required=True)
    institution_id = fields.String(required=True, allow_none=True)
    focal_point_id = fields.String(required=True, allow_none=True)
    node = fields.String(required=True)


def create_token() -> Response:
    """POST /auth/token."""
    check_names(())
    given = load(CredentialsSchema(), json_object())
    token = authority().give_token(given["username"], given["password"], request.remote_addr or "")
    response = json_response(token)
    response.headers["Cache-Control"] = "no-store"
    return response


def get_me() -> Response:
    """GET /me."""
    check_names(())
    asking = signed_in()
    account = authority().accounts.get(asking.account_id)
    return json_response(
        {
            "id": asking.account_id,
            "username": account.username if account else None,
            "roles": sorted(asking.roles),
            "institution_id": asking.institution_id,
            "focal_point_id": asking.focal_point_id,
            "node": context.settings().node.node,
        }
    )


TABLE = blueprint(
    "Identification",
    "Comptes et jetons",
    (
        own(
            "POST",
            "/auth/token",
            create_token,
            "S’identifier : un jeton contre un nom et un mot de passe",
            security=[],
            requestBody=openapi.body(CredentialsSchema),
            responses={"200": openapi.answer("Le jeton", TokenSchema)} | openapi.problems("400", "413", "415", "429"),
        ),
        own(
            "GET",
            "/me",
            get_me,
            "Qui je suis pour la plateforme",
            security=[{"bearer": []}],
            responses={"200": openapi.answer("Le compte", MeSchema)},
        ),
    ),
)
