"""The gateway process's one AMQP connection, and the one thread that touches it.

How it works, in order of time:
1. The first call starts the I/O thread (so after gunicorn's fork); it connects and declares a reply queue of its own.
2. A caller appends its call to `_outgoing` and writes a byte to the wake-up socket; it then waits on the call, never
   on the broker.
3. The I/O thread sends what is outgoing, remembers it in `_waiting` by correlation id, and settles each call when
   its reply comes.

What can go wrong, numbered for the tests:
F1 nobody has ever offered the service: the broker returns the mandatory message; that call fails at once
   (service-away).
F2 the service is down and its queue still stands: a call that waits longer than PROBE_AFTER has the queue's
   consumers counted; with none, all calls for that service fail (service-silent) and the queue is emptied, so that
   the service carries out nothing that its callers were told of as failed. From then on calls fail at once
   (service-away), until somebody consumes again (gateway/circuit.py).
F3 the connection is lost: all that wait fail at once (broker-lost); the thread connects again with growing pauses.
F4 the broker is away: calls fail at once (broker-away), except during the attempt to connect.
F5 the broker refuses to take messages, by a memory or disk alarm: calls fail at once (broker-blocked).
F6 a reply comes after its caller gave up: dropped.
F7 something unforeseen ends the thread: all that wait fail; the next call starts another.
F8 the service hangs, connected but answering nobody: after a while calls fail at once (service-mute), but for one at a
   time; those that it finds when it wakes up it refuses by their deadline.

Only the I/O thread reads, writes or closes the connection, so no frame can be torn and TLS needs no lock; callers and
thread share nothing but a deque (appended at one end, taken at the other) and each call's own event.
"""

import contextlib
import itertools
import select
import socket
import threading
import time
from collections import deque
from typing import Any, Final

import amqp
import structlog

from chassis.kernel.errors import UnavailableError
from gateway.broker import HEARTBEAT, LOST, WRITE_WITHIN, BrokerSession, connection_parameters
from gateway.circuit import Circuits

PROBE_AFTER: Final = 0.25  # seconds a call waits before its service's consumers are counted
PAUSES: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0)  # seconds between attempts to connect; the last one repeats

log = structlog.get_logger("gateway.link")


class Call:
    """A request on its way: `done` is set exactly when `reply` or `failure` is there."""

    __slots__ = (
        "body", "correlation_id", "done", "failure", "gives_up", "headers", "key", "probe_at", "reply", "sent_at",
        "service",
    )  # fmt: skip

    def __init__(self, service: str, key: str, body: bytes, headers: dict[str, Any], gives_up: float) -> None:
        self.service, self.key, self.body, self.headers = service, key, body, headers
        self.gives_up = gives_up  # monotonic seconds
        self.sent_at = self.probe_at = 0.0
        self.correlation_id = ""
        self.done = threading.Event()
        self.reply: bytes | None = None
        self.failure: UnavailableError | None = None

    def fail(self, code: str, **params: Any) -> None:
        """Settle the call with an UnavailableError."""
        self.failure = UnavailableError(code, None, params)
        self.done.set()


