"""Views for who runs the node: what is set aside, how far behind each service is, sending events again.

The services check the role. What all of them are asked names those that did not answer, rather than hiding them.
"""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, request

from chassis.broker.topology import RETRY_SECONDS, parked_name, retry_name
from chassis.contract.logqueries import VerifyTrail
from chassis.contract.operating import ParkedFilter, parked_cursor
from chassis.contract.schema import Text, load, maybe
from chassis.kernel.errors import InvalidError, NotFoundError, PlatformError, UnavailableError
from chassis.process import metrics
from gateway import context, etag, messages
from gateway.accounts.trail import OWNER, verification
from gateway.auth import administrator, authority
from gateway.body import json_object
from gateway.query import check_names, page_query
from gateway.rpc import ServiceFault
from gateway.store import reachable
from gateway.views import json_response

Answers = Mapping[str, Any]


class ParkedFilterSchema(ParkedFilter):
    """Whose parked messages, and which."""

    service = maybe(Text, 40)
    id = maybe(Text, 64)


PARKED_FILTER = ParkedFilterSchema()


def list_parked() -> Response:
    """GET /admin/parked: of all services, or of the one that `service` names; in the order of their parking.

    A cursor is a place in that order, the same for all: so the services' pages are read as one list.
    """
    asked = page_query(PARKED_FILTER)
    services, size = context.settings().node.services, asked["page_size"]
    if "service" in asked:
        services = (known_service(asked.pop("service")),)
    found, away = _ask_each(services, "list_parked", asked, _parked_of)
    items = sorted((item for one in found for item in one["items"]), key=parked_cursor)
    more = len(items) > size or any(one["next_cursor"] for one in found)
    next_cursor = parked_cursor(items[:size][-1]) if items and more else None
    totals = {one["service"]: one["total"] for one in found}
    counts = {"total": sum(totals.values()), "totals": totals}
    return _with_hash({"items": items[:size], "next_cursor": next_cursor, **counts, "unavailable": away})


def get_parked(service: str, id: str) -> Response:
    """GET /admin/parked/<service>/<id>."""
    check_names(())
    return _with_hash({"service": service, **_ask(service, "get_parked", {"id": id})})


def replay_parked(service: str, id: str) -> Response:
    """POST /admin/parked/<service>/<id>/replay."""
    return json_response(_ask(service, "replay_parked", _body(id=id)))


def replay_all_parked(service: str) -> Response:
    """POST /admin/parked/<service>/replay: one page; the next one takes its `until` and `next_cursor`."""
    return json_response(_ask(service, "replay_parked", _body(id=None)))


def drop_parked(service: str, id: str) -> Response:
    """POST /admin/parked/<service>/<id>/drop."""
    return json_response({"service": service, **_ask(service, "drop_parked", _body(id=id))})


def show_lag() -> Response:
    """GET /admin/lag."""
    check_names(())
    found, away = _ask_each(context.settings().node.services, "lag", {}, _lag_of)
    feeds = {queue: messages for one in found for queue, messages in one.pop("feeds").items()}
    late = [
        one | {"queues": {queue: count for queue, count in feeds.items() if queue.startswith(f"{one['service']}.")}}
        for one in away
    ]
    return _with_hash({"items": found, "unavailable": late})


def count_resendable(service: str) -> Response:
    """GET /admin/replay/<service>: what a replay would send, before it sends anything."""
    check_names(("queue", "subject", "type"))
    return _with_hash(_ask(service, "count_resendable", request.args.to_dict()))


def resend_events(service: str) -> Response:
    """POST /admin/replay/<service>: one page; the next one takes its `run` and `next_cursor`."""
    return json_response(_ask(service, "resend_events", _body()))


def forget_copies(service: str, noun: str) -> Response:
    """POST /admin/copies/<service>/<noun>/forget."""
    return json_response(_ask(service, "forget_copies", _body(noun=noun)))


def show_log() -> Response:
    """GET /admin/log."""
    check_names(())
    found, away = _ask_each(context.settings().node.services, "log_status", {}, lambda _, answer: dict(answer))
    return _with_hash({"items": found, "unavailable": away})


