"""Finds and ends the processes of a node by a mark in their environment, whoever started them and whoever is left.

A pid alone proves nothing: the system gives it out again. Every process of a node carries GTM_PROCESS_OF (made once per
GTM_HOME) and GTM_PROCESS (its name), and so does whatever it starts itself; the kernel shows both until it ends. So the
node's processes are found even if the supervisor was killed and its records are gone.
"""

import contextlib
import hashlib
import os
import signal
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from launcher.homes import Home

MARK, NAME = "GTM_PROCESS_OF", "GTM_PROCESS"
SUPERVISOR = "supervisor"
PROC = Path("/proc")
LOOK_SECONDS = 0.1


@dataclass(frozen=True, order=True)
class Running:
    """A live process of the node; `name` is that of the program it belongs to."""

    pid: int
    name: str


def mark_of(home: Home) -> str:
    """What marks the processes of this GTM_HOME; a copy of the folder elsewhere has another one."""
    return hashlib.sha256(f"{home.secret('mark')} {home.path}".encode()).hexdigest()[:24]


def mark(home: Home, name: str) -> dict[str, str]:
    """The variables that a process of the node carries."""
    return {MARK: mark_of(home), NAME: name}


def running(home: Home) -> list[Running]:
    """The node's live processes, by pid."""
    if not (home.path / "secrets" / "mark").exists():
        return []
    wanted = f"{MARK}={mark_of(home)}".encode()
    found = (_read(int(entry.name), wanted) for entry in PROC.iterdir() if entry.name.isdecimal())
    return sorted(one for one in found if one is not None)


def supervisor(home: Home) -> int | None:
    """The pid of the node's supervisor, if it lives."""
    try:
        pid = int((home.run / "supervisor.pid").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    one = _read(pid, f"{MARK}={mark_of(home)}".encode())
    return pid if one is not None and one.name == SUPERVISOR else None


def end(home: Home, names: Sequence[str], seconds: float) -> None:
    """End the node's processes of these names: SIGTERM, and SIGKILL for what is still there after `seconds`."""
    until = time.monotonic() + seconds
    asked: set[int] = set()
    while left := [one for one in running(home) if one.name in names]:
        late = time.monotonic() >= until
        for one in left:
            if late or one.pid not in asked:
                _signal(home, one, signal.SIGKILL if late else signal.SIGTERM)
                asked.add(one.pid)
        time.sleep(LOOK_SECONDS)


def wait_gone(home: Home, seconds: float) -> bool:
    """Wait until no process of the node is left; whether none is."""
    until = time.monotonic() + seconds
    while running(home):
        if time.monotonic() >= until:
            return False
        time.sleep(LOOK_SECONDS)
    return True


def names(found: Iterable[Running]) -> dict[str, int]:
    """Name → pid of the process itself: the oldest of that name, its helpers being its children."""
    oldest: dict[str, int] = {}
    for one in sorted(found, key=lambda one: (_started(one.pid), one.pid)):
        oldest.setdefault(one.name, one.pid)
    return oldest


def _read(pid: int, wanted: bytes) -> Running | None:
    try:
        variables = (PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:  # ended meanwhile, or somebody else's
        return None
    if wanted not in variables:
        return None
    name = next((one for one in variables if one.startswith(f"{NAME}=".encode())), b"=")
    return Running(pid, name.partition(b"=")[2].decode())


def _started(pid: int) -> int:
    try:
        # The name in brackets may hold spaces: count from the last bracket. Field 22 of proc(5), clock ticks.
        return int((PROC / str(pid) / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19])
    except OSError:
        return 0


def _signal(home: Home, one: Running, number: signal.Signals) -> None:
    """Signal a process that is still the one we saw: its pid is held while we look a second time."""
    with contextlib.suppress(ProcessLookupError):
        handle = os.pidfd_open(one.pid)
        try:
            if _read(one.pid, f"{MARK}={mark_of(home)}".encode()) == one:
                signal.pidfd_send_signal(handle, number)
        finally:
            os.close(handle)
