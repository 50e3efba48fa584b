"""A RabbitMQ node of the test's own, for tests that kill the broker."""

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from tests.integration.ports import free_port

SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
START_SECONDS = 90


class PrivateBroker:
    """One node under a folder, on ports of its own; loopback only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, dist, self._epmd_port = free_port(), free_port(), free_port()
        (folder / "enabled_plugins").write_text("[].")
        (folder / "rabbitmq.conf").write_text("loopback_users.guest = true\n")
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "RABBITMQ_NODENAME": f"gateway-test-{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(dist),
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+sbwt none -kernel inet_dist_use_interface {127,0,0,1}",
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._epmd: subprocess.Popen[bytes] | None = None

    @staticmethod
    def installed() -> bool:
        """Whether this machine has the server."""
        return SERVER.exists() and shutil.which("epmd") is not None

    @property
    def amqp_uri(self) -> str:
        """Where it answers."""
        return f"amqp://guest:guest@127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        if self._epmd is None:  # else Erlang starts one that nobody ends
            self._epmd = subprocess.Popen(["epmd", "-port", str(self._epmd_port), "-address", "127.0.0.1"])
        with (self.folder / "broker.out").open("ab") as out:
            self._process = subprocess.Popen(
                [str(SERVER)],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while not _answers(self.port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self.folder / "broker.out").read_text(errors="replace")[-4000:])
            time.sleep(0.2)

    def control(self, *command: str) -> None:
        """What `rabbitmqctl` does."""
        program = SERVER.with_name("rabbitmqctl")
        subprocess.run([str(program), *command], env=self._environment, check=True, capture_output=True, timeout=60)

    def kill(self) -> None:
        """kill -9 for the whole node, as a power cut would."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def close(self) -> None:
        """End all that `start` started."""
        self.kill()
        if self._epmd is not None:
            self._epmd.kill()
            self._epmd.wait()
            self._epmd = None


def _answers(port: int) -> bool:
    """Whether an AMQP server greets: it does so only once it is ready to serve."""
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as connection:
            connection.sendall(b"AMQP\x00\x00\x09\x01")
            connection.settimeout(1)
            return connection.recv(1) == b"\x01"
    except OSError:
        return False
