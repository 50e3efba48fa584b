"""The lists of what was erased: beside the backups, and from there, or from the home before, into a restored one."""

import os
from pathlib import Path

from chassis.process.erasures import FOLDER, append, lines_of
from launcher.backup import erasures

ONE, TWO = ({"record": name, "at": "2026-01-01T00:00:00Z", "reason": "asked"} for name in ("one", "two"))
NAME = "actors.focal_point.jsonl"


def test_what_was_erased_after_a_backup_comes_into_what_is_restored_of_it(tmp_path: Path) -> None:
    home, backup = tmp_path / "home", tmp_path / "backups" / "gtm-central-1.backup"
    append(home / FOLDER / NAME, [ONE])
    erasures.put_beside(home, backup, "central")
    append(home / FOLDER / NAME, [TWO])
    for _ in range(2):
        erasures.put_beside(home, backup.with_name("gtm-central-2.backup"), "central")
    beside = erasures.beside(backup, "central")
    assert lines_of(beside / FOLDER / NAME) == [ONE, TWO]
    restored, aside = tmp_path / "restored", tmp_path / "aside"
    append(aside / FOLDER / "gateway.account.jsonl", [TWO])
    erasures.bring(restored, (aside, beside, tmp_path / "nowhere"))
    assert lines_of(restored / FOLDER / NAME) == [ONE, TWO]
    assert lines_of(restored / FOLDER / "gateway.account.jsonl") == [TWO]


def test_a_line_that_was_cut_spoils_no_other(tmp_path: Path) -> None:
    path = tmp_path / NAME
    append(path, [ONE])
    with path.open("a") as file:
        file.write('{"record": "cut", "rea')
    append(path, [TWO])
    assert lines_of(path) == [ONE, TWO]
    assert path.stat().st_mode & 0o777 == 0o600


def test_backups_beyond_their_time_are_named(tmp_path: Path) -> None:
    old, new = tmp_path / "gtm-central-1.backup", tmp_path / "gtm-central-2.backup"
    for path in (old, new, tmp_path / "gtm-agadez-1.backup"):
        path.touch()
    for path in (old, tmp_path / "gtm-agadez-1.backup"):
        os.utime(path, (0, 0))
    assert erasures.outlived(new, "central", 90) == [old]
