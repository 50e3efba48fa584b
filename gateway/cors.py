"""Pages of other sites: none may ask this gateway from a browser, but those that GTM_CORS_ORIGINS names.

A named one may use a token of its own, never the cookies of the person in front of it (no Allow-Credentials).
"""

from typing import Final

from flask import Response, request

from gateway import context

METHODS: Final = "GET, HEAD, POST, PATCH, DELETE"
HEADERS: Final = (
    "Accept-Language, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Correlation-Id"
)
SHOWN: Final = (
    "Content-Disposition, ETag, GTM-Origin, GTM-Origin-Last-Heard, GTM-Origin-State, GTM-Origin-Text, Location, "
    "RateLimit, RateLimit-Policy, Retry-After, X-Correlation-Id"
)
REMEMBERED: Final = "600"  # seconds that a browser need not ask again


def tell(response: Response) -> None:
    """Say to a browser what a page of the site that asks may do."""
    named = context.settings().cors_origins
    if not named or not request.path.startswith("/api/"):
        return
    response.vary.add("Origin")
    origin = request.headers.get("Origin")
    if origin not in named:
        return
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Expose-Headers"] = SHOWN
    if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
        response.headers["Access-Control-Allow-Methods"] = METHODS
        response.headers["Access-Control-Allow-Headers"] = HEADERS
        response.headers["Access-Control-Max-Age"] = REMEMBERED
