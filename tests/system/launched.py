"""A node started by `./gtm`, as a script sees it: commands, their output, and the processes that result."""

import json
import os
import signal
import socket
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.integration.eventually import eventually

ROOT = Path(__file__).resolve().parents[2]
PROC = Path("/proc")
TCP_LISTEN = "0A"  # linux/tcp_states.h, as /proc/net/tcp writes it


@dataclass
class LaunchedNode:
    """Started, stopped and looked at through `./gtm` and the system's process table alone."""

    home: Path
    port: int
    more: dict[str, str] = field(default_factory=dict)

    @property
    def env(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return kept | {"GTM_HOME": str(self.home), "GTM_HTTP_PORT": str(self.port), "LANG": "en_GB.UTF-8"} | self.more

    def gtm(self, *words: str, within: float = 240, pass_fds: tuple[int, ...] = ()) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, which includes the end of its output."""
        return subprocess.run(
            [ROOT / "gtm", *words],
            cwd=ROOT,
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=within,
            check=False,
            pass_fds=pass_fds,
        )

    def status(self) -> dict[str, Any]:
        """What `status --json` prints, which must be JSON alone."""
        return dict(json.loads(self.gtm("status", "--json").stdout))

    def pids(self) -> dict[str, int | None]:
        return {one["name"]: one["pid"] for one in self.status()["processes"]}

    def wait_ready(self, within: float = 90) -> None:
        eventually(lambda: self.gtm("status").returncode == 0, within, every=0.5)

    def processes(self) -> list[int]:
        """Every live process that has this node's GTM_HOME or lives in it, whoever started it."""
        return [int(one.name) for one in PROC.iterdir() if one.name.isdecimal() and self._owns(one)]

    def end(self) -> None:
        """Stop the node; whatever is left after that is a fault, and is ended too."""
        self.gtm("down")
        left = self.processes()
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        assert left == []

    def listeners(self) -> set[tuple[str, int]]:
        """(address, port) of every socket that a process of this node listens on."""
        inodes = {inode for pid in self.processes() for inode in _sockets(pid)}
        return {place for place, inode in _listening() if inode in inodes}

    def command_lines(self) -> str:
        return "\n".join((PROC / str(pid) / "cmdline").read_text(errors="replace") for pid in self.processes())

    def _owns(self, entry: Path) -> bool:
        try:
            return str(self.home).encode() in (entry / "environ").read_bytes() and int(entry.name) != os.getpid()
        except OSError:
            return False


def _sockets(pid: int) -> set[str]:
    found = set()
    for handle in (PROC / str(pid) / "fd").iterdir():
        try:
            target = str(handle.readlink())
        except FileNotFoundError:
            continue
        if target.startswith("socket:["):
            found.add(target[8:-1])
    return found


def _listening() -> list[tuple[tuple[str, int], str]]:
    rows = []
    for table in ("tcp", "tcp6"):
        for line in (PROC / "net" / table).read_text(encoding="ascii").splitlines()[1:]:
            fields = line.split()
            if fields[3] == TCP_LISTEN:
                address, _, port = fields[1].partition(":")
                rows.append(((_address(address), int(port, 16)), fields[9]))
    return rows


def _address(text: str) -> str:
    """The kernel writes addresses as hexadecimal words in the byte order of the machine."""
    words = [bytes.fromhex(text[at : at + 8])[::-1] for at in range(0, len(text), 8)]
    family = socket.AF_INET if len(words) == 1 else socket.AF_INET6
    return socket.inet_ntop(family, b"".join(words))
