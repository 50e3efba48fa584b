"""Who is struck in a storm, and how soon each is of use again."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Protocol

from tests.faults.own import free_port
from tests.integration.node import Node

SCRIBE, LEDGER = "tests.faults.scribe", "tests.faults.ledger"
INSTANCES = {"actors-1": SCRIBE, "actors-2": SCRIBE, "ledger-1": LEDGER, "ledger-2": LEDGER}


class Victim(Protocol):
    """What can be struck."""

    name: str

    def kill(self) -> None: ...
    def start(self) -> None: ...
    def suspend(self) -> None: ...
    def resume(self) -> None: ...


class Instance:
    """One of several processes of a service."""

    def __init__(self, node: Node, name: str) -> None:
        self.node, self.name = node, name
        node.ports[name] = free_port()
        self.start()

    def start(self) -> None:
        """Without waiting: broker or store may be away."""
        command = [sys.executable, "-m", "chassis.runner", INSTANCES[self.name]]
        own = {"GTM_SERVICES": f"actors {LEDGER}", "GTM_OPS_PORT": str(self.node.ports[self.name])}
        self.node.spawn(self.name, command, self.node.environment(**own))

    def ready(self) -> bool:
        """Whether it says so."""
        return self.node.is_ready(self.name)

    def kill(self) -> None:
        """kill -9. Raises: AssertionError when it had ended by itself."""
        self.must_live()
        self.node.stop(self.name, by=signal.SIGKILL)

    def suspend(self) -> None:
        """Half-open: its connections stay, nobody is there."""
        self.must_live()
        os.kill(self.node.processes[self.name].pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        os.kill(self.node.processes[self.name].pid, signal.SIGCONT)

    def must_live(self) -> None:
        """No fault that is not its own may end a service."""
        code = self.node.processes[self.name].poll()
        assert code is None, f"{self.name} ended by itself ({code}):\n{self.node.log(self.name)[-3000:]}"


class Recovery:
    """Seconds from each revival: a process says that it is ready; behind broker or store a writer has an answer."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def wait(self, victim: Victim, answers: Callable[[], int], until: float, over: threading.Event) -> None:
        """Note it, unless something else comes first: the next fault, or the storm's end."""
        began, before = time.monotonic(), answers()
        while time.monotonic() < until and not over.is_set():
            if victim.ready() if isinstance(victim, Instance) else answers() > before:
                self.seconds.append(time.monotonic() - began)
                return
            time.sleep(0.2)
