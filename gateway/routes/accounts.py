"""Addresses of accounts, for the role admin."""

from typing import Any

from flask import Response

from chassis.contract.schema import load
from chassis.kernel.errors import InvalidError
from chassis.kernel.ids import is_id
from gateway import context, etag, openapi
from gateway.accounts import schemas as s
from gateway.accounts.administration import Invited, journal_line
from gateway.accounts.domain.account import Account, folded
from gateway.auth import administrator, authority
from gateway.body import json_object
from gateway.query import check_names, page_query
from gateway.routes.auth import DONE, SESSIONS, SIGNED_IN, end_session, secret, sessions_of
from gateway.routes.machine_tokens import TOKENS, tokens_of
from gateway.table import blueprint, own
from gateway.views import action_payload, json_response, known_id

ACCOUNT, JOURNAL, FILTER = s.AccountSchema(), s.JournalSchema(), s.AccountFilter()


def list_accounts() -> Response:
    """GET /accounts."""
    administrator()
    asked = load(FILTER, page_query(FILTER))
    size, cursor = asked["page_size"], _place(asked["cursor"])
    query = {"status": asked.get("status"), "roles": asked.get("role")}
    if "username" in asked:
        query["username"] = folded(asked["username"])
    filters = {name: value for name, value in query.items() if value is not None}
    found = authority().parts.accounts.page(size + 1, cursor, filters)
    note_reading("list_accounts", [one.id for one in found[:size]])
    return _page([ACCOUNT.dump(one) for one in found], size)


def get_account(id: str) -> Response:
    """GET /accounts/<id>."""
    administrator()
    check_names(())
    found = authority().parts.accounts.needed(known_id(id))
    note_reading("get_account", [found.id])
    return _account(found)


def invite_account() -> Response:
    """POST /accounts."""
    actor = administrator()
    check_names(())
    given = load(s.InviteSchema(), json_object())
    made = authority().administration.invite(actor, given["username"], given["roles"], context.correlation_id())
    response = _link(made, 201)
    response.headers["Location"] = f"/api/v1/accounts/{made[0].id}"
    return response


def invite_account_again(id: str) -> Response:
    """POST /accounts/<id>/invite."""
    actor = administrator()
    _nothing(id)
    return _link(authority().administration.renew_link(actor, id, "invitation", context.correlation_id()))


def reset_account_password(id: str) -> Response:
    """POST /accounts/<id>/reset-password."""
    actor = administrator()
    _nothing(id)
    return _link(authority().administration.renew_link(actor, id, "reset", context.correlation_id()))


def change_account(id: str) -> Response:
    """PATCH /accounts/<id>."""
    actor = administrator()
    check_names(())
    version = etag.version_wanted(required=True)
    roles = load(s.AccountChangesSchema(), json_object())["roles"]
    changed = authority().administration.change_roles(actor, known_id(id), version, roles, context.correlation_id())
    return _account(changed)


def disable_account(id: str) -> Response:
    """POST /accounts/<id>/disable."""
    actor = administrator()
    return _account(authority().administration.disable(actor, id, _nothing(id), context.correlation_id()))


def enable_account(id: str) -> Response:
    """POST /accounts/<id>/enable."""
    actor = administrator()
    return _account(authority().administration.enable(actor, id, _nothing(id), context.correlation_id()))


def link_account(id: str) -> Response:
    """POST /accounts/<id>/link: the focal point, whose institution counts, or an institution; both must be known here."""
    actor = administrator()
    check_names(())
    payload = action_payload(id)
    version = payload.pop("version")
    given = load(s.AccountLinkSchema(), {name: value for name, value in payload.items() if name != "id"})
    focal_point, institution = given["focal_point_id"], given["institution_id"]
    if focal_point:
        found = _record("actors.get_focal_point", focal_point, "focal_point_id")["institution_id"]
        if institution not in (None, found):
            raise InvalidError("not-its-institution", "institution_id")
        institution = found
    elif institution:
        _record("actors.get_institution", institution, "institution_id")
    else:
        raise InvalidError("required", "focal_point_id")
    linked = authority().administration.link(actor, id, version, institution, focal_point, context.correlation_id())
    return _account(linked)


