"""Views of the federation: inviting, enrolling without an account, joining, members by their short names, the links."""

import math
import re
from datetime import datetime
from typing import Any, Final

from flask import Response, request

from chassis.kernel.clock import now
from chassis.kernel.errors import ForbiddenError, InvalidError, NotFoundError
from gateway import context, elsewhere, etag
from gateway.accounts.domain.guessing import BY_NAME
from gateway.accounts.domain.secrets import digest
from gateway.auth import authority, signed_in
from gateway.body import json_object
from gateway.problems import Problem
from gateway.query import check_names
from gateway.rpc import ServiceFault
from gateway.views import as_record, json_response
from services.federation.contract import wording

SERVICE: Final = "federation"
FEDERATED: Final = ("actors", "meetings", "indicators")  # whose records travel
LONG: Final = 40.0  # seconds: a centre is called over a poor link, a broker is rearranged
_NODE: Final = re.compile(r"[a-z0-9_-]{1,64}")


def create_invitation() -> Response:
    """POST /federation/invitations."""
    check_names(())
    response = json_response(_object("create_invitation", json_object()), 201)
    response.headers["Cache-Control"] = "no-store"
    return response


def enrol_node() -> Response:
    """POST /federation/enrolments: for who has no account yet; the proof in the body is the credential."""
    check_names(())
    body = json_object()
    guesses = authority().parts.guesses
    counts = {digest(f"enrolment {str(body.get('node'))[:60]} {request.remote_addr}"): BY_NAME}
    wait = guesses.wait(counts)
    if wait > 0:
        seconds = math.ceil(wait)
        raise Problem(429, "too-many-attempts", {"seconds": seconds}, headers={"Retry-After": str(seconds)})
    guesses.attempt(counts)
    try:
        answer = _object("enrol_node", body)
    except ForbiddenError:  # a wrong proof counts as a wrong password does
        raise
    except Exception:
        guesses.forgive(counts)
        raise
    for key in counts:
        guesses.forget(key)
    response = json_response(answer)
    response.headers["Cache-Control"] = "no-store"
    return response


def join_hub() -> Response:
    """POST /federation/join."""
    check_names(())
    return json_response(_object("join_hub", json_object()))


def get_node(id: str) -> Response:
    """GET /federation/nodes/<id>: by short name or id."""
    check_names(())
    record = as_record(f"{SERVICE}.get_node", _object("get_node", {"id": _known(id)}))
    return etag.conditional(json_response(record), etag.of_version(record["version"]))


def suspend_node(id: str) -> Response:
    """POST /federation/nodes/<id>/suspend."""
    return _act("suspend_node", id)


def resume_node(id: str) -> Response:
    """POST /federation/nodes/<id>/resume."""
    return _act("resume_node", id)


def remove_node(id: str) -> Response:
    """POST /federation/nodes/<id>/remove."""
    return json_response(_on_node("remove_node", id))


def show_links() -> Response:
    """GET /federation/status: the links, by noun what waits on them, and how the last comparisons ended."""
    check_names(())
    signed_in()
    return json_response(links())


def links() -> dict[str, Any]:
    """The status, completed by what each service counts and compared; one that is away adds nothing."""
    found = _object("status", {})
    compared = _from_services("show_comparisons", {})
    for link in found["links"]:
        waiting = link.get("waiting")
        if waiting and waiting["messages"] and link.get("confirmed_until"):
            waiting |= _counted(link["confirmed_until"], waiting["messages"], found)
        told = [one for answer in compared for one in answer["comparisons"] if one["peer"] == link["node"]]
        link["compared"] = [_compared(one, link, found) for one in told]
    return found


def _compared(one: dict[str, Any], link: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    names = {found["node"]: found["name"], link["node"]: link["name"]}
    language = context.language()
    of = str(names.get(one["of"]) or elsewhere.name_of(one["of"], language))
    text = wording.compared_in_words(one, language, of, _ago(one["at"]), _ago(one["since"]))
    return {name: value for name, value in one.items() if name != "peer"} | {"text": text}


def _ago(instant: str) -> float:
    return (now() - datetime.fromisoformat(instant)).total_seconds()


def _from_services(method: str, payload: dict[str, Any]) -> list[dict[str, Any]]:
    """What the services of this node's records answer; one that is away answers nothing."""
    targets = [f"{name}.{method}" for name in context.settings().node.services if name in FEDERATED]
    within = context.settings().call_seconds
    answers = context.rpc().call_side_by_side(targets, payload, context.call_context(), within)
    return [answer for answer in answers.values() if isinstance(answer, dict)]


def _counted(since: str, messages: int, found: dict[str, Any]) -> dict[str, Any]:
    """{nouns, oldest, text} of what this node's services made since the other side last confirmed."""
    nouns: dict[str, int] = {}
    oldest: list[str] = []
    for answer in _from_services("count_leaving", {"since": since}):
        nouns |= answer.get("nouns") or {}
        oldest += [answer["oldest"]] if answer.get("oldest") else []
    language, name = context.language(), str(found.get("name") or found["node"])
    first = min(oldest, default=None)
    waited = _ago(first) if first else None
    text = wording.waiting_in_words(nouns, messages, language, name, waited)
    return {"nouns": nouns, "oldest": first, "text": text}


def _act(method: str, id: str) -> Response:
    record = as_record(f"{SERVICE}.{method}", _on_node(method, id))
    return etag.conditional(json_response(record), etag.of_version(record["version"]))


def _on_node(method: str, id: str) -> dict[str, Any]:
    check_names(())
    body = json_object(optional=True)
    if "id" in body:
        raise InvalidError("server-owned-field", "id", {"field": "id"})
    return _object(method, {**body, "id": _known(id)})


def _object(method: str, payload: dict[str, Any]) -> dict[str, Any]:
    target = f"{SERVICE}.{method}"
    answer = context.call(target, payload, LONG)
    if not isinstance(answer, dict):
        raise ServiceFault(target, "no-object")
    return answer


def _known(id: str) -> str:
    """A short name or an id. Raises: NotFoundError: what is neither is nobody's."""
    if not _NODE.fullmatch(id):
        raise NotFoundError("node-not-found", None, {"id": id[:60]})
    return id
