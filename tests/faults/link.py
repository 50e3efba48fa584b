"""A cable that can be cut: services live in a network namespace, broker and store outside, a veth pair between them.

Cut means that packets vanish, without a word to either side. Needs root (CAP_NET_ADMIN and CAP_SYS_ADMIN).
"""

import contextlib
import os
import subprocess
import uuid
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tests.integration.node import Node
from tests.integration.surroundings import Surroundings

NEEDED = "needs root, `ip` and `iptables` for a network namespace of the test's own"
TRIES = 50


class NoNamespaceError(Exception):
    """This machine does not let us make one."""


class Link:
    """A namespace of its own and the pair that leads to it; nothing in it has a way to anywhere else."""

    def __init__(self) -> None:
        self.name = f"gtm-{uuid.uuid4().hex[:8]}"
        self._outer, inner = f"v{self.name[4:]}o", f"v{self.name[4:]}i"
        run("ip", "netns", "add", self.name)
        try:
            self.outside, self.inside, self._net = free_net()
            # Should the pair go before a server does, what it still sends must not leave by the machine's own way out.
            run("ip", "route", "add", "unreachable", self._net, "metric", "4000")
            run("ip", "link", "add", self._outer, "type", "veth", "peer", "name", inner, "netns", self.name)
            run("ip", "addr", "add", f"{self.outside}/30", "dev", self._outer)
            run("ip", "link", "set", self._outer, "up")
            self.within("ip", "link", "set", "lo", "up")
            self.within("ip", "addr", "add", f"{self.inside}/30", "dev", inner)
            self.within("ip", "link", "set", inner, "up")
            self.within("iptables", "-w", "-L", "-n")
        except BaseException:
            self.close()
            raise

    def enter(self, command: Iterable[str]) -> list[str]:
        """The command that runs another one inside; it keeps its process id."""
        return ["nsenter", f"--net=/run/netns/{self.name}", *command]

    def within(self, *command: str) -> None:
        """Run it inside, to its end."""
        run(*self.enter(command))

    @contextlib.contextmanager
    def cut(self, port: int) -> Iterator[None]:
        """No packet from or to a port passes while this lasts."""
        with self._rules(["-p", "tcp", "--sport", str(port)], ["-p", "tcp", "--dport", str(port)]):
            yield

    @contextlib.contextmanager
    def lossy(self, share: float) -> Iterator[None]:
        """So many packets out of one are lost, both ways, whatever they belong to."""
        rule = ["-p", "tcp", "-m", "statistic", "--mode", "random", "--probability", str(share)]
        with self._rules(rule, rule):
            yield

    @contextlib.contextmanager
    def _rules(self, coming: list[str], going: list[str]) -> Iterator[None]:
        self.within("iptables", "-w", "-A", "INPUT", *coming, "-j", "DROP")
        self.within("iptables", "-w", "-A", "OUTPUT", *going, "-j", "DROP")
        try:
            yield
        finally:
            self.within("iptables", "-w", "-F")

    def close(self) -> None:
        """Remove all of it; the processes inside have ended by now."""
        for command in (
            ["ip", "netns", "del", self.name],
            ["ip", "link", "del", self._outer],  # has gone with the other end, if that was made
            ["ip", "route", "del", "unreachable", getattr(self, "_net", "")],
        ):
            subprocess.run(command, capture_output=True, check=False)


class FarNode(Node):
    """A node whose services live at the other end of a link."""

    def __init__(self, surroundings: Surroundings, home: Path, link: Link) -> None:
        super().__init__(surroundings, home)
        self.link = link
        self.ops_host = link.inside

    def environment(self, **others: str) -> dict[str, str]:
        """Told to answer operators on this side of the link too."""
        return super().environment(GTM_OPS_HOST=self.ops_host, **others)

    def spawn(self, name: str, command: Iterable[str], environment: Mapping[str, str]) -> None:
        """Inside."""
        super().spawn(name, self.link.enter(command), environment)


def make_link() -> Link:
    """Raises: NoNamespaceError where it is not permitted."""
    try:
        return Link()
    except (OSError, subprocess.CalledProcessError) as error:
        told = getattr(error, "stderr", b"") or b""
        raise NoNamespaceError(f"{NEEDED} ({error} {told.decode(errors='replace').strip()})") from error


def free_net() -> tuple[str, str, str]:
    """Both addresses of a net that no other route of this machine has; in the range kept for tests of networks."""
    taken = subprocess.run(["ip", "-4", "route"], capture_output=True, text=True, check=True).stdout
    for number in range(TRIES):
        start = (os.getpid() + number) % 4096
        stem = f"198.18.{start // 16}"
        net = f"{stem}.{start % 16 * 16}/30"
        if net not in taken:
            return f"{stem}.{start % 16 * 16 + 1}", f"{stem}.{start % 16 * 16 + 2}", net
    raise OSError("no free net")


def run(*command: str) -> None:
    """To its end. Raises: CalledProcessError with what it said."""
    subprocess.run(command, check=True, capture_output=True, timeout=30)
