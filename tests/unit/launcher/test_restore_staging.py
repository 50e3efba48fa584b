"""Putting a restored node in its place may be interrupted at any step, and nothing that was there is deleted."""

from dataclasses import replace
from pathlib import Path

import pytest

from launcher import programs
from launcher.backup.staging import Staging, data_in
from launcher.homes import Home
from launcher.settings import Settings

OLD, NEW = ("keys", "store", "mail"), ("incarnation", "keys", "store")


def fill(folder: Path, names: tuple[str, ...], text: str) -> None:
    for name in names:
        (folder / name).write_text(text)


def staged(home: Home, old: tuple[str, ...] = OLD) -> Staging:
    fill(home.path, old, "old")
    made = Staging(home)
    made.begin()
    fill(made.node.path, NEW, "new")
    made.seal("backup")
    return made


def contents(folder: Path, names: list[str] | tuple[str, ...]) -> dict[str, str]:
    return {name: (folder / name).read_text() for name in names}


def test_an_empty_home_gets_the_node(home: Home):
    assert staged(home, ()).place() is None
    assert contents(home.path, data_in(home)) == dict.fromkeys(NEW, "new")
    assert not home.restoring.exists()


def test_what_was_there_goes_aside_whole(home: Home):
    home.secret("broker")
    aside = staged(home).place()
    assert aside is not None
    assert contents(aside, OLD) == dict.fromkeys(OLD, "old")
    assert contents(home.path, data_in(home)) == dict.fromkeys(NEW, "new")
    assert (home.path / "secrets" / "broker").exists()


@pytest.mark.parametrize("steps", range(len(OLD) + len(NEW) + 2))
def test_interrupted_anywhere_it_is_taken_up_again(home: Home, monkeypatch: pytest.MonkeyPatch, steps: int):
    made, rename, left = staged(home), Path.rename, [steps]

    def until_killed(path: Path, target: Path) -> Path:
        if left[0] == 0:
            raise KeyboardInterrupt
        left[0] -= 1
        return rename(path, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", until_killed)
        try:
            made.place()
        except KeyboardInterrupt:
            assert home.restoring.exists()
    if home.restoring.exists():
        Staging(home).place()
    (aside,) = home.path.glob("replaced-*")
    assert contents(aside, OLD) == dict.fromkeys(OLD, "old")
    assert contents(home.path, data_in(home)) == dict.fromkeys(NEW, "new")


def test_a_half_made_node_is_made_anew_under_the_same_token(home: Home):
    first = Staging(home)
    first.begin()
    token = first.token
    fill(first.node.path, ("store",), "half")
    again = Staging(home)
    again.begin()
    assert again.token == token
    assert data_in(again.node) == []


def test_giving_up_leaves_nothing(home: Home):
    fill(home.path, OLD, "old")
    made = Staging(home)
    made.begin()
    made.discard()
    assert contents(home.path, data_in(home)) == dict.fromkeys(OLD, "old")
    assert not home.restoring.exists()


def test_the_incarnation_reaches_the_processes(settings: Settings, home: Home):
    assert programs.shared_environment(settings)["GTM_INCARNATION"] == "1"
    (home.path / "incarnation").write_text("4")
    stale = replace(settings, environ={**settings.environ, "GTM_INCARNATION": "2"})
    assert programs.shared_environment(stale)["GTM_INCARNATION"] == "4"
