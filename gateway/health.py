"""Whether this node can work: the gateway's own store, the broker, and each service as it says itself.

Asked of all side by side, with a deadline, and remembered for a second: a monitor that asks often costs nothing.
"""

import threading
import time
from typing import Any, Final

from chassis.kernel.ids import new_id
from gateway.rpc import CallContext, RpcClient
from gateway.settings import GatewaySettings
from gateway.store import GatewayStore

REMEMBERED: Final = 1.0  # seconds


class Readiness:
    """The checks behind /health/ready."""

    def __init__(self, settings: GatewaySettings, rpc: RpcClient, store: GatewayStore) -> None:
        self._settings, self._rpc, self._store = settings, rpc, store
        self._guard = threading.Lock()
        self._known: dict[str, Any] = {}
        self._until = 0.0

    def report(self) -> dict[str, Any]:
        """{"ready": bool, "node": …, "checks": {name: {"ok": bool, …}}}, at most a second old."""
        with self._guard:
            if time.monotonic() >= self._until:
                self._known = self._look()
                self._until = time.monotonic() + REMEMBERED
            return self._known

    def _look(self) -> dict[str, Any]:
        services = self._settings.node.services
        context = CallContext(correlation_id=new_id())
        within = self._settings.ready_seconds
        answers = self._rpc.call_side_by_side([f"{name}.ready" for name in services], {}, context, within)
        checks: dict[str, dict[str, Any]] = {
            "store": {"ok": self._store.answers()},
            "broker": {"ok": self._rpc.connected},
        }
        for name in services:
            checks[name] = _check(answers[f"{name}.ready"])
        return {
            "ready": all(check["ok"] for check in checks.values()),
            "node": self._settings.node.node,
            "checks": checks,
        }


def _check(answer: Any) -> dict[str, Any]:
    if isinstance(answer, dict):
        return {"ok": answer.get("ready") is True, "checks": answer.get("checks", {})}
    return {"ok": False, "reason": getattr(answer, "code", type(answer).__name__)}