class Link:
    """Sends calls and settles them. Safe for any number of threads; one per process."""

    def __init__(self, amqp_uri: str) -> None:
        self._parameters = connection_parameters(amqp_uri)
        self._outgoing: deque[Call] = deque()
        self._waiting: dict[str, Call] = {}
        self._numbers = itertools.count(1)
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closing = False
        self._blocked = False
        self._next_look = 0.0
        self._circuits = Circuits()
        self.connected = False
        self.connections = 0
        self._wake_in, self._wake_out = socket.socketpair()
        self._wake_in.setblocking(False)
        self._wake_out.setblocking(False)

    def submit(self, call: Call) -> None:
        """Hand a call over; returns at once. The call is settled sooner or later, whatever happens."""
        with self._guard:
            if self._closing:
                return call.fail("broker-away")
            self._outgoing.append(call)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="gateway-link", daemon=True)
                self._thread.start()
        self._wake()
        return None

    def close(self) -> None:
        """Fail what waits, close the connection, end the thread."""
        with self._guard:
            self._closing = True
            thread = self._thread
        self._wake()
        if thread:
            thread.join(WRITE_WITHIN)
        else:
            self._close_sockets()

    def _wake(self) -> None:
        with contextlib.suppress(OSError):  # full: a wake-up is already on its way
            self._wake_out.send(b"!")

    def _run(self) -> None:
        try:
            attempt = 0
            while not self._closing:
                try:
                    session = BrokerSession(
                        self._parameters, self._settle_reply, self._settle_return, self._set_blocked
                    )
                except LOST as error:
                    log.warning("broker away", reason=type(error).__name__, attempt=attempt + 1)
                    self._fail_outgoing()
                    self._pause(PAUSES[min(attempt, len(PAUSES) - 1)])
                    attempt += 1
                    continue
                attempt = 0
                self._serve(session)
        finally:
            with self._guard:
                self._thread = None
                self._fail_outgoing()
                if self._closing:
                    self._close_sockets()

    def _serve(self, session: BrokerSession) -> None:
        """Work with one connection until it is lost or the link is closed."""
        self._set_connected(True)
        try:
            poll = select.poll()
            poll.register(session.fileno(), select.POLLIN)
            poll.register(self._wake_in.fileno(), select.POLLIN)
            while not self._closing:
                self._send_outgoing(session)
                patience = PROBE_AFTER / 2 if self._waiting else HEARTBEAT / 4
                ready = {fd for fd, _event in poll.poll(patience * 1000)}
                if self._wake_in.fileno() in ready:
                    self._drain_wake_ups()
                if session.fileno() in ready:
                    session.read()
                self._each_while(session)
        except LOST as error:
            log.warning("broker connection lost", reason=type(error).__name__, waiting=len(self._waiting))
        finally:
            self._set_connected(False)
            session.close()
            self._fail_waiting("broker-lost")

    def _send_outgoing(self, session: BrokerSession) -> None:
        while self._outgoing:
            call, now = self._outgoing.popleft(), time.monotonic()
            remaining = call.gives_up - now
            if remaining <= 0:
                continue  # its caller has given up
            if self._blocked:
                call.fail("broker-blocked")
                continue
            refusal = self._circuits.refusal(call.service, now, call.gives_up, session.consumers)
            if refusal:
                call.fail(refusal, service=call.service)
                continue
            call.correlation_id = f"{next(self._numbers):x}"
            call.sent_at, call.probe_at = now, now + PROBE_AFTER
            self._waiting[call.correlation_id] = call
            session.send(call.key, call.body, call.headers, call.correlation_id, remaining)

    def _each_while(self, session: BrokerSession) -> None:
        """A few times a second at most: heartbeat, and a look at the calls that take long."""
        now = time.monotonic()
        if now >= self._next_look:
            self._next_look = now + PROBE_AFTER / 2
            session.tick()
            if not self._blocked:  # a broker that blocks us answers no question either
                self._look_after_slow(session, now)

    def _look_after_slow(self, session: BrokerSession, now: float) -> None:
        """Forget calls whose callers gave up; fail those whose service has no consumer."""
        for call in [call for call in self._waiting.values() if call.gives_up <= now]:
            self._waiting.pop(call.correlation_id, None)
        slow = [call for call in self._waiting.values() if call.probe_at <= now]
        for service in {call.service for call in slow}:
            if session.consumers(service) == 0:
                self._circuits.stopped(service, now)
                session.empty(service)
                for call in [call for call in self._waiting.values() if call.service == service]:
                    self._waiting.pop(call.correlation_id).fail("service-silent", service=service)
        for call in slow:
            call.probe_at = now + 2 * PROBE_AFTER
            self._circuits.waits(call.service, call.sent_at, now)

    def _settle_reply(self, message: amqp.Message) -> None:
        call = self._waiting.pop(message.properties.get("correlation_id", ""), None)
        if call:
            self._circuits.answered(call.service, time.monotonic())
            call.reply = bytes(message.body)
            call.done.set()

    def _settle_return(self, _error: object, _exchange: str, _key: str, message: amqp.Message) -> None:
        call = self._waiting.pop(message.properties.get("correlation_id", ""), None)
        if call:
            call.fail("service-away", service=call.service)

    def _set_blocked(self, blocked: bool) -> None:
        log.warning("broker blocks publishers" if blocked else "broker takes messages again")
        self._blocked = blocked
        if blocked:  # the services' replies are held back as well
            self._fail_waiting("broker-blocked")

    def _set_connected(self, connected: bool) -> None:
        self.connected, self._blocked = connected, False
        self._circuits.forget()
        self.connections += connected

    def _fail_waiting(self, code: str) -> None:
        waiting, self._waiting = self._waiting, {}
        for call in waiting.values():
            call.fail(code)

    def _fail_outgoing(self) -> None:
        while self._outgoing:
            self._outgoing.popleft().fail("broker-away")

    def _pause(self, seconds: float) -> None:
        """Wait before the next attempt; calls that come meanwhile fail at once."""
        until = time.monotonic() + seconds
        while not self._closing and (left := until - time.monotonic()) > 0:
            if select.select([self._wake_in], [], [], left)[0]:
                self._drain_wake_ups()
                self._fail_outgoing()

    def _drain_wake_ups(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while len(self._wake_in.recv(4096)) == 4096:
                pass

    def _close_sockets(self) -> None:
        self._wake_in.close()
        self._wake_out.close()
