"""Reads logs as they grow, over their rotation."""

import time
from pathlib import Path

PAUSE_SECONDS = 0.3


class Tail:
    """The end of one log; each line begins with the name, if there is one."""

    def __init__(self, path: Path, name: str = "") -> None:
        self._path, self._name = path, name
        self._offset, self._inode = 0, 0
        self._rest = b""

    def last(self, count: int) -> list[str]:
        """The last lines there are; what comes after them is news."""
        if not self._path.exists():
            return []
        lines = self._lines(self._path.read_bytes())
        self._inode = self._path.stat().st_ino
        return lines[-count:] if count else []

    def news(self) -> list[str]:
        """Whole lines written since."""
        try:
            with self._path.open("rb") as file:
                inode = self._path.stat().st_ino
                if inode != self._inode:  # a new file took the name
                    self._inode, self._offset = inode, 0
                file.seek(self._offset)
                return self._lines(file.read())
        except FileNotFoundError:
            return []

    def _lines(self, data: bytes) -> list[str]:
        self._offset += len(data)
        whole, _, self._rest = (self._rest + data).rpartition(b"\n")
        prefix = f"{self._name:<13} | " if self._name else ""
        return [prefix + line for line in whole.decode("utf-8", "replace").splitlines()]


def pause() -> None:
    """Let a little time pass."""
    time.sleep(PAUSE_SECONDS)
