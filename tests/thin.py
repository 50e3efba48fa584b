"""A thin line: what a region far from any cable has, in one place for tests and benches.

The kernel makes it where it can (netem at both ends of a veth pair). Where it lacks that, a process of ours does
the same to every packet between two tun devices (`Emulator`): whole IP packets are held back for rate and delay,
and some are lost; TCP and TLS above them are the kernel's and the programs' own. Behind the line is a namespace
that only sends on: `Line.through(port)` gives an address whose connections cross the line and then reach a port of this
machine, so that all programs stay where they are. Needs root.
"""

import argparse
import contextlib
import fcntl
import heapq
import os
import random
import select
import struct
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.faults.link import NoNamespaceError, free_net, run

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
MTU = 1500
QUEUE = 64 * 1024  # bytes that wait at an end of the line before more of them is dropped: two seconds of it
ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Profile:
    """`rate`: bits a second, each way; `delay`: seconds there and back; `loss`: share of packets lost, each way."""

    rate: float
    delay: float
    loss: float


THIN = Profile(rate=256_000, delay=0.6, loss=0.05)
"""The one profile that everything is tried under."""
FREE = Profile(rate=1e9, delay=0.0, loss=0.0)
"""The same way without the burden: for comparing."""


class Line:
    """The line and the namespace behind it. `kind`: `netem` or `emulated`."""

    def __init__(self, profile: Profile = THIN) -> None:
        self.profile, self.name = profile, f"gtm-{uuid.uuid4().hex[:8]}"
        self.device, self._far = f"l{self.name[4:]}o", f"l{self.name[4:]}i"
        self._back, self._beyond = f"b{self.name[4:]}o", f"b{self.name[4:]}i"
        self._emulator: subprocess.Popen[bytes] | None = None
        try:
            run("ip", "netns", "add", self.name)
            self.here, self.there = self._cable()
            self.outside, _ = self._back_cable()
            self.within("sysctl", "-qw", "net.ipv4.ip_forward=1")
            self.within("iptables", "-w", "-t", "nat", "-A", "POSTROUTING", "-o", self._beyond, "-j", "MASQUERADE")
        except (OSError, subprocess.CalledProcessError) as error:
            self.close()
            told = getattr(error, "stderr", b"") or b""
            raise NoNamespaceError(f"no thin line: {error} {told.decode(errors='replace').strip()}") from error

    def through(self, port: int) -> str:
        """The address at which `port` of `self.outside` is reached over the line, under the same number."""
        there = ["-d", self.there, "-p", "tcp", "--dport", str(port)]
        to = ["-j", "DNAT", "--to-destination", f"{self.outside}:{port}"]
        self.within("iptables", "-w", "-t", "nat", "-A", "PREROUTING", *there, *to)
        return self.there

    def bytes(self) -> tuple[int, int]:
        """What was put on the line so far, IP headers included, lost packets too: (from here, to here)."""
        counted = Path(f"/sys/class/net/{self.device}/statistics")
        sent, came = (int((counted / name).read_text()) for name in ("tx_bytes", "rx_bytes"))
        return sent, came

    @contextlib.contextmanager
    def cut(self) -> Iterator[None]:
        """Nothing passes while this lasts, without a word to anybody."""
        self.within("iptables", "-w", "-I", "FORWARD", "-j", "DROP")
        try:
            yield
        finally:
            self.within("iptables", "-w", "-D", "FORWARD", "-j", "DROP")

    def within(self, *command: str) -> None:
        """Run it in the namespace, to its end."""
        run("nsenter", f"--net=/run/netns/{self.name}", *command)

    def close(self) -> None:
        """Remove all of it."""
        if self._emulator is not None:
            self._emulator.kill()
            self._emulator.wait()
        for command in (["netns", "del", self.name], ["link", "del", self.device], ["link", "del", self._back]):
            subprocess.run(["ip", *command], capture_output=True, check=False)

    def _cable(self) -> tuple[str, str]:
        """The line itself."""
        try:
            self._veth(self.device, self._far)
            for device, enter in ((self.device, []), (self._far, ["nsenter", f"--net=/run/netns/{self.name}"])):
                run(*enter, "tc", "qdisc", "add", "dev", device, "root", "netem", *_netem(self.profile))
            self.kind = "netem"
        except subprocess.CalledProcessError:
            subprocess.run(["ip", "link", "del", self.device], capture_output=True, check=False)
            ends = [_tun(self.device), _tun(self._far)]
            run("ip", "link", "set", self._far, "netns", self.name)
            told = [str(value) for value in (*ends, self.profile.rate, self.profile.delay, self.profile.loss)]
            self._emulator = subprocess.Popen([sys.executable, "-m", "tests.thin", *told], cwd=ROOT, pass_fds=ends)
            for end in ends:
                os.close(end)
            self.kind = "emulated"
        return self._address(self.device, self._far)

    def _back_cable(self) -> tuple[str, str]:
        self._veth(self._back, self._beyond)
        return self._address(self._back, self._beyond)

    def _veth(self, outer: str, inner: str) -> None:
        run("ip", "link", "add", outer, "type", "veth", "peer", "name", inner, "netns", self.name)

    def _address(self, outer: str, inner: str) -> tuple[str, str]:
        here, there, net = free_net()
        run("ip", "addr", "add", f"{here}/30", "dev", outer)
        run("ip", "link", "set", outer, "mtu", str(MTU), "up")
        # What most machines have; others get more out of a line that loses packets.
        run("ip", "route", "replace", net, "dev", outer, "src", here, "congctl", "cubic")
        self.within("ip", "addr", "add", f"{there}/30", "dev", inner)
        self.within("ip", "link", "set", inner, "mtu", str(MTU), "up")
        return here, there


