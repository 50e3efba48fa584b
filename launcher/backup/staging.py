"""A restored node is made aside, in GTM_HOME/restoring, and put in its place once it is whole.

    restoring/token         which restore this is
    restoring/node/         the home that is being made
    restoring/placing.json  it is whole: {backup, aside, old: names}; from here on a restart only puts it in its place

Putting in place is a few renames that may be interrupted anywhere and are then taken up again: first what was there
before goes aside, all of it, then the new comes in. Nothing that was there is deleted, ever.
"""

import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from launcher import stopping
from launcher.homes import Home, private_folder, read_json, write_json, write_private

# Not data: the next start makes them anew or goes on with them (logs, ports, passwords among its own processes).
NOT_TAKEN = ("run", "log", "secrets")
DONE = ".restored"
STAYING = (*NOT_TAKEN, "restoring", DONE)
ASIDE = "replaced-"


def data_in(home: Home) -> list[str]:
    """The names in GTM_HOME that hold a node's data; empty for a home that never had any."""
    if not home.path.is_dir():
        return []
    found = sorted(path.name for path in home.path.iterdir())
    return [name for name in found if name not in STAYING and not name.startswith(ASIDE)]


@dataclass(frozen=True)
class Staging:
    """The folder of a restore into this home."""

    home: Home

    @property
    def node(self) -> Home:
        """The home that is being made."""
        return Home(self.home.restoring / "node")

    @property
    def token(self) -> str:
        """What marks this restore; the same after an interruption, empty before it began."""
        path = self.home.restoring / "token"
        return path.read_text(encoding="ascii") if path.exists() else ""

    @property
    def whole(self) -> dict[str, Any]:
        """What `seal` wrote; empty before."""
        return read_json(self.home.restoring / "placing.json")

    def begin(self) -> None:
        """An empty folder; what an interrupted restore left half is gone, but its token stays."""
        shutil.rmtree(self.home.path / DONE, ignore_errors=True)
        private_folder(self.home.restoring)
        if not (self.home.restoring / "token").exists():
            write_private(self.home.restoring / "token", os.urandom(16).hex())
        if self.node.path.exists():
            stopping.stop(self.node)
            shutil.rmtree(self.node.path)
        self.node.make()

    def seal(self, backup: str) -> None:
        """The node is whole: note what goes aside for it, and where to."""
        for name in NOT_TAKEN:
            shutil.rmtree(self.node.path / name)
        os.sync()  # the note must not reach the disk before what it vouches for
        aside = f"{ASIDE}{datetime.now(UTC).strftime('%Y%m%d-%H%M%S')}"
        write_json(self.home.restoring / "placing.json", {"backup": backup, "aside": aside, "old": data_in(self.home)})

    def place(self) -> Path | None:
        """Put the node in its place; the folder with what was there before, if there was something."""
        told = self.whole
        aside = self.home.path / told["aside"]
        for name in told["old"]:
            if not (aside / name).exists():
                (self.home.path / name).rename(private_folder(aside) / name)
        for path in sorted(self.node.path.iterdir()):
            path.rename(self.home.path / path.name)
        os.sync()
        # One step: a folder that is half deleted must not look like a restore that is unfinished.
        self.home.restoring.rename(self.home.path / DONE)
        shutil.rmtree(self.home.path / DONE)
        return aside if told["old"] else None

    def discard(self) -> None:
        """Away with what is not whole, after an error that will come again. Nothing of the node was touched."""
        if self.home.restoring.exists() and not self.whole:
            if self.node.path.exists():
                stopping.stop(self.node)
            shutil.rmtree(self.home.restoring)
