"""Addresses of signing in, of one's own sessions and password."""

from typing import Any

from flask import Response, request

from chassis.contract.schema import load
from chassis.kernel.clock import now
from chassis.kernel.errors import NotFoundError
from chassis.kernel.ids import is_id
from gateway import context, etag, openapi, rights
from gateway.accounts import schemas as s
from gateway.accounts.domain.sessions import Session
from gateway.accounts.openings import csrf_of
from gateway.accounts.signing_in import Client
from gateway.auth import authority, how, person, signed_in
from gateway.body import json_object
from gateway.query import check_names
from gateway.table import blueprint, own
from gateway.views import json_response

SESSION = s.SessionSchema()


def create_token() -> Response:
    """POST /auth/token."""
    check_names(())
    given = load(s.CredentialsSchema(), json_object())
    signed = authority().signing_in.sign_in(given["username"], given["password"], "token", client())
    authority().erasing.once_a_day()
    response = secret(authority().signing_in.tokens(signed.account, signed.session, signed.refresh))
    authority().cookies.know(response, signed.device)
    return response


def refresh_token() -> Response:
    """POST /auth/refresh."""
    check_names(())
    return secret(authority().signing_in.refresh(load(s.RefreshSchema(), json_object())["refresh_token"]))


def sign_in_browser() -> Response:
    """POST /auth/browser."""
    check_names(())
    given = load(s.CredentialsSchema(), json_object())
    signed = authority().signing_in.sign_in(given["username"], given["password"], "browser", client())
    authority().erasing.once_a_day()
    csrf = csrf_of(signed.refresh.family)
    response = secret({"session_id": signed.session.id, "csrf_token": csrf, "roles": list(signed.account.roles)})
    authority().cookies.begin(response, signed.refresh.family, csrf)
    authority().cookies.know(response, signed.device)
    return response


def sign_out() -> Response:
    """POST /auth/sign-out."""
    check_names(())
    authority().signing_in.sign_out(signed_in())
    authority().openings.forget()
    response = Response(status=204)
    authority().cookies.end(response)
    return response


def accept_link() -> Response:
    """POST /auth/accept."""
    check_names(())
    given = load(s.AcceptSchema(), json_object())
    account = authority().signing_in.accept(given["link"], given["password"], context.correlation_id())
    return secret({"username": account.username})


def change_password() -> Response:
    """POST /me/password."""
    check_names(())
    who, given = person(), load(s.PasswordChangeSchema(), json_object())
    authority().signing_in.change_password(
        who, given["old_password"], given["password"], client(), context.correlation_id()
    )
    authority().openings.forget()
    return Response(status=204)


def get_me() -> Response:
    """GET /me."""
    check_names(())
    asking = signed_in()
    account = authority().parts.accounts.get(asking.account_id) if is_id(asking.account_id) else None
    session = authority().parts.sessions.get(asking.session_id) if asking.session_id else None
    response = json_response(
        {
            "id": asking.account_id,
            "username": account.username if account else None,
            "roles": sorted(asking.roles),
            "institution_id": asking.institution_id,
            "focal_point_id": asking.focal_point_id,
            "node": context.settings().node.node,
            "read_only": asking.read_only,
            "services": None if asking.services is None else sorted(asking.services),
            "may": rights.of(asking),
            "session": session_view(session) if session else None,
            **how(),
        }
    )
    return etag.conditional(response, etag.of_bytes(response.get_data()))


def list_sessions() -> Response:
    """GET /me/sessions."""
    check_names(())
    return sessions_of(person().account_id)


def revoke_session(id: str) -> Response:
    """POST /me/sessions/<id>/revoke."""
    check_names(())
    end_session(person().account_id, id)
    return Response(status=204)


def revoke_other_sessions() -> Response:
    """POST /me/sessions/revoke-others."""
    check_names(())
    ended = authority().signing_in.end_others(person())
    authority().openings.forget()
    return json_response({"ended": ended})


def sessions_of(account_id: str) -> Response:
    """An account's sessions as an answer."""
    items = [session_view(one) for one in authority().parts.sessions.standing(account_id, now())]
    response = json_response({"items": items})
    return etag.conditional(response, etag.of_bytes(response.get_data()))


