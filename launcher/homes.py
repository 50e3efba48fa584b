"""GTM_HOME: where a node keeps its data and its state, readable by its owner alone."""

import contextlib
import fcntl
import json
import os
import secrets
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chassis.process.settings import life_noted

SECRET_BYTES = 24


@dataclass(frozen=True)
class Home:
    """The folders of one node. `run` holds what may be lost when nothing runs; all else is data."""

    path: Path

    @property
    def run(self) -> Path:
        """What the running node is made of: supervisor's settings, programs, the record of the start."""
        return self.path / "run"

    @property
    def logs(self) -> Path:
        """A log per process, rotated."""
        return self.path / "log"

    @property
    def broker(self) -> Path:
        """Everything of the private RabbitMQ."""
        return self.path / "broker"

    @property
    def store(self) -> Path:
        """Everything of the private store."""
        return self.path / "store"

    @property
    def node(self) -> str | None:
        """The node that this home belongs to, from its first start on; None before."""
        path = self.path / "node"
        if path.exists():
            return path.read_text(encoding="utf-8").strip()
        told = self.record().get("node")
        return str(told) if told else None

    @property
    def mail_off(self) -> Path:
        """Is there once demonstration data was loaded: its focal points must never be written to."""
        return self.path / "mail-off"

    @property
    def demo_loaded(self) -> Path:
        """Is there once the demonstration data is in, whole."""
        return self.path / "demo-loaded"

    @property
    def mail(self) -> Path:
        """The mails of a node that has no mail server, a file each."""
        return self.path / "mail"

    @property
    def restoring(self) -> Path:
        """Is there while a backup is taken in, and after that was interrupted."""
        return self.path / "restoring"

    @property
    def incarnation(self) -> int:
        """1, raised where records may have been lost: what comes after is told from what was before (events.md)."""
        return life_noted(self.path)

    def belong_to(self, node: str) -> None:
        """Note whose home this is."""
        if not (self.path / "node").exists():
            write_private(self.path / "node", node)

    def make(self) -> None:
        """Create the folders that are missing; one that is there keeps its mode."""
        for folder in (self.path, self.run, self.run / "programs", self.logs, self.path / "secrets"):
            private_folder(folder)

    def secret(self, name: str) -> str:
        """A random word, made once and kept in a file of its own."""
        path = self.path / "secrets" / name
        if not path.exists():
            write_private(path, secrets.token_urlsafe(SECRET_BYTES))
        return path.read_text(encoding="utf-8")

    def renew(self, name: str) -> None:
        """Another random word in its place; the one before stays beside it until `settle`."""
        path = self.path / "secrets" / name
        before = path.with_name(f".{name}.before")
        if path.exists() and not before.exists():  # else this was begun before: the oldest is the one that counts
            write_private(before, path.read_text(encoding="utf-8"))
        write_private(path, secrets.token_urlsafe(SECRET_BYTES))

    def before(self, name: str) -> str | None:
        """The word that was renewed and may count still; None if none does."""
        path = self.path / "secrets" / f".{name}.before"
        return path.read_text(encoding="utf-8") if path.exists() else None

    def settle(self, name: str) -> None:
        """The new word counts: the one before is forgotten."""
        (self.path / "secrets" / f".{name}.before").unlink(missing_ok=True)

    def record(self) -> dict[str, Any]:
        """What the last start wrote down (address, ports, what is external); empty before the first."""
        return read_json(self.run / "node.json")

    def program(self, name: str) -> dict[str, Any]:
        """How a process of the last start was run: {argv, env, cwd}; empty if it was not ours to run."""
        return read_json(self.run / "programs" / f"{name}.json")

    @contextlib.contextmanager
    def starting(self) -> Iterator[None]:
        """Only one start at a time: a second one waits, then finds the node up."""
        with (self.run / "start.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def private_folder(path: Path) -> Path:
    """A folder that only its owner can enter, made unless it is there."""
    if not path.is_dir():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(mode=0o700, exist_ok=True)
    return path


def write_private(path: Path, text: str) -> None:
    """Write a file whole or not at all; only its owner can read it, from the first byte on."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def write_json(path: Path, value: Any) -> None:
    """Write a private file of JSON."""
    write_private(path, json.dumps(value, ensure_ascii=False, indent=1))


def read_json(path: Path) -> dict[str, Any]:
    """What such a file holds; empty if there is none."""
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return {}
