"""A broker and a store of a test's own, each a process group that can be killed, suspended and started again."""

import contextlib
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from launcher import store
from launcher.backing import Backing
from launcher.settings import LOOPBACK, Settings
from tests.integration.eventually import eventually
from tests.integration.gateway.private_broker import PrivateBroker
from tests.integration.surroundings import Surroundings

START_SECONDS = 60


class OwnBroker(PrivateBroker):
    """A RabbitMQ node that can also be suspended: its port still takes connections, nobody answers them."""

    name = "broker"

    def __init__(self, folder: Path, host: str = LOOPBACK) -> None:
        """`host`: an address of this machine where it answers besides the loopback one."""
        super().__init__(folder)
        self.host = host
        if host != LOOPBACK:
            for given in ("RABBITMQ_NODE_IP_ADDRESS", "RABBITMQ_NODE_PORT"):
                del self._environment[given]
            listeners = [f"listeners.tcp.{n} = {one}:{self.port}" for n, one in enumerate((LOOPBACK, host), 1)]
            (folder / "rabbitmq.conf").write_text("\n".join(["loopback_users = none", *listeners, ""]))

    @property
    def amqp_uri(self) -> str:
        """Where it answers."""
        return f"amqp://guest:guest@{self.host}:{self.port}"

    def suspend(self) -> None:
        """Stop it in mid-air (SIGSTOP)."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, sign: signal.Signals) -> None:
        assert self._process is not None
        os.killpg(self._process.pid, sign)


class OwnStore:
    """The store as the launcher starts it for a node: mongod where there is one, else the embedded server."""

    name = "store"

    def __init__(self, folder: Path, host: str = LOOPBACK) -> None:
        """`host`: the one address of this machine where it answers."""
        self.port = free_port()
        told = {**os.environ, "GTM_HOME": str(folder), "GTM_STORE_PORT": str(self.port), "GTM_MONGO_URI": ""}
        settings = Settings.from_environment(told)
        settings.home.make()
        self.folder = folder
        prepared = store.prepare(settings)
        (program,) = prepared.programs
        moved = replace(program, argv=[host if word == LOOPBACK else word for word in program.argv])
        self.backing: Backing = replace(prepared, uri=prepared.uri.replace(LOOPBACK, host), programs=(moved,))
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def uri(self) -> str:
        """Where it answers."""
        return self.backing.uri

    def start(self) -> None:
        """Start it, and wait until it takes writes."""
        self._spawn()
        eventually(lambda: store.answers(self.backing), within=START_SECONDS, every=0.2)

    @contextlib.contextmanager
    def kept_up(self) -> Iterator[None]:
        """While this lasts it is started again whenever it ends, after a second, as the supervisor does."""
        over = threading.Event()

        def keep() -> None:
            while not over.wait(1.0):
                if self._process is not None and self._process.poll() is not None:
                    self._spawn()

        keeper = threading.Thread(target=keep)
        keeper.start()
        try:
            yield
        finally:
            over.set()
            keeper.join()

    def _spawn(self) -> None:
        (program,) = self.backing.programs
        with self.folder.with_suffix(".out").open("ab") as out:
            self._process = subprocess.Popen(
                program.argv,
                env=dict(program.env),
                cwd=program.cwd,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def kill(self) -> None:
        """kill -9, as a power cut would."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):  # it may have ended by itself
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def suspend(self) -> None:
        """Stop it in mid-air (SIGSTOP)."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGCONT)

    def close(self) -> None:
        """End it."""
        self.kill()


class OwnSurroundings(Surroundings):
    """For a Node: nothing is shared, so nothing is to be made or removed."""

    def amqp_uri(self, vhost: str) -> str:
        return f"{self.amqp}//"

    def make_vhost(self) -> str:
        return "/"

    def drop_vhost(self, vhost: str) -> None:
        """The broker itself goes."""

    def drop_databases(self, prefix: str) -> None:
        """The store itself goes."""


def start_own(folder: Path, host: str = LOOPBACK) -> tuple[OwnBroker, OwnStore, OwnSurroundings]:
    """Both, started side by side."""
    for name in ("broker", "store"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    broker, kept = OwnBroker(folder / "broker", host), OwnStore(folder / "store", host)
    starting = [threading.Thread(target=one.start) for one in (broker, kept)]
    for thread in starting:
        thread.start()
    for thread in starting:
        thread.join()
    told: dict[str, Any] = {"management": "", "user": "guest", "password": "guest"}
    return broker, kept, OwnSurroundings(amqp=broker.amqp_uri, mongo=kept.uri, **told)


def free_port() -> int:
    """A port of the loopback address that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