def end_session(account_id: str, session_id: str) -> None:
    """End one of an account. Raises: NotFoundError."""
    if not is_id(session_id):
        raise NotFoundError("not-found", None, {"id": session_id[:60]})
    authority().signing_in.end_session(account_id, session_id)
    authority().openings.forget()


def session_view(session: Session) -> Any:
    """A session as it is shown."""
    shown = SESSION.dump(session)
    return {**shown, "current": session.id == context.principal().session_id}


def secret(value: Any, status: int = 200) -> Response:
    """An answer that no cache may keep."""
    response = json_response(value, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def client() -> Client:
    """From where one signs in."""
    return Client(
        address=request.remote_addr or "",
        name=request.headers.get("User-Agent", ""),
        device=authority().cookies.device(request),
    )


SESSIONS = {
    "type": "object",
    "required": ["items"],
    "properties": {"items": {"type": "array", "items": s.SessionSchema}},
}
BROWSER = {
    "type": "object",
    "required": ["session_id", "csrf_token", "roles"],
    "properties": {
        "session_id": {"type": "string"},
        "csrf_token": {"type": "string", "description": "À renvoyer dans X-CSRF-Token à chaque demande qui change"},
        "roles": {"type": "array", "items": {"type": "string"}},
    },
}
ACCEPTED = {"type": "object", "required": ["username"], "properties": {"username": {"type": "string"}}}
DONE = {"204": {"description": "Fait"}}
SIGNED_IN: Any = [{"bearer": []}, {"cookie": []}]
_BODY = ("400", "413", "415")
# ruff: noqa: E501 - one line an address
# fmt: off
TABLE = blueprint(
    "Identification",
    "S’identifier, ses sessions, son mot de passe",
    (
        own("POST", "/auth/token", create_token, "S’identifier : des jetons contre un nom et un mot de passe", security=[],
            requestBody=openapi.body(s.CredentialsSchema),
            responses={"200": openapi.answer("Les jetons", s.TokenSchema)} | openapi.problems(*_BODY, "429")),
        own("POST", "/auth/refresh", refresh_token, "D’autres jetons contre celui de renouvellement, qui ne sert qu’une fois ; rejoué plus tard, il met fin à la session", security=[],
            requestBody=openapi.body(s.RefreshSchema),
            responses={"200": openapi.answer("Les jetons", s.TokenSchema)} | openapi.problems(*_BODY)),
        own("POST", "/auth/browser", sign_in_browser, "S’identifier par un navigateur : la session est dans un cookie", security=[],
            requestBody=openapi.body(s.CredentialsSchema),
            responses={"200": openapi.answer("La session", BROWSER)} | openapi.problems(*_BODY, "429")),
        own("POST", "/auth/sign-out", sign_out, "Mettre fin à la session par laquelle on le demande", security=SIGNED_IN,
            responses=DONE | openapi.problems("404", "409")),
        own("POST", "/auth/accept", accept_link, "Choisir son mot de passe avec le lien reçu de l’administrateur", security=[],
            requestBody=openapi.body(s.AcceptSchema),
            responses={"200": openapi.answer("Le nom du compte", ACCEPTED)} | openapi.problems(*_BODY, "404", "410", "412")),
        own("GET", "/me", get_me, "Qui je suis pour la plateforme, par quelle session, et ce que je peux faire", security=SIGNED_IN,
            responses={"200": openapi.answer("Le compte", s.MeSchema)} | openapi.problems("304")),
        own("POST", "/me/password", change_password, "Changer de mot de passe ; les autres sessions prennent fin", security=SIGNED_IN,
            requestBody=openapi.body(s.PasswordChangeSchema),
            responses=DONE | openapi.problems(*_BODY, "404", "412", "429")),
        own("GET", "/me/sessions", list_sessions, "Mes sessions", security=SIGNED_IN,
            responses={"200": openapi.answer("Les sessions", SESSIONS)} | openapi.problems("304")),
        own("POST", "/me/sessions/<id>/revoke", revoke_session, "Mettre fin à une de mes sessions", security=SIGNED_IN,
            responses=DONE | openapi.problems("404")),
        own("POST", "/me/sessions/revoke-others", revoke_other_sessions, "Mettre fin à mes autres sessions", security=SIGNED_IN,
            responses={"200": openapi.answer("Combien", s.EndedSchema)}),
    ),
)
