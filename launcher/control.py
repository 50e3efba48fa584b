"""Speaks to a live supervisor over its XML-RPC."""

import http.client
import time
import xmlrpc.client
from dataclasses import dataclass
from typing import Any

from launcher import processes
from launcher.homes import Home
from launcher.settings import LOOPBACK

RPC_SECONDS = 10.0
LOOK_SECONDS = 0.1

# States of supervisord → as `gtm status` says them. BACKOFF: it died as soon as it started, and is tried again.
STATES = {
    "RUNNING": "running",
    "STARTING": "starting",
    "STOPPING": "stopping",
    "STOPPED": "stopped",
    "EXITED": "failed",
    "BACKOFF": "failed",
    "FATAL": "failed",
    "UNKNOWN": "failed",
}
UP = ("running", "starting", "stopping")

# Faults of supervisord's interface (supervisor.xmlrpc.Faults).
SHUTTING_DOWN, ALREADY_STARTED, NOT_RUNNING = 6, 60, 70


class SupervisorGoneError(Exception):
    """The supervisor does not answer: it was stopped or killed."""


@dataclass(frozen=True)
class ProcessState:
    """A process as the supervisor sees it; `since` in seconds since 1970, 0 if it never ran."""

    name: str
    state: str
    pid: int | None
    since: int


class Supervisor:
    """The supervisor of a node. Every method raises SupervisorGoneError if it is no longer there."""

    def __init__(self, port: int, password: str) -> None:
        address = f"http://gtm:{password}@{LOOPBACK}:{port}/RPC2"
        self._rpc = xmlrpc.client.ServerProxy(address, transport=_Transport())

    @classmethod
    def of(cls, home: Home) -> "Supervisor | None":
        """The node's supervisor, if one lives. The password goes to nobody else who may have taken its port."""
        record = home.record()
        if not record or processes.supervisor(home) is None:
            return None
        return cls(record["ports"]["supervisor"], home.secret("supervisor"))

    def answers(self) -> bool:
        """Whether it takes calls."""
        try:
            self._call("getState")
        except SupervisorGoneError:
            return False
        return True

    def states(self) -> dict[str, ProcessState]:
        """Every process by its name."""
        return {one["name"]: _state(one) for one in self._call("getAllProcessInfo")}

    def start(self, name: str) -> None:
        """Start a process, without waiting for it; nothing if it runs."""
        self._call("startProcess", name, False, fine=ALREADY_STARTED)

    def stop(self, *names: str) -> None:
        """Stop processes, all at once, and wait until they have ended; nothing for those that do not run."""
        for name in names:
            self._call("stopProcess", name, False, fine=NOT_RUNNING)
        while any(one.state in UP for name, one in self.states().items() if name in names):
            time.sleep(LOOK_SECONDS)

    def shut_down(self) -> None:
        """End the supervisor, and with it whatever still runs."""
        self._call("shutdown")

    def _call(self, method: str, *arguments: Any, fine: int | None = None) -> Any:
        try:
            return getattr(self._rpc.supervisor, method)(*arguments)
        except xmlrpc.client.Fault as fault:
            if fault.faultCode == SHUTTING_DOWN:
                raise SupervisorGoneError from fault
            if fault.faultCode != fine:
                raise
            return None
        except (OSError, http.client.HTTPException, xmlrpc.client.ProtocolError) as error:
            raise SupervisorGoneError from error


class _Transport(xmlrpc.client.Transport):
    """Gives up on a silent supervisor instead of waiting for ever."""

    def make_connection(self, host: Any) -> http.client.HTTPConnection:
        connection = super().make_connection(host)
        connection.timeout = RPC_SECONDS
        return connection


def _state(told: dict[str, Any]) -> ProcessState:
    state = STATES[told["statename"]]
    since = told["start"] if state in UP else told["stop"]
    return ProcessState(told["name"], state, told["pid"] or None, since)
