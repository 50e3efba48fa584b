"""The request under way: its correlation id, the reader's language, who asks, and calls made on its behalf."""

import re
from typing import Any, cast
from urllib.parse import unquote

from flask import current_app, g, request

from chassis.kernel.errors import InvalidError
from chassis.kernel.ids import new_id
from chassis.kernel.principal import Principal, as_reason
from gateway.messages import LANGUAGES
from gateway.rpc import CallContext, RpcClient
from gateway.settings import GatewaySettings

_CORRELATION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
_KEY = re.compile(r"[\x21-\x7e]{1,128}")


def extension() -> dict[str, Any]:
    """What the application that handles the request was built of."""
    return cast(dict[str, Any], current_app.extensions["gtm"])


def settings() -> GatewaySettings:
    """The settings of the application."""
    return cast(GatewaySettings, extension()["settings"])


def rpc() -> RpcClient:
    """The process's RPC client."""
    return cast(RpcClient, extension()["rpc"])


def correlation_id() -> str:
    """The caller's X-Correlation-Id if it is 8 to 64 letters, digits, dots, dashes; else a new id."""
    if "correlation_id" not in g:
        given = request.headers.get("X-Correlation-Id", "")
        g.correlation_id = given if _CORRELATION.fullmatch(given) else new_id()
    return cast(str, g.correlation_id)


def language() -> str:
    """fr or en, by Accept-Language; French when neither is asked for."""
    if "language" not in g:
        g.language = request.accept_languages.best_match(LANGUAGES, default="fr")
    return cast(str, g.language)


def principal() -> Principal:
    """Who asks, as the checked token says; set before the view runs."""
    return cast(Principal, g.principal)


def idempotency_key() -> str | None:
    """The caller's name for a request that changes something, so that sending it again does not repeat it.

    Raises: InvalidError unfit-idempotency-key.
    """
    given = request.headers.get("Idempotency-Key")
    if given is None or request.method in ("GET", "HEAD"):
        return None
    if not _KEY.fullmatch(given):
        raise InvalidError("unfit-idempotency-key", "Idempotency-Key")
    return given


def reason() -> str | None:
    """Why the caller changes something, if that is said: one line, percent-encoded as headers want it.

    Raises: InvalidError unfit-reason.
    """
    given = request.headers.get("Change-Reason")
    if given is None or request.method in ("GET", "HEAD"):
        return None
    try:
        said = as_reason(unquote(given, errors="strict").strip())
    except UnicodeDecodeError as error:
        raise InvalidError("unfit-reason", "Change-Reason") from error
    if said is None:
        raise InvalidError("unfit-reason", "Change-Reason")
    return said


def call_context() -> CallContext:
    """What every call made for this request carries."""
    return CallContext(
        correlation_id=correlation_id(),
        language=language(),
        token=g.get("token"),
        idempotency_key=idempotency_key(),
        reason=reason(),
    )


def call(target: str, payload: dict[str, Any], within: float | None = None) -> Any:
    """Call a service's method for this request; see gateway/rpc.py for what it raises."""
    return rpc().call(target, payload, call_context(), within or settings().call_seconds)
