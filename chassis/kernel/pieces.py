"""A file on its way, in pieces: which are held, which are asked for, which to ask for next. No clock, no store.

A link carries events and pieces in one line. So no more than WINDOW pieces are asked of a node at a time: on the
thinnest link that we plan for (256 kbit/s) an event waits for less than three seconds of file, and since a piece takes
longer to come than the next request to go, the link is never idle meanwhile (docs/decisions/0052).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

PIECE: Final = 32 * 1024  # bytes; part of the messages' meaning, so never changed
WINDOW: Final = 2


def pieces_of(size: int) -> int:
    """How many pieces a file of that size has."""
    return -(-size // PIECE)


def length_of(number: int, size: int) -> int:
    """How long a piece of a file of that size is; 0 where it has no such piece."""
    return max(0, min(PIECE, size - number * PIECE)) if number >= 0 else 0


@dataclass(frozen=True)
class Progress:
    """How much of a file is here: all pieces below `prefix`, those of `beyond`; `asked` are under way."""

    size: int
    prefix: int = 0
    beyond: tuple[int, ...] = ()
    asked: tuple[int, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether every piece is here."""
        return self.prefix == pieces_of(self.size)

    @property
    def held(self) -> int:
        """Bytes that are here."""
        return min(self.size, self.prefix * PIECE) + sum(length_of(number, self.size) for number in self.beyond)

    def has(self, number: int) -> bool:
        """Whether that piece is here."""
        return number < self.prefix or number in self.beyond

    def took(self, number: int) -> "Progress":
        """With that piece."""
        beyond, prefix = {*self.beyond, number}, self.prefix
        while prefix in beyond:
            beyond.remove(prefix)
            prefix += 1
        asked = tuple(one for one in self.asked if one != number)
        return replace(self, prefix=prefix, beyond=tuple(sorted(one for one in beyond if one > prefix)), asked=asked)

    def ask(self, room: int) -> tuple["Progress", tuple[int, ...]]:
        """The first pieces, at most `room`, that are neither here nor asked for; and the progress with them asked."""
        missing = (n for n in range(self.prefix, pieces_of(self.size)) if not self.has(n) and n not in self.asked)
        chosen = tuple(number for number, _ in zip(missing, range(room), strict=False))
        return replace(self, asked=self.asked + chosen), chosen

    def again(self) -> "Progress":
        """Nothing of what was asked came: all of it may be asked for anew."""
        return replace(self, asked=())


def share_out(
    files: Iterable[tuple[str, Progress]], window: int = WINDOW
) -> list[tuple[str, Progress, tuple[int, ...]]]:
    """What to ask one node for now, the smallest file first, so that no more than `window` pieces are under way."""
    waiting = sorted(files, key=lambda one: (one[1].size, one[0]))
    room = window - sum(len(progress.asked) for _, progress in waiting)
    chosen = []
    for name, progress in waiting:
        after, numbers = progress.ask(max(0, room))
        if numbers:
            chosen.append((name, after, numbers))
            room -= len(numbers)
    return chosen
