"""Logs: one JSON object a line on standard output, with the correlation id; never a secret, never personal data.

Plain ASCII, so that no text of a stranger moves a terminal's cursor, turns a line around, or begins another one.
"""

import logging
import re
import sys
from typing import Any

import structlog
from structlog.contextvars import bind_contextvars, clear_contextvars, merge_contextvars

__all__ = ["bind_contextvars", "clear_contextvars", "configure", "get_logger"]

# Names of values that must not reach a log, whatever carries them.
HIDDEN = frozenset({"password", "token", "access_token", "authorization", "secret", "email", "phone", "principal"})

# "E11000 duplicate key error … dup key: { email: … }, full error: {…}": to the end of its line.
_REFUSED = re.compile(r"(?:dup key|full error|keyValue)\b.*")


def _redact(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    for key in event.keys() & HIDDEN:
        event[key] = "[hidden]"
    return event


def without_values(text: str) -> str:
    """What a failure says of itself, without the values that the store repeats of what it refused."""
    return _REFUSED.sub("[hidden]", text)


def _quiet(_logger: Any, _method: str, event: Any) -> Any:
    """The same in every text of a line, tracebacks among them."""
    return {name: without_values(one) if isinstance(one, str) else one for name, one in event.items()}


def configure(process: str, node: str, level: str = "INFO") -> None:
    """Set up logging for this process; call once at its start."""
    shared: list[Any] = [
        merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _redact,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _named(process, node),
                structlog.processors.format_exc_info,
                _quiet,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # pymongo and nameko tell every heartbeat and connection at INFO.
    for noisy in ("pymongo", "nameko", "amqp", "kombu"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))


def _named(process: str, node: str) -> Any:
    def add(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
        return {"process": process, "node": node, **event}

    return add


def get_logger() -> Any:
    """The logger to write with: log.info("outbox.sent", count=12)."""
    return structlog.get_logger()
