"""A log is followed line by line, over its rotation."""

from pathlib import Path

from launcher.following import Tail


def test_the_end_then_what_comes(tmp_path: Path):
    path = tmp_path / "actors.log"
    path.write_text("one\ntwo\nthree\n", encoding="utf-8")
    tail = Tail(path, "actors")
    assert tail.last(2) == ["actors        | two", "actors        | three"]
    assert tail.news() == []
    with path.open("a", encoding="utf-8") as file:
        file.write("four\nfi")
    assert tail.news() == ["actors        | four"]
    with path.open("a", encoding="utf-8") as file:
        file.write("ve\n")
    assert tail.news() == ["actors        | five"]


def test_a_rotation_is_noticed(tmp_path: Path):
    path = tmp_path / "actors.log"
    path.write_text("old\n", encoding="utf-8")
    tail = Tail(path)
    tail.last(1)
    path.rename(tmp_path / "actors.log.1")
    path.write_text("new and longer than before\n", encoding="utf-8")
    assert tail.news() == ["new and longer than before"]


def test_a_log_that_comes_later_is_waited_for(tmp_path: Path):
    tail = Tail(tmp_path / "later.log")
    assert tail.last(5) == []
    assert tail.news() == []
    (tmp_path / "later.log").write_text("there\n", encoding="utf-8")
    assert tail.news() == ["there"]