def _netem(profile: Profile) -> list[str]:
    """For one end: half the delay."""
    half = ["delay", f"{profile.delay * 500:g}ms"] if profile.delay else []
    lost = ["loss", f"{profile.loss * 100:g}%"] if profile.loss else []
    return [*half, *lost, "rate", f"{profile.rate:.0f}bit", "limit", str(QUEUE // MTU)]


def _tun(name: str) -> int:
    end = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(end, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    return end


class Emulator:
    """One way: takes a packet when it comes, says when it arrives at the other end."""

    def __init__(self, profile: Profile, seed: int) -> None:
        self._profile, self._random, self._free = profile, random.Random(seed), 0.0

    def arrives(self, size: int, at: float) -> float | None:
        """None: it is lost, or there is no room for it any more."""
        begins = max(at, self._free)
        if (begins - at) * self._profile.rate / 8 + size > QUEUE:
            return None
        self._free = begins + size * 8 / self._profile.rate
        if self._random.random() < self._profile.loss:
            return None  # on its way: it has taken its time on the line
        return self._free + self._profile.delay / 2


def emulate(ends: list[int], profile: Profile) -> None:
    """Pass packets between two tun devices until killed."""
    ways = {ends[0]: (ends[1], Emulator(profile, 1)), ends[1]: (ends[0], Emulator(profile, 2))}
    under_way: list[tuple[float, int, int, bytes]] = []
    number = 0
    while True:
        wait = max(0.0, under_way[0][0] - time.monotonic()) if under_way else None
        ready, _, _ = select.select(ends, [], [], wait)
        now = time.monotonic()
        for end in ready:
            with contextlib.suppress(BlockingIOError):
                while packet := os.read(end, 65536):
                    to, way = ways[end]
                    arrival = way.arrives(len(packet), now)
                    if arrival is not None:
                        number += 1
                        heapq.heappush(under_way, (arrival, number, to, packet))
        while under_way and under_way[0][0] <= time.monotonic():
            _, _, to, packet = heapq.heappop(under_way)
            with contextlib.suppress(OSError):  # the device is going down
                os.write(to, packet)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("ends", nargs=2, type=int)
    parser.add_argument("profile", nargs=3, type=float)
    given = parser.parse_args()
    emulate(given.ends, Profile(*given.profile))