def unlink_account(id: str) -> Response:
    """POST /accounts/<id>/unlink."""
    actor = administrator()
    return _account(authority().administration.unlink(actor, id, _nothing(id), context.correlation_id()))


def list_account_sessions(id: str) -> Response:
    """GET /accounts/<id>/sessions."""
    administrator()
    check_names(())
    return sessions_of(authority().parts.accounts.needed(known_id(id)).id)


def revoke_account_session(id: str, session_id: str) -> Response:
    """POST /accounts/<id>/sessions/<session_id>/revoke."""
    administrator()
    check_names(())
    end_session(known_id(id), session_id)
    return Response(status=204)


def revoke_account_sessions(id: str) -> Response:
    """POST /accounts/<id>/sessions/revoke."""
    actor = administrator()
    check_names(())
    return json_response(
        {"ended": authority().administration.end_sessions(actor, known_id(id), context.correlation_id())}
    )


def list_account_machine_tokens(id: str) -> Response:
    """GET /accounts/<id>/machine-tokens."""
    administrator()
    check_names(())
    return tokens_of(authority().parts.accounts.needed(known_id(id)).id)


def revoke_account_machine_token(id: str, token_id: str) -> Response:
    """POST /accounts/<id>/machine-tokens/<token_id>/revoke."""
    actor = administrator()
    check_names(())
    authority().machines.revoke(known_id(id), known_id(token_id), actor.account_id, context.correlation_id())
    return Response(status=204)


def show_account_journal(id: str) -> Response:
    """GET /accounts/<id>/journal."""
    administrator()
    asked = page_query(None)
    accounts, account = authority().parts.accounts, authority().parts.accounts.needed(known_id(id))
    lines = accounts.journal(account.id, asked["page_size"] + 1, _place(asked["cursor"]))
    return _page([JOURNAL.dump(journal_line(one)) for one in lines], asked["page_size"])


def note_reading(call: str, ids: list[str]) -> None:
    """Before accounts are given out: who reads them."""
    authority().parts.persons.note_reading(context.principal().account_id, call, context.correlation_id(), ids)


def _nothing(id: str) -> int | None:
    """The version of an act without a body. Raises: NotFoundError, InvalidError."""
    check_names(())
    payload = action_payload(id)
    load(s.NothingSchema(), {name: value for name, value in payload.items() if name not in ("id", "version")})
    version: int | None = payload["version"]
    return version


def _record(target: str, id: str, field: str) -> dict[str, Any]:
    found = context.call(target, {"id": id})
    if not isinstance(found, dict) or "id" not in found:
        raise InvalidError("not-found", field, {"id": id})
    return found


def _place(cursor: str | None) -> str | None:
    """A cursor is the id of the last one seen. Raises: InvalidError unreadable-cursor."""
    if cursor is not None and not is_id(cursor):
        raise InvalidError("unreadable-cursor", "cursor")
    return cursor


def _page(items: list[Any], size: int) -> Response:
    more = items[size - 1]["id"] if len(items) > size else None
    response = json_response({"items": items[:size], "next_cursor": more})
    return etag.conditional(response, etag.of_bytes(response.get_data()))


def _account(account: Account) -> Response:
    return etag.conditional(json_response(ACCOUNT.dump(account)), etag.of_version(account.version))


def _link(made: Invited, status: int = 200) -> Response:
    account, text, link = made
    return secret(s.LinkSchema().dump({"account": account, "link": text, "expires_at": link.expires_at}), status)


def _gives(about: str, schema: Any, *fails: str, **doc: Any) -> dict[str, Any]:
    """What an address gives, and how else it may end."""
    return {
        "security": SIGNED_IN,
        "responses": {"200": openapi.answer(about, schema)} | openapi.problems(*fails),
        **doc,
    }


