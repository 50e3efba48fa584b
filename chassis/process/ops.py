"""What operators and Prometheus ask a service process: /metrics, /health/live, /health/ready.

Served by a green thread of its own, outside the worker pool, so that a busy service still answers.
"""

from collections.abc import Callable, Iterable
from typing import Any

import eventlet
import eventlet.wsgi
import orjson
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

Checks = Callable[[], dict[str, bool]]


def serve(host: str, port: int, checks: Checks) -> None:
    """Start serving; returns at once. A port of 0 serves nothing."""
    if port:
        listener = eventlet.listen((host, port), reuse_addr=True)
        eventlet.spawn(eventlet.wsgi.server, listener, application(checks), log_output=False, keepalive=False)


def application(checks: Checks) -> Callable[[dict[str, Any], Any], Iterable[bytes]]:
    """The WSGI application: three addresses, nothing else."""

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        status, kind, body = _route(environ["PATH_INFO"], checks)
        start_response(status, [("Content-Type", kind), ("Content-Length", str(len(body)))])
        return [body]

    return answer


def _route(path: str, checks: Checks) -> tuple[str, str, bytes]:
    if path == "/metrics":
        return "200 OK", CONTENT_TYPE_LATEST, generate_latest()
    if path == "/health/live":
        return "200 OK", "application/json", orjson.dumps({"live": True})
    if path == "/health/ready":
        found = checks()
        ready = bool(found) and all(found.values())
        status = "200 OK" if ready else "503 Service Unavailable"
        return status, "application/json", orjson.dumps({"ready": ready, "checks": found})
    return "404 Not Found", "text/plain; charset=utf-8", b"/metrics, /health/live, /health/ready\n"