def compact_log(service: str) -> Response:
    """POST /admin/log/<service>/compact: one page; the next one takes its `run` and `next_cursor`."""
    return json_response(_ask(service, "compact_log", _body()))


def verify_trail(service: str) -> Response:
    """POST /admin/trail/<service>/verify: one page; the next one takes its `run` and `next_cursor` (as `cursor`)."""
    if service != OWNER:
        return json_response(_ask(service, "verify_trail", _body()))
    asking, asked = administrator(), load(VerifyTrail(), _body())
    checked = verification(authority().parts.store)
    with reachable():
        page = checked.page(asked["cursor"], asked["run"], asking.account_id, asked["since"])
        over, latest = page["next_cursor"] is None, checked.latest()
        if over:
            metrics.TRAIL_FAULTS.labels(OWNER).set(latest["faults"] if latest else 0)
            if checked.holds():
                checked.keep_head()
        total = None if asked["cursor"] else checked.trail.collection.estimated_document_count()
        return json_response({**page, "total": total, "head": checked.head()})


def known_service(name: str) -> str:
    """A service of this node. Raises: NotFoundError no-such-service."""
    known = context.settings().node.services
    if name not in known:
        raise NotFoundError("no-such-service", "service", {"service": name[:60], "known": ", ".join(known)})
    return name


def _ask(service: str, method: str, payload: dict[str, Any]) -> dict[str, Any]:
    target = f"{known_service(service)}.{method}"
    answer = context.call(target, payload)
    if not isinstance(answer, dict):
        raise ServiceFault(target, "no-object")
    return answer


def _body(**address: Any) -> dict[str, Any]:
    """The body with what the address says. Raises: InvalidError when the body sets that too."""
    check_names(())
    body = json_object(optional=True)
    for name in address:
        if name in body:
            raise InvalidError("server-owned-field", name, {"field": name})
    return body | address


def _ask_each(
    services: tuple[str, ...], method: str, payload: Answers, read: Callable[[str, Any], Any]
) -> tuple[list[Any], list[dict[str, Any]]]:
    """What each service gives, and those that gave nothing. Raises: what every service refuses alike."""
    targets = {f"{name}.{method}": name for name in services}
    answers = context.rpc().call_side_by_side(targets, payload, context.call_context(), context.settings().call_seconds)
    found: list[Any] = []
    failed: dict[str, Exception] = {}
    for target, name in targets.items():
        try:
            found.append(read(name, _given(answers[target])))
        except (UnavailableError, ServiceFault) as error:
            failed[name] = error
        except (KeyError, TypeError, ValueError, AttributeError):
            failed[name] = ServiceFault(target, "unreadable-answer")
    if not found:
        raise next(iter(failed.values()))
    return found, [_away(name, error) for name, error in failed.items()]


def _given(answer: Any) -> Any:
    if isinstance(answer, Exception):
        raise answer
    return answer


def _away(service: str, error: Exception) -> dict[str, Any]:
    code, params = (error.code, error.params) if isinstance(error, PlatformError) else ("internal-error", {})
    return {"service": service, "code": code, "detail": messages.text(code, context.language(), params) or code}


def _parked_of(service: str, answer: Answers) -> dict[str, Any]:
    items = [{"service": service, **item} for item in answer["items"]]
    return {"service": service, "items": items, **{name: answer[name] for name in ("next_cursor", "total")}}


def _lag_of(service: str, answer: Answers) -> dict[str, Any]:
    """The service's depths, sorted into what waits, what is tried again and what is set aside."""
    depths = dict(answer["queues"])
    ladder = {str(seconds): depths.pop(retry_name(service, seconds), 0) for seconds in RETRY_SECONDS}
    parked = depths.pop(parked_name(service), 0) + answer["parked"]
    own = {"outbox": answer["outbox"], "queues": depths, "retries": ladder, "parked": parked}
    return {"service": service, **own, "feeds": dict(answer["feeds"])}


def _with_hash(value: Any) -> Response:
    response = json_response(value)
    return etag.conditional(response, etag.of_bytes(response.get_data()))
