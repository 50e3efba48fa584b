"""Everything that went wrong, as problem details (RFC 9457) in the reader's language.

One table says which status each class of error has. A problem's code is for ever; its text is found in messages.toml.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from chassis.kernel.errors import (
    ConflictError,
    FieldError,
    ForbiddenError,
    GoneError,
    InvalidError,
    NotFoundError,
    PlatformError,
    StaleError,
    UnavailableError,
)
from chassis.process.logs import get_logger
from gateway import context, messages
from gateway.rpc import ServiceFault

log = get_logger()

MEDIA_TYPE = "application/problem+json"
CHALLENGE = 'Bearer realm="gtm"'
RETRY_SECONDS = "2"  # a service that was restarted answers again within about this time

STATUSES: dict[type[PlatformError], int] = {
    InvalidError: 422,
    NotFoundError: 404,
    GoneError: 410,
    ForbiddenError: 403,
    ConflictError: 409,
    StaleError: 412,
    UnavailableError: 503,
}

# What the framework refuses by itself, by status: the code a reader gets.
FRAMEWORK_CODES = {
    400: "bad-request",
    404: "no-such-page",
    405: "method-not-allowed",
    406: "not-acceptable",
    408: "request-too-slow",
    413: "body-too-large",
    414: "address-too-long",
    415: "wrong-content-type",
    431: "headers-too-large",
}

TITLES = {
    400: "unreadable-request",
    401: "sign-in-needed",
    403: "not-allowed",
    404: "not-found",
    405: "not-possible-here",
    406: "no-such-form",
    409: "conflict",
    410: "gone",
    412: "out-of-date",
    413: "too-large",
    414: "too-long",
    415: "wrong-form",
    416: "no-such-part",
    422: "wrong-content",
    428: "version-needed",
    429: "too-many-attempts",
    500: "our-fault",
    503: "not-available-now",
}


class Problem(Exception):  # noqa: N818 - RFC 9457 calls it a problem
    """A refusal that the gateway decides by itself, with a status that no service error has."""

    def __init__(
        self,
        status: int,
        code: str,
        params: Mapping[str, Any] | None = None,
        *,
        field: str | None = None,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.field = status, code, field
        self.params, self.errors, self.headers = dict(params or {}), list(errors), dict(headers or {})
        self.more = dict(more or {})
        """Members of the answer beside the usual ones."""


def problem_response(problem: Problem) -> Response:
    """The answer that tells a problem."""
    language = context.language()
    errors = problem.errors
    if not errors and problem.field:
        errors = [{"field": problem.field, "code": problem.code, "params": problem.params}]
    body: dict[str, Any] = {
        "type": f"{context.settings().node.public_url.rstrip('/')}/problems/{problem.code}",
        "title": title(problem.status, language),
        "status": problem.status,
        "detail": detail(problem.code, language, problem.params, problem.status),
        "code": problem.code,
        "instance": request.path,
        "correlation_id": context.correlation_id(),
        "errors": [_told(error, language) for error in errors if isinstance(error, Mapping)],
        **problem.more,
    }
    response = Response(orjson.dumps(body, default=str), problem.status, mimetype=MEDIA_TYPE)
    response.headers.update(problem.headers)
    if problem.status == 503:
        response.headers.setdefault("Retry-After", RETRY_SECONDS)
    response.headers["Cache-Control"] = "no-store"
    return response


def title(status: int, language: str) -> str:
    """The short, fixed name of what kind of problem a status is."""
    name = TITLES.get(status, "our-fault" if status >= 500 else "unreadable-request")
    return messages.text(f"title-{name}", language) or ""


def detail(code: str, language: str, params: Mapping[str, Any], status: int) -> str:
    """The text of a code; the title of its status for a code that nobody wrote a text for."""
    return messages.text(code, language, params) or title(status, language)


def from_error(error: PlatformError) -> Problem:
    """A service's error as a problem."""
    if error.code == "sign-in-required":  # who did not say who they are is asked to, rather than sent away
        return Problem(401, error.code, error.params, headers={"WWW-Authenticate": CHALLENGE})
    return Problem(STATUSES[type(error)], error.code, error.params, field=error.field, errors=error.errors)


def register(app: Flask) -> None:
    """Answer every error of the application by a problem."""
    app.register_error_handler(Problem, problem_response)
    app.register_error_handler(PlatformError, lambda error: problem_response(from_error(error)))
    app.register_error_handler(HTTPException, from_framework)
    app.register_error_handler(ServiceFault, _from_fault)
    app.register_error_handler(Exception, _from_crash)


def from_framework(error: HTTPException) -> Response:
    """What Flask or Werkzeug refused."""
    if error.code is not None and error.code < 400 and error.response is None:
        return Response(error.get_response().get_data(), error.code, error.get_headers())
    status = error.code if error.code in FRAMEWORK_CODES else (400 if (error.code or 500) < 500 else 500)
    headers = {}
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        headers["Allow"] = ", ".join(sorted(error.valid_methods))
    params = {"method": request.method, "allowed": headers.get("Allow", "")}
    return problem_response(Problem(status, FRAMEWORK_CODES.get(status, "internal-error"), params, headers=headers))


def _from_fault(error: ServiceFault) -> Response:
    log.error("service fault", target=error.target, kind=error.kind)
    return problem_response(Problem(500, "internal-error"))


def _from_crash(error: Exception) -> Response:
    log.error("gateway crash", kind=type(error).__name__, exc_info=error)
    return problem_response(Problem(500, "internal-error"))


def _told(error: Mapping[str, Any], language: str) -> dict[str, Any]:
    code, params = str(error.get("code", "invalid")), error.get("params")
    params = params if isinstance(params, Mapping) else {}
    told: dict[str, Any] = {
        "field": str(error.get("field") or ""),
        "code": code,
        "detail": messages.text(code, language, params) or messages.text("invalid", language) or code,
    }
    if str(params.get("line", "")).isdecimal():
        told["line"] = int(params["line"])
    return told
