"""Files in pieces: the window, the smallest first, going on after a cut, whatever comes in whatever order."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.kernel.pieces import PIECE, WINDOW, Progress, length_of, pieces_of, share_out


@pytest.mark.parametrize(("size", "pieces", "last"), [(1, 1, 1), (PIECE, 1, PIECE), (PIECE + 1, 2, 1)])
def test_a_file_has_so_many_pieces(size: int, pieces: int, last: int) -> None:
    assert pieces_of(size) == pieces
    assert length_of(pieces - 1, size) == last
    assert length_of(pieces, size) == length_of(-1, size) == 0


@given(size=st.integers(1, 20 * PIECE), seed=st.integers(0, 1000))
def test_all_pieces_come_once_each_in_any_order_with_cuts(size: int, seed: int) -> None:
    chance, progress, came = random.Random(seed), Progress(size), []
    for _ in range(2000):
        progress, numbers = progress.ask(WINDOW - len(progress.asked))
        assert len(progress.asked) <= WINDOW
        assert not [one for one in numbers if progress.has(one)]
        if chance.random() < 0.3:
            progress = progress.again()  # none of them came
            continue
        number = chance.choice(progress.asked)
        came.append(number)
        progress = progress.took(number)
        assert progress.held == sum(length_of(one, size) for one in set(came))
        if progress.whole:
            break
    assert sorted(came) == list(range(pieces_of(size)))
    assert (progress.held, progress.asked, progress.beyond) == (size, (), ())


def test_a_small_file_overtakes_a_large_one_under_way() -> None:
    large = Progress(10 * PIECE, prefix=3, asked=(3,))
    asked = share_out([("large", large), ("small", Progress(1)), ("middle", Progress(2 * PIECE))])
    assert [(name, numbers) for name, _, numbers in asked] == [("small", (0,))]
    assert [name for name, _, _ in share_out([("large", large.again()), ("small", Progress(1))])] == ["small", "large"]
    assert share_out([("large", Progress(10 * PIECE, asked=(0, 1))), ("small", Progress(1))]) == []
