"""What every request and every answer have in common: ids, language, timing, safety headers, compression, one log line.

In order of time: `begin` notes the time and the correlation id and checks the token; the view answers; `finish` puts
the headers on, compresses, counts and logs. The log line holds the route's pattern, never the path or the query, which
may hold names.
"""

import gzip
import time
from typing import Final

from flask import Flask, Response, g, request

from chassis.process.logs import bind_contextvars, clear_contextvars, get_logger
from chassis.process.metrics import HTTP_SECONDS
from gateway import context
from gateway.auth import Authority

log = get_logger()

SMALLEST: Final = 1024  # bytes; below, compression gains nothing
COMPRESSED: Final = (
    "application/json",
    "application/problem+json",
    "application/schema+json",
    "text/html",
    "text/plain",
)
PAGE: Final = "/federation"  # a page that shows more to who signed in
QUIET: Final = ("/health/live", "/health/ready", "/metrics")  # asked every few seconds

SAFETY: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)


def register(app: Flask, authority: Authority) -> None:
    """Wrap every request of the application."""

    @app.before_request
    def begin() -> None:
        g.began = time.monotonic()
        clear_contextvars()
        bind_contextvars(correlation_id=context.correlation_id())
        if request.path.startswith("/api/") or request.path == PAGE:
            authority.identify()

    @app.after_request
    def end(response: Response) -> Response:
        if g.get("forget_cookie"):
            authority.cookies.end(response)
        return finish(response)


def finish(response: Response) -> Response:
    """Headers, compression, metrics, log."""
    headers = response.headers
    if request.method == "OPTIONS" and response.status_code == 200:
        response.status_code = 204  # the Allow header says it all
        headers.pop("Content-Type", None)
    headers["X-Correlation-Id"] = context.correlation_id()
    headers.setdefault("Content-Language", context.language())
    headers.setdefault("Content-Security-Policy", POLICY)
    for name, value in SAFETY.items():
        headers.setdefault(name, value)
    if context.settings().node.public_url.startswith("https:"):
        headers["Strict-Transport-Security"] = "max-age=31536000"
    response.vary.update(("Accept-Language", "Accept-Encoding"))
    if request.path.startswith("/api/"):
        headers.setdefault("Cache-Control", "private, no-cache")
    _compress(response)
    _count(response)
    return response


def _compress(response: Response) -> None:
    if (
        response.direct_passthrough
        or "Content-Encoding" in response.headers
        or response.mimetype not in COMPRESSED
        or response.status_code in (204, 304)
        or not request.accept_encodings.quality("gzip")
        or len(body := response.get_data()) < SMALLEST
    ):
        return
    response.set_data(gzip.compress(body, compresslevel=5, mtime=0))
    response.headers["Content-Encoding"] = "gzip"


def _count(response: Response) -> None:
    seconds = time.monotonic() - g.get("began", time.monotonic())
    route = request.url_rule.rule if request.url_rule else "none"
    method = request.method if request.method in METHODS else "other"
    HTTP_SECONDS.labels(method, route, str(response.status_code)).observe(seconds)
    if route not in QUIET:
        log.info("http", method=method, route=route, status=response.status_code, ms=round(seconds * 1000, 1))


METHODS: Final = frozenset({"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"})
