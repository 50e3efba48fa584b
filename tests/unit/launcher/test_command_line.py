"""The commands, their help in two languages, and one line for each error."""

import os
import subprocess
from pathlib import Path

import pytest

from launcher import cli
from launcher.environments import ROOT

COMMANDS = (
    "backup",
    "check",
    "down",
    "import-minutes",
    "lag",
    "logs",
    "parked",
    "password",
    "replay",
    "restore",
    "status",
    "test",
    "up",
)


def test_the_help_lists_every_command(capsys: pytest.CaptureFixture[str]):
    assert cli.main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(f"  {name} " in shown for name in COMMANDS)
    assert cli.main([]) == 0
    assert capsys.readouterr().out == shown


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_a_help(name: str, capsys: pytest.CaptureFixture[str]):
    assert cli.main(["help", name]) == 0
    assert f"gtm {name}" in capsys.readouterr().out


def test_an_unknown_command_is_a_misuse(capsys: pytest.CaptureFixture[str]):
    assert cli.main(["upp"]) == 2
    assert "upp" in capsys.readouterr().err


def test_a_setting_that_is_wrong_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setenv("GTM_HTTP_PORT", "eighty")
    assert cli.main(["status"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("gtm: GTM_HTTP_PORT")
    assert shown.err.count("\n") == 1


def test_status_of_nothing_is_json_alone(monkeypatch: pytest.MonkeyPatch, tmp_path, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setenv("GTM_HOME", str(tmp_path / "never"))
    assert cli.main(["status", "--json"]) == 3
    assert capsys.readouterr().out.startswith("{")
    assert not (tmp_path / "never").exists()


def test_down_of_nothing_is_fine(monkeypatch: pytest.MonkeyPatch, tmp_path):
    monkeypatch.setenv("GTM_HOME", str(tmp_path / "never"))
    assert cli.main(["down"]) == 0


def test_a_password_needs_a_node(monkeypatch: pytest.MonkeyPatch, tmp_path, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setenv("GTM_HOME", str(tmp_path / "never"))
    assert cli.main(["password"]) == 1
    assert "./gtm up" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (None, "Python 3.11"),
        ('case "$*" in *version_info*) exit 1;; esac', "Python 3.11"),
        ('case "$*" in *ensurepip*) exit 1;; esac', "apt-get install python3-venv"),
    ],
)
def test_without_a_fit_python_it_says_what_to_install(tmp_path: Path, script: str | None, said: str):
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("sh", "readlink", "dirname", "cat"):
        (tools / name).symlink_to(next(p for p in (Path("/bin", name), Path("/usr/bin", name)) if p.exists()))
    if script:
        (tools / "python3").write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (tools / "python3").chmod(0o755)
    done = subprocess.run([ROOT / "gtm"], env={"PATH": str(tools)}, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    french, english = done.stderr.splitlines()
    assert said in french
    assert said in english


def test_the_first_help_needs_no_environment(tmp_path: Path):
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    subprocess.run(["cp", "-R", ROOT / "gtm", ROOT / "launcher", ROOT / "locks", fresh], check=True)
    done = subprocess.run(
        [fresh / "gtm", "--help"], env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=True
    )
    assert "./gtm up" in done.stdout
    assert not (fresh / ".venv").exists()