_ACT = ("400", "404", "409", "412", "413", "415", "428")
_IF_MATCH = {"parameters": [openapi.header("If-Match", "ETag de la version lue")]}
_MUST_MATCH = {"parameters": [openapi.header("If-Match", "ETag de la version lue", required=True)]}
_FILTERS = {
    "parameters": [*openapi.PAGING, {"in": "query", "schema": s.AccountFilter(exclude=("page_size", "cursor"))}]
}
# ruff: noqa: E501 - one line an address
# fmt: off
TABLE = blueprint(
    "Comptes",
    "Les comptes de ce nœud (rôle admin) ; ils ne le quittent jamais",
    (
        own("GET", "/accounts", list_accounts, "Les comptes, du plus récent au plus ancien", **_gives("Une page", openapi.page_of(s.AccountSchema), "304", **_FILTERS)),
        own("POST", "/accounts", invite_account, "Inviter quelqu’un : un compte sans mot de passe, et le lien pour en choisir un", security=SIGNED_IN, requestBody=openapi.body(s.InviteSchema), responses={"201": openapi.answer("Le compte et le lien", s.LinkSchema)} | openapi.problems("400", "409", "413", "415")),
        own("GET", "/accounts/<id>", get_account, "Un compte", **_gives("Le compte", s.AccountSchema, "304", "404")),
        own("PATCH", "/accounts/<id>", change_account, "Lui donner d’autres rôles, parmi ceux que l’on peut donner ; ses sessions prennent fin", **_gives("Le compte", s.AccountSchema, *_ACT, requestBody=openapi.body(s.AccountChangesSchema), **_MUST_MATCH)),
        own("POST", "/accounts/<id>/invite", invite_account_again, "Un autre lien pour qui est invité", **_gives("Le lien", s.LinkSchema, *_ACT)),
        own("POST", "/accounts/<id>/reset-password", reset_account_password, "Un lien pour choisir un autre mot de passe ; l’ancien compte jusque-là", **_gives("Le lien", s.LinkSchema, *_ACT)),
        own("POST", "/accounts/<id>/disable", disable_account, "Le fermer : plus personne ne s’en sert", **_gives("Le compte", s.AccountSchema, *_ACT, **_IF_MATCH)),
        own("POST", "/accounts/<id>/enable", enable_account, "Le rouvrir", **_gives("Le compte", s.AccountSchema, *_ACT, **_IF_MATCH)),
        own("POST", "/accounts/<id>/link", link_account, "Le lier à un point focal et à son institution, ou à une institution", **_gives("Le compte", s.AccountSchema, *_ACT, requestBody=openapi.body(s.AccountLinkSchema), **_IF_MATCH)),
        own("POST", "/accounts/<id>/unlink", unlink_account, "Le délier", **_gives("Le compte", s.AccountSchema, *_ACT, **_IF_MATCH)),
        own("GET", "/accounts/<id>/sessions", list_account_sessions, "Ses sessions", **_gives("Les sessions", SESSIONS, "304", "404")),
        own("POST", "/accounts/<id>/sessions/revoke", revoke_account_sessions, "Mettre fin à toutes ses sessions", **_gives("Combien", s.EndedSchema, "404")),
        own("POST", "/accounts/<id>/sessions/<session_id>/revoke", revoke_account_session, "Mettre fin à l’une d’elles", security=SIGNED_IN, responses=DONE | openapi.problems("404")),
        own("GET", "/accounts/<id>/machine-tokens", list_account_machine_tokens, "Ses jetons pour machines", **_gives("Les jetons", TOKENS, "304", "404")),
        own("POST", "/accounts/<id>/machine-tokens/<token_id>/revoke", revoke_account_machine_token, "Révoquer l’un d’eux", security=SIGNED_IN, responses=DONE | openapi.problems("404")),
        own("GET", "/accounts/<id>/journal", show_account_journal, "Ce qui lui a été fait, par qui et quand", **_gives("Une page", openapi.page_of(s.JournalSchema), "304", "404", parameters=openapi.PAGING)),
    ),
)
