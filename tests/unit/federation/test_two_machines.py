"""When two machines speak as one node, and when it only looks so; who of several processes beats."""

import pytest

from services.federation.domain.link import patience
from services.federation.domain.speakers import STEADY, Speakers
from services.federation.handlers.beating import Beater
from services.federation.handlers.pulse import Memory


def heard(beats: str) -> Speakers:
    """After "a1 b1 a2"…"""
    found = Speakers()
    for beat in beats.split():
        found = found.hear(beat[0], int(beat[1:]))
    return found


@pytest.mark.parametrize(
    "beats",
    [
        "a1 a2 a3 b1 b2 b3",  # a restart
        "a1 b1 c1 d1 e1 f1 g1 h1 i1 j1",  # a process that dies at each start
        "a1 a2 b1 a2 a1 b2 a2 b2 b3",  # delivered again, and again
        "a1 a2 b1 a3 b2 b3 b4",  # one that was held up on its way while another process took over
        "b1 a5 a6 b2",  # two workers of the centre that overtake each other
        "a1 a9 a40 b7 b8",  # most are lost
        "a1 b1 a2 b2 b3" + "".join(f" b{n}" for n in range(4, STEADY + 5)) + " a3 b99",  # two late ones in a long while
    ],
)
def test_one_machine_after_another_is_not_two(beats: str) -> None:
    assert not heard(beats).twice


@pytest.mark.parametrize(
    "beats",
    [
        "a1 b1 a2 b2 a3",
        "a1 a2 b1 a3 a4 b2 a5",  # one beats faster
        "a100 b1 b2 b3 a101 b4 b5 b6 a102",  # the other one does
        "a1 b1 c1 a2 c2 b2",  # three of them
        "a1 b1 a2 c1 a3",  # and the copy is restarted
    ],
)
def test_runs_that_go_on_after_a_later_one_began_are_two(beats: str) -> None:
    assert heard(beats).twice


class Kept:
    """The store's word on who beats, in memory."""

    def __init__(self) -> None:
        self.run, self.sequence = "", 0

    def begin(self, run: str) -> None:
        self.run, self.sequence = run, 0

    def next(self, run: str, sequence: int) -> bool:
        if (self.run, self.sequence) != (run, sequence - 1):
            return False
        self.sequence = sequence
        return True

    def last(self) -> tuple[str, int]:
        return self.run, self.sequence

    def take_over(self, run: str, seen: tuple[str, int]) -> bool:
        if (self.run, self.sequence) != seen:
            return False
        self.begin(run)
        return True


def beats(beater: Beater, memory: Memory, at: float) -> bool:
    sent = beater.may(at)
    memory.sequence += sent
    return sent


def test_of_several_processes_on_one_store_one_beats_and_another_takes_over() -> None:
    kept, first, second = Kept(), Memory("agadez", "a"), Memory("agadez", "b")
    one, two = Beater(first, kept, 30), Beater(second, kept, 30)
    assert [beats(one, first, at) for at in (0.0, 30.0)] == [True, True]
    assert beats(two, second, 40.0)  # who started last
    assert [beats(one, first, at) for at in (60.0, 90.0)] == [False, False]
    assert beats(two, second, 100.0)
    late = 120.0 + patience(30)
    assert [beats(one, first, at) for at in (120.0, late)] == [False, False]  # it did beat in between
    assert beats(one, first, late + patience(30) + 1)
    assert first.run not in ("a", "b")
    assert not beats(two, second, late + 200.0)  # what was taken over does not go on


def test_a_beat_that_was_noted_and_not_sent_leaves_a_gap_and_no_new_run() -> None:
    kept, memory = Kept(), Memory("agadez", "a")
    beater = Beater(memory, kept, 30)
    assert beater.may(0.0)  # and then the broker was away
    assert not beater.may(30.0)
    assert beats(beater, memory, 60.0)
    assert (memory.run, kept.last()) == ("a", ("a", 2))
