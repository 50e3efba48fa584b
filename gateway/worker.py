"""gunicorn's threaded worker and logger, so that what never reaches the application answers and logs like it."""

import contextlib
import logging
import socket
from typing import Any, Final

import gunicorn.http.wsgi
import orjson
from gunicorn import glogging
from gunicorn.http import errors
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

from chassis.process import logs
from gateway import messages, problems
from gateway.settings import GatewaySettings

gunicorn.http.wsgi.SERVER = "gtm"  # the header cannot be left out; this tells nobody what runs here

# What a client may get wrong before there is a request; anything else is gunicorn's to handle.
REFUSALS: Final[tuple[tuple[type[Exception], int], ...]] = (
    (errors.LimitRequestLine, 414),
    (errors.LimitRequestHeaders, 431),
    (errors.ParseException, 400),
    (errors.InvalidHeader, 400),
)


class GatewayWorker(ThreadWorker):
    """Refuses what is no HTTP by a problem, without a word of the request in the log."""

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """Called by gunicorn when a request cannot be read or the application failed outside of Flask."""
        status = next((status for kind, status in REFUSALS if isinstance(exc, kind)), None)
        if status is None:
            super().handle_error(req, client, addr, exc)
            return
        logs.get_logger().info("unreadable request", kind=type(exc).__name__, status=status)
        with contextlib.suppress(OSError):
            write_nonblock(client, refusal(status))


def refusal(status: int) -> bytes:
    """A whole HTTP answer that tells a problem in French: which language the client prefers is not known."""
    code = problems.FRAMEWORK_CODES[status]
    body = orjson.dumps(
        {
            "type": f"{GatewaySettings.from_environment().node.public_url.rstrip('/')}/problems/{code}",
            "title": problems.title(status, "fr"),
            "status": status,
            "detail": messages.text(code, "fr"),
            "code": code,
            "errors": [],
        }
    )
    head = (
        f"HTTP/1.1 {status} {problems.title(status, 'en')}\r\nServer: gtm\r\nConnection: close\r\n"
        f"Content-Type: {problems.MEDIA_TYPE}\r\nContent-Language: fr\r\nX-Content-Type-Options: nosniff\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode("ascii") + body


class JsonLogger(glogging.Logger):
    """gunicorn's own few lines (start, stop, lost workers) through the platform's JSON log."""

    def setup(self, cfg: Any) -> None:
        """Called by gunicorn in the arbiter at its start."""
        super().setup(cfg)
        settings = GatewaySettings.from_environment().node
        logs.configure("gateway", settings.node, settings.log_level)
        for name in ("gunicorn.error", "gunicorn.access"):
            logger = logging.getLogger(name)
            logger.handlers[:] = []
            logger.propagate = True
