"""The view of each shape of table line: parse the request, call the service, dress the answer."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import orjson
from flask import Response, request

from chassis.kernel.errors import InvalidError, NotFoundError
from chassis.kernel.ids import is_id
from gateway import context, etag, freshness
from gateway.body import json_object
from gateway.query import check_names, page_query, plus
from gateway.rpc import ServiceFault

if TYPE_CHECKING:
    from gateway.table import Line

View = Callable[..., Response]


def json_response(value: Any, status: int = 200) -> Response:
    """A JSON answer."""
    return Response(orjson.dumps(value), status, mimetype="application/json")


def list_view(line: "Line") -> View:
    """GET of a page."""

    def view(**path: str) -> Response:
        page = context.call(line.target, page_query(line.takes) | path)
        if not isinstance(page, dict) or not isinstance(page.get("items"), list):
            raise ServiceFault(line.target, "no-page")
        given = {"items": page["items"], "next_cursor": page.get("next_cursor")}
        told = freshness.origins(page["items"])
        tag = etag.of_bytes(orjson.dumps({**given, "origins": freshness.lasting(told)}))
        moving = any(one["last_heard"] for one in told)
        return etag.conditional(json_response({**given, "origins": told}), etag.weak(tag) if moving else tag)

    return view


def one_view(line: "Line") -> View:
    """GET of one record."""

    def view(id: str) -> Response:
        payload = {"id": known_id(id), **as_of()}
        record = as_record(line.target, context.call(line.target, payload))
        response = json_response(record)
        freshness.tell(response, record)
        form = past_form(payload)
        if line.derived and not form:
            return etag.conditional(response, etag.of_page(record["version"], response.get_data()))
        return etag.conditional(response, etag.of_version(record["version"], form))

    return view


def state_view(line: "Line") -> View:
    """GET of what is derived of one record."""

    def view(id: str) -> Response:
        check_names(())
        record = as_record(line.target, context.call(line.target, {"id": known_id(id)}))
        response = json_response(record)
        return etag.conditional(response, etag.of_page(record["version"], response.get_data()))

    return view


def history_view(line: "Line") -> View:
    """GET of a page of a record's versions."""

    def view(id: str) -> Response:
        page = context.call(line.target, {"noun": line.noun, "id": known_id(id), **page_query(None)})
        if not isinstance(page, dict) or not isinstance(page.get("items"), list):
            raise ServiceFault(line.target, "no-page")
        response = json_response({"items": page["items"], "next_cursor": page.get("next_cursor")})
        return etag.conditional(response, etag.of_bytes(response.get_data()))

    return view


def create_view(line: "Line") -> View:
    """POST of a new record."""

    def view(**path: str) -> Response:
        check_names(())
        about = {"id": known_id(path["id"])} if line.home else path
        body = json_object()
        if line.home and "id" in body:
            raise InvalidError("server-owned-field", "id", {"field": "id"})
        record = as_record(line.target, context.call(line.target, body | about))
        response = json_response(record, 201)
        home = f"/api/v1{line.home}" if line.home else request.path
        response.headers["Location"] = f"{home}/{record['id']}"
        return etag.conditional(response, etag.of_version(record["version"]))

    return view


def change_view(line: "Line") -> View:
    """PATCH of some fields."""

    def view(id: str) -> Response:
        check_names(())
        payload = {"id": known_id(id), "version": etag.version_wanted(required=True), "changes": json_object()}
        try:
            record = as_record(line.target, context.call(line.target, payload))
        except InvalidError as error:
            raise _without_prefix(error, "changes") from error
        return etag.conditional(json_response(record), etag.of_version(record["version"]))

    return view


def act_view(line: "Line") -> View:
    """POST of a move in a record's life."""

    def view(id: str) -> Response:
        check_names(())
        payload = action_payload(id)
        record = as_record(line.target, context.call(line.target, payload))
        return etag.conditional(json_response(record), etag.of_version(record["version"]))

    return view


FOR_SHAPE: dict[str, Callable[["Line"], View]] = {
    "list": list_view,
    "one": one_view,
    "state": state_view,
    "history": history_view,
    "create": create_view,
    "change": change_view,
    "act": act_view,
}


def as_of(*others: str) -> dict[str, str]:
    """The moment that a read of one record is asked for, if any; parameters but these are refused."""
    check_names(("as_of", *others))
    given = request.args.get("as_of")
    return {} if given is None else {"as_of": plus(given)}


def past_form(payload: dict[str, Any]) -> str:
    """What tells the ETag of a record as it was from that of the record: nobody may change the past."""
    return "as-of" if "as_of" in payload else ""


def action_payload(id: str) -> dict[str, Any]:
    """{id, version, …body} of a POST on a record. Raises: InvalidError when the body sets what the address says."""
    version = etag.version_wanted(required=False)
    body = json_object(optional=True)
    for name in ("id", "version"):
        if name in body:
            raise InvalidError("server-owned-field", name, {"field": name})
    return {**body, "id": known_id(id), "version": version}


def known_id(id: str) -> str:
    """The id of an address. Raises: NotFoundError: what is no id is nobody's."""
    if not is_id(id):
        raise NotFoundError("not-found", None, {"id": id[:60]})
    return id


def as_record(target: str, answer: Any) -> dict[str, Any]:
    """A service's answer as a record. Raises: ServiceFault."""
    if not isinstance(answer, dict) or "id" not in answer or "version" not in answer:
        raise ServiceFault(target, "no-record")
    return answer


def _without_prefix(error: InvalidError, prefix: str) -> InvalidError:
    """The error told in the fields of the body that the caller sent."""

    def bare(field: Any) -> Any:
        text = str(field or "")
        return text.removeprefix(f"{prefix}.") if text != prefix else ""

    errors = [{**one, "field": bare(one.get("field"))} for one in error.errors]
    return InvalidError(error.code, bare(error.field) or None, error.params, errors)
