"""Whose the shown records are and how fresh: « Agadez : dernières nouvelles il y a 3 jours ».

The federation service knows; what it said is kept for a few seconds and asked for anew beside the request under way,
which waits for it only where nothing is known. Without that service, or while it is away, the freshness is unknown and
everything else as ever.
"""

import threading
import time
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, cast
from urllib.parse import quote

from flask import Response

from chassis.kernel.clock import now
from chassis.kernel.errors import PlatformError
from chassis.kernel.ids import new_id
from chassis.process.logs import get_logger
from gateway import context, elsewhere
from gateway.rpc import CallContext, RpcClient, ServiceFault
from services.federation.contract import wording

SERVICE: Final = "federation"
KEPT: Final = 10.0  # seconds, then it is asked for anew
TRUSTED: Final = 60.0  # seconds, then it is unknown
PATIENCE: Final = 1.0  # seconds that a request waits for it
ANSWERED_WITHIN: Final = 8.0
log = get_logger()


class Heard:
    """What the federation service last said of the other nodes; one a gateway process, shared by its threads."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._nodes: dict[str, dict[str, Any]] = {}
        self._at = self._asked = -86_400.0
        self._answered = threading.Event()

    def nodes(self, rpc: RpcClient) -> Mapping[str, dict[str, Any]]:
        """{node: {name, state, last_heard}}; empty when nothing is known."""
        with self._guard:
            if time.monotonic() - self._asked > KEPT:
                self._asked = time.monotonic()
                self._answered = threading.Event()
                threading.Thread(target=self._ask, args=(rpc, self._answered), daemon=True).start()
            answered = self._answered
        if time.monotonic() - self._at > TRUSTED:
            answered.wait(PATIENCE)
        return self._nodes if time.monotonic() - self._at <= TRUSTED else {}

    def _ask(self, rpc: RpcClient, answered: threading.Event) -> None:
        try:
            said = rpc.call(f"{SERVICE}.heard", {}, CallContext(correlation_id=new_id()), ANSWERED_WITHIN)
            nodes = {one["node"]: one for one in said["nodes"]}
            self._nodes, self._at = nodes, time.monotonic()
        except (PlatformError, ServiceFault, KeyError, TypeError) as error:
            log.warning("freshness.unknown", error=str(error)[:200])
        finally:
            answered.set()


def heard() -> Mapping[str, dict[str, Any]]:
    """What is known of the other nodes; empty when nothing is."""
    if SERVICE not in context.settings().node.services:
        return {}
    return cast(Heard, context.extension()["heard"]).nodes(context.rpc())


def origins(items: Iterable[Any]) -> list[dict[str, Any]]:
    """Of each node whose records are among the items: {node, name, own, state, last_heard, text}; this node first."""
    found = {str(item["origin"]) for item in items if isinstance(item, Mapping) and item.get("origin")}
    here = elsewhere.here()
    known = heard() if found - {here} else {}
    return [_origin(node, node == here, known.get(node)) for node in sorted(found, key=lambda one: (one != here, one))]


def tell(response: Response, record: Mapping[str, Any]) -> None:
    """Say it of one record, in headers, which a 304 renews too; the text as UTF-8 in percent signs."""
    for one in origins([record]):
        response.headers["GTM-Origin"] = one["node"]
        response.headers["GTM-Origin-State"] = one["state"]
        if one["last_heard"]:
            response.headers["GTM-Origin-Last-Heard"] = one["last_heard"]
        response.headers["GTM-Origin-Text"] = quote(one["text"])


def lasting(told: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """What of `origins` an ETag stands for: not the instant, which moves with each sign of life."""
    return [{name: value for name, value in one.items() if name != "last_heard"} for one in told]


def _origin(node: str, own: bool, known: Mapping[str, Any] | None) -> dict[str, Any]:
    described = elsewhere.known().get(node)
    names = known["name"] if known else dict(described.name) if described else {"fr": node, "en": node}
    state = "own" if own else known["state"] if known else "unknown"
    last = known.get("last_heard") if known and not own else None
    silent = (now() - datetime.fromisoformat(last)).total_seconds() if last else None
    text = wording.freshness_in_words(state, context.language(), names[context.language()], silent)
    return {"node": node, "name": names, "own": own, "state": state, "last_heard": last, "text": text}
