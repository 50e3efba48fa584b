"""Which of several acts of different nodes is the later, on every node alike and whatever their clocks say.

Each act on a record carries a `turn`: one more than the greatest on that record that its author's node had heard of.
Who acts knowing another act therefore comes after it; of two that knew nothing of each other the greater id is later.
"""

from collections.abc import Iterable
from typing import Protocol, TypeVar

LARGEST_TURN = 2**53


class Turned(Protocol):
    """An act with its place among all that was said of a record."""

    @property
    def turn(self) -> int:
        """What its author knew."""

    @property
    def id(self) -> str:
        """What decides between those that knew nothing of each other."""


A = TypeVar("A", bound=Turned)


def place(act: Turned) -> tuple[int, str]:
    """What decides which of two acts is the later, on every node alike."""
    return act.turn, act.id


def latest(acts: Iterable[A]) -> A | None:
    """The last of them, in whatever order they are given; None of none."""
    return max(acts, key=place, default=None)


def next_turn(known: Iterable[int]) -> int:
    """The turn of an act whose author knows these."""
    return min(max(known, default=0) + 1, LARGEST_TURN)
