"""A region's way to the API of its centre: one request, at each address of the invitation until one answers."""

import http.client
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from chassis.kernel.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    PlatformError,
    UnavailableError,
)
from chassis.process.addresses import call_only, judged
from services.federation.domain.invitation import Invitation

SECONDS = 8.0
"""For one address: the caller waits for the whole."""
LARGEST = 256 * 1024
KINDS: dict[int, type[PlatformError]] = {403: ForbiddenError, 404: NotFoundError, 409: ConflictError, 422: InvalidError}
PASSED_ON = frozenset({"invitation-used", "invitation-expired", "enrolment-refused", "node-in-another-state"})
"""Refusals of a centre that are told as they are; any other is told as `hub-refuses`."""


class HubClient:
    """Nothing it is given is believed before its proof was checked (handlers/joining.py)."""

    def enrol(self, invitation: Invitation, request: Mapping[str, Any]) -> dict[str, Any]:
        """The centre's answer. Raises: UnavailableError hub-unreachable; what the centre refuses."""
        body = json.dumps(request, ensure_ascii=False).encode()
        reasons: list[str] = []
        for address in invitation.addresses:
            try:
                return _answer(address, body, invitation.hub)
            except (OSError, http.client.HTTPException, ValueError) as error:
                reasons.append(f"{address}: {type(error).__name__}")
        raise UnavailableError("hub-unreachable", None, {"hub": invitation.hub, "tried": "; ".join(reasons)})


def _answer(address: str, body: bytes, hub: str) -> dict[str, Any]:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("address")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    port = parts.port or kind.default_port
    connection = kind(parts.hostname, port, timeout=SECONDS)
    # A centre may well be inside the network of the state.
    call_only(connection, judged(parts.hostname, port, inner=True))
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    try:
        connection.request("POST", f"{parts.path.rstrip('/')}/api/v1/federation/enrolments", body, headers)
        answer = connection.getresponse()
        content = answer.read(LARGEST + 1)
    finally:
        connection.close()
    if len(content) > LARGEST:
        raise ValueError("too long")
    found = json.loads(content)
    if not isinstance(found, dict):
        raise ValueError("no object")
    if answer.status >= 300:  # nor is a redirect followed: nobody judged where it leads
        raise _refusal(answer.status, found, hub)
    return found


def _refusal(status: int, found: Mapping[str, Any], hub: str) -> PlatformError:
    code = str(found.get("code"))
    if status in KINDS and code in PASSED_ON:
        params = {"node": "", "state": "", "possible": ""}
        return KINDS[status](code, None, params)
    return UnavailableError(
        "hub-refuses", None, {"hub": hub, "status": status, "detail": str(found.get("detail"))[:300]}
    )
