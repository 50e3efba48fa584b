"""gunicorn's threaded worker and logger, so that what never reaches the application answers and logs like it."""

import contextlib
import logging
import selectors
import socket
import threading
import time
from collections import deque
from functools import partial
from typing import Any, Final

import gunicorn.http.wsgi
import orjson
from gunicorn import glogging
from gunicorn.http import errors
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import _DEFER, ThreadWorker
from werkzeug.exceptions import RequestTimeout

from chassis.kernel.ids import new_id
from chassis.process import logs
from gateway import answers, messages, patience, problems
from gateway.settings import GatewaySettings

gunicorn.http.wsgi.SERVER = "gtm"  # the header cannot be left out; this tells nobody what runs here

PARTING_SECONDS: Final = 2.0  # for a client to read the end of an answer and close
PARTING_BYTES: Final = 1024 * 1024  # that it may still send meanwhile

# What a client may get wrong before there is a request.
REFUSALS: Final[tuple[tuple[type[Exception], int], ...]] = (
    (errors.LimitRequestLine, 414),
    (errors.LimitRequestHeaders, 431),
    (RequestTimeout, 408),
    (errors.ParseException, 400),
    (errors.InvalidHeader, 400),
)


class GatewayWorker(ThreadWorker):
    """Refuses what is no HTTP by a problem, and lets nobody who is slow hold up the others (gateway/patience.py)."""

    def init_process(self) -> None:
        """Called by gunicorn once, after the fork."""
        self.places = threading.BoundedSemaphore(max(1, self.cfg.threads * 3 // 4))
        self.parting: deque[Any] = deque()
        super().init_process()

    def handle(self, conn: Any) -> Any:
        """Called in a thread when a connection has something to read, or is new."""
        try:
            reader = patience.prepare(conn, self.places)
            whole = reader.gather()
        except OSError:  # it is gone already
            return False
        if whole is None:
            return _DEFER
        if not whole:
            self.handle_error(None, conn.sock, conn.client, RequestTimeout())
            return False
        reader.begin()
        answered = super().handle(conn)
        reader.begin()
        return answered

    def finish_request(self, conn: Any, fs: Any) -> None:
        """Called in the main thread when a thread is done with a connection."""
        if fs.cancelled() or fs.exception() or fs.result():
            super().finish_request(conn, fs)
            return
        # gunicorn would wait here up to two seconds for the client to close too, and nobody else would be heard.
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
            conn.left, conn.timeout = PARTING_BYTES, time.monotonic() + PARTING_SECONDS
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._part, conn))
            self.parting.append(conn)
        except (OSError, ValueError):
            self.nr_conns -= 1
            conn.close()

    def murder_pending(self) -> None:
        """Called each second: what came to its time."""
        super().murder_pending()
        while self.parting and self.parting[0].timeout < time.monotonic():
            self._leave(self.parting[0])

    def _part(self, conn: Any, client: socket.socket) -> None:
        """Throw away what a client still sends, so that it reads our answer; until it closes."""
        try:
            found = client.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            found = b""
        conn.left -= len(found)
        if not found or conn.left < 0:
            self._leave(conn)

    def _leave(self, conn: Any) -> None:
        self.parting.remove(conn)
        self.poller.unregister(conn.sock)
        self.nr_conns -= 1
        conn.close()

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """Called by gunicorn when a request cannot be read or the application failed outside of Flask."""
        status = next((status for kind, status in REFUSALS if isinstance(exc, kind)), 500)
        if status < 500:
            logs.get_logger().info("unreadable request", kind=type(exc).__name__, status=status)
        else:
            logs.get_logger().error("gateway crash", kind=type(exc).__name__, exc_info=exc)
        with contextlib.suppress(OSError):
            write_nonblock(client, refusal(status))


def refusal(status: int) -> bytes:
    """A whole HTTP answer that tells a problem in French: which language the client prefers is not known."""
    code = problems.FRAMEWORK_CODES.get(status, "internal-error")
    public_url = GatewaySettings.from_environment().node.public_url
    id = new_id()
    body = orjson.dumps(
        {
            "type": f"{public_url.rstrip('/')}/problems/{code}",
            "title": problems.title(status, "fr"),
            "status": status,
            "detail": messages.text(code, "fr"),
            "code": code,
            "correlation_id": id,
            "errors": [],
        }
    )
    headers = {
        "Server": "gtm",
        "Connection": "close",
        "Content-Type": problems.MEDIA_TYPE,
        "Content-Length": str(len(body)),
        "Content-Language": "fr",
        "Cache-Control": "no-store",
        "X-Correlation-Id": id,
        "Content-Security-Policy": answers.POLICY,
        **answers.SAFETY,
        **({"Strict-Transport-Security": answers.LASTING} if public_url.startswith("https:") else {}),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} {problems.title(status, 'en')}\r\n{head}\r\n".encode("ascii") + body


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
