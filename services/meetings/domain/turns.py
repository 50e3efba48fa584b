"""Which of two records that say something of the same thing is the later, when no two nodes share a clock.

`turn` says what an author knew: one more than the greatest turn on that thing that its node had heard of. So whoever
speaks knowing another word comes after it, whatever the clocks say; of two that knew nothing of each other the greater
id is the later.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from chassis.kernel.record import Record

LARGEST_TURN = 2**53


@dataclass(frozen=True, kw_only=True)
class Turned(Record):
    """Something said, with its place among all that was said."""

    turn: int = 1


T = TypeVar("T", bound=Turned)


def place(said: Turned) -> tuple[int, str]:
    """What decides which of two is the later, on every node alike."""
    return said.turn, said.id


def latest(said: Iterable[T]) -> T | None:
    """The last of them, in whatever order they are given; None of none."""
    return max(said, key=place, default=None)


def next_turn(known: Iterable[int]) -> int:
    """The turn of a word whose author knows these."""
    return min(max(known, default=0) + 1, LARGEST_TURN)
