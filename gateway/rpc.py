"""Calls to the services: one JSON dict there, one JSON value back, within a deadline, with typed errors.

A gateway process has one RpcClient; its threads share it. It is made before a fork and opens nothing until the first
call, so each process has a connection of its own (gateway/link.py says what happens to a call and what can go wrong).
"""

import os
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import orjson

from chassis.kernel.errors import BY_NAME, PlatformError, UnavailableError
from gateway.link import Call, Link


@dataclass(frozen=True, kw_only=True)
class CallContext:
    """What travels beside a call, as headers: who asks, in which language, on behalf of which request."""

    correlation_id: str
    language: str = "fr"
    token: str | None = None
    idempotency_key: str | None = None
    reason: str | None = None

    def headers(self, deadline: float) -> dict[str, Any]:
        """AMQP headers by nameko's naming; `deadline`: unix seconds."""
        headers: dict[str, Any] = {
            "nameko.correlation_id": self.correlation_id,
            "nameko.language": self.language,
            "nameko.deadline": deadline,
        }
        if self.token:
            headers["nameko.principal"] = self.token
        if self.idempotency_key:
            headers["nameko.idempotency_key"] = self.idempotency_key
        if self.reason:
            headers["nameko.reason"] = self.reason
        return headers


class ServiceFault(Exception):  # noqa: N818 - not an error that the caller can act on
    """A service failed in a way it did not foresee, or answered what nobody can read."""

    def __init__(self, target: str, kind: str) -> None:
        super().__init__(target, kind)
        self.target, self.kind = target, kind


class PendingCall:
    """A call on its way; ask for its result once."""

    def __init__(self, call: Call, within: float) -> None:
        self._call, self._within = call, within

    def result(self) -> Any:
        """What the service gave. Raises: PlatformError as the service raised it; UnavailableError; ServiceFault."""
        call = self._call
        if not call.done.wait(max(0.0, call.gives_up - time.monotonic())):
            raise UnavailableError("service-late", None, {"service": call.service, "seconds": f"{self._within:g}"})
        if call.failure is not None:
            raise call.failure
        return read_reply(call.key, call.reply or b"")


class RpcClient:
    """The gateway's way to the services. Thread-safe; fork-safe."""

    def __init__(self, amqp_uri: str) -> None:
        self._amqp_uri = amqp_uri
        self._guard = threading.Lock()
        self._link: Link | None = None
        self._owner = 0

    def start(self, target: str, payload: Mapping[str, Any], context: CallContext, within: float) -> PendingCall:
        """Send a call without waiting for it. target: "service.method"; within: seconds."""
        service = target.partition(".")[0]
        call = Call(
            service,
            target,
            orjson.dumps({"args": [payload], "kwargs": {}}),
            context.headers(time.time() + within),
            time.monotonic() + within,
        )
        self._own_link().submit(call)
        return PendingCall(call, within)

    def call(self, target: str, payload: Mapping[str, Any], context: CallContext, within: float) -> Any:
        """Send a call and wait for its result; see `PendingCall.result` for what it raises."""
        return self.start(target, payload, context, within).result()

    def call_side_by_side(
        self,
        targets: Iterable[str],
        payload: Mapping[str, Any],
        context: CallContext,
        within: float,
        own: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
    ) -> dict[str, Any]:
        """The same payload to several methods at once: results by target, or the error in a result's place.

        `own`: by target, what only that one is told.
        """
        pending = {
            target: self.start(target, {**payload, **own.get(target, {})}, context, within) for target in targets
        }
        results: dict[str, Any] = {}
        for target, call in pending.items():
            try:
                results[target] = call.result()
            except (PlatformError, ServiceFault) as error:
                results[target] = error
        return results

    @property
    def connected(self) -> bool:
        """Whether the broker is there, as far as the last frame told; True before the first call."""
        return self._link is None or self._link.connected

    def close(self) -> None:
        """Fail what is under way and drop the connection; a later call opens another."""
        with self._guard:
            link, self._link = self._link, None
        if link is not None and self._owner == os.getpid():
            link.close()

    def _own_link(self) -> Link:
        link = self._link
        if link is not None and self._owner == os.getpid():
            return link
        with self._guard:
            if self._link is None or self._owner != os.getpid():
                self._link, self._owner = Link(self._amqp_uri), os.getpid()
            return self._link


def read_reply(target: str, body: bytes) -> Any:
    """The result in a reply. Raises: the PlatformError it carries; ServiceFault."""
    try:
        reply = orjson.loads(body)
        error = reply.get("error")
    except (ValueError, AttributeError) as unreadable:
        raise ServiceFault(target, "unreadable-reply") from unreadable
    if error is None:
        return reply.get("result")
    raise rebuilt_error(target, error)


def rebuilt_error(target: str, error: Any) -> Exception:
    """The exception that a reply's error describes."""
    if not isinstance(error, dict):
        return ServiceFault(target, "unreadable-error")
    kind = BY_NAME.get(str(error.get("exc_type")))
    if kind is None:
        if error.get("exc_type") == "MethodNotFound":
            service, _, method = target.partition(".")
            return UnavailableError("method-missing", None, {"service": service, "method": method})
        return ServiceFault(target, str(error.get("exc_type")))
    code, field, params, errors = (list(error.get("exc_args") or []) + [None] * 4)[:4]
    # nameko's own replies turn None into the text "None"
    field = None if field in (None, "None") else str(field)
    params = params if isinstance(params, dict) else {}
    return kind(str(code), field, params, errors if isinstance(errors, list) else ())
