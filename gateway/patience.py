"""How long the gateway waits for who sends slowly, so that nobody's line holds up the others.

A thread is given to a request once its head is there, and its body if that is short: until then the connection costs a
place in the poller. A longer body is read by the thread; only some of a process's threads may wait for one at a time,
and each waits as long as bytes come at SLOWEST or faster. Behind the proxy of deploy/proxy all this never happens.
"""

import re
import select
import socket
import struct
import threading
import time
from typing import Any, Final

from gunicorn.http.unreader import SocketUnreader
from werkzeug.exceptions import RequestTimeout

HEAD_SECONDS: Final = 15.0  # for the whole head, and a short body, from the first look on
LONGEST_HEAD: Final = 32 * 1024  # gathered so; a longer one is for the parser, which has its limits
SHORT_BODY: Final = 16 * 1024  # gathered so; commands are shorter
SILENCE: Final = 15.0  # seconds without a byte of a body
GRACE: Final = 20.0  # seconds of waiting that any body may take
SLOWEST: Final = 512  # bytes a second, beyond the grace: a tenth of what a poor telephone line gives
SEND_SECONDS: Final = 30  # without a byte of an answer taken by the client

_LENGTH: Final = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,6})[ \t]*\r\n", re.IGNORECASE)
# The length decides nothing, or the client waits to be asked for the body: the parser sees to it.
_OTHERWISE: Final = re.compile(rb"\r\n(?:expect|transfer-encoding)[ \t]*:", re.IGNORECASE)


class PatientUnreader(SocketUnreader):
    """gunicorn's reader of a connection, which never waits longer than it may."""

    def __init__(self, sock: socket.socket, places: threading.BoundedSemaphore) -> None:
        super().__init__(sock)
        self._places = places
        self.begin()

    def begin(self) -> None:
        """Another request begins."""
        self._since, self._taken, self._waited, self._cut = time.monotonic(), 0, 0.0, False

    def gather(self) -> bool | None:
        """Take what has come. True: a thread may read the request; None: more has to come; False: it took too long."""
        held, ended = self.take_buffered(), False
        if not held:
            self._since = time.monotonic()
        self.sock.setblocking(False)
        try:
            while len(held) <= LONGEST_HEAD + SHORT_BODY:
                chunk = self.sock.recv(65536)
                if not chunk:
                    ended = True
                    break
                held += chunk
        except BlockingIOError:
            pass
        except OSError:
            ended = True
        finally:
            self.sock.setblocking(True)
        self.unread(held)
        if ended or is_whole(held):
            return True
        return False if time.monotonic() - self._since > HEAD_SECONDS else None

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Some bytes of the body. Raises: RequestTimeout; TimeoutError while a rest is thrown away."""
        most = self.sock.gettimeout()  # set only while gunicorn throws away what nobody read
        if self._cut or not self._wait(most):
            if self._cut or most is not None:
                raise TimeoutError
            self._cut = True  # gunicorn will ask once more, to throw away the rest
            raise RequestTimeout
        found: bytes = super().chunk(size_hint)
        self._taken += len(found)
        return found

    def _wait(self, most: float | None) -> bool:
        """Whether there is something to read, now or soon enough."""
        if _readable(self.sock, 0):
            return True
        if not self._places.acquire(blocking=False):
            return False
        began = time.monotonic()
        try:
            left = GRACE + self._taken / SLOWEST - self._waited
            return _readable(self.sock, max(0.0, min(SILENCE, left, SILENCE if most is None else most)))
        finally:
            self._waited += time.monotonic() - began
            self._places.release()


def is_whole(held: bytes) -> bool:
    """Whether a thread would not have to wait: the head is there, and the body, if that is short."""
    end = held.find(b"\r\n\r\n")
    if end < 0:
        return len(held) > LONGEST_HEAD
    head = held[: end + 2]
    length = _LENGTH.search(head)
    if length is None or int(length[1]) > SHORT_BODY or _OTHERWISE.search(head):
        return True
    return len(held) >= end + 4 + int(length[1])


def prepare(connection: Any, places: threading.BoundedSemaphore) -> PatientUnreader:
    """The reader of a gunicorn connection, made at the first look."""
    if not connection.initialized:
        connection.init()
        connection.parser.unreader = PatientUnreader(connection.sock, places)
        connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("@ll", SEND_SECONDS, 0))
    found: PatientUnreader = connection.parser.unreader
    return found


def _readable(sock: socket.socket, seconds: float) -> bool:
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(seconds * 1000))
