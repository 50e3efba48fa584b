"""What every request and every answer have in common: ids, language, timing, safety headers, compression, one log line.

In order of time: `begin` notes the time and the correlation id, checks the token, counts for the limits; the view
answers; `finish` puts the headers on, compresses, counts and logs. The log line holds the route's pattern, never the
path or the query, which may hold names.
"""

import gzip
import re
import time
from typing import Final

from flask import Flask, Response, g, request

from chassis.kernel.errors import PlatformError
from chassis.kernel.principal import PUBLIC
from chassis.process.logs import bind_contextvars, clear_contextvars, get_logger
from chassis.process.metrics import HTTP_SECONDS
from gateway import context, cors, limits, problems
from gateway.auth import Authority

log = get_logger()

SMALLEST: Final = 1024  # bytes; below, compression gains nothing
COMPRESSED: Final = (
    "application/json",
    "application/problem+json",
    "application/schema+json",
    "text/calendar",
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
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}
POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
LASTING: Final = "max-age=31536000"  # over https: browsers come by https for a year
# Where answers are about persons or hold secrets: no cache keeps them, nor does a browser that many use.
PERSONAL: Final = re.compile(r"/api/v1/(me|accounts|auth|focal-points|notifications)(/|\Z)")


def register(app: Flask, authority: Authority) -> None:
    """Wrap every request of the application."""
    limited: limits.Limits = app.extensions["gtm"]["limits"]

    @app.before_request
    def begin() -> None:
        g.began = time.monotonic()
        clear_contextvars()
        bind_contextvars(correlation_id=context.correlation_id())
        g.principal, g.token, g.opening = PUBLIC, None, None
        if request.path in QUIET:
            return
        try:
            if request.path.startswith("/api/") or request.path == PAGE:
                authority.identify()
        except (PlatformError, problems.Problem):
            g.principal = PUBLIC  # whoever it is: it counts for the address
            limited.count()
            raise
        limited.count()

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
        headers["Strict-Transport-Security"] = LASTING
    limits.tell(response)
    cors.tell(response)
    response.vary.update(("Accept-Language", "Accept-Encoding"))
    if PERSONAL.match(request.path):
        headers["Cache-Control"] = "no-store"
    elif request.path.startswith("/api/"):
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
    flood = "limit" in g and not g.limit[2].granted  # limits.py tells of it, once a second
    if route not in QUIET and not flood:
        log.info("http", method=method, route=route, status=response.status_code, ms=round(seconds * 1000, 1))


METHODS: Final = frozenset({"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"})
