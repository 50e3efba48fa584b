"""GTM_HOME is its owner's alone, and a secret is made once."""

import os
from pathlib import Path

from launcher.homes import Home, write_json, write_private


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_new_home_can_be_entered_by_its_owner_alone(tmp_path: Path):
    before = os.umask(0)
    try:
        home = Home(tmp_path / "deep" / "home")
        home.make()
        home.secret("broker")
    finally:
        os.umask(before)
    folders = [home.path, home.run, home.logs, home.path / "secrets", home.run / "programs"]
    assert {mode(folder) for folder in folders} == {0o700}
    assert mode(home.path / "secrets" / "broker") == 0o600


def test_a_home_that_is_there_keeps_its_mode(tmp_path: Path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home").chmod(0o750)
    Home(tmp_path / "home").make()
    assert mode(tmp_path / "home") == 0o750


def test_a_secret_is_made_once_and_long(home: Home):
    first = home.secret("broker")
    assert home.secret("broker") == first
    assert home.secret("supervisor") != first
    assert len(first) >= 32


def test_a_file_is_replaced_whole_and_private(home: Home):
    path = home.path / "x.json"
    write_private(path, "before")
    path.chmod(0o644)
    write_json(path, {"après": 1})
    assert mode(path) == 0o600
    assert [one.name for one in home.path.iterdir() if one.name.startswith(".")] == []


def test_a_home_that_was_never_started_has_no_record(home: Home):
    assert home.record() == {}
    assert home.program("gateway") == {}
