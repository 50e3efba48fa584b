"""`gtm test` runs everything but the long targets, unless it is told what to run; the caller's node is not touched."""

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from launcher import ports, testing
from launcher.environments import ROOT
from launcher.errors import LauncherError, SettingError
from launcher.settings import Settings


def test_by_default_all_but_the_long_targets():
    assert testing.command([])[3:] == list(testing.FOLDERS)
    assert testing.command(["-k", "import"])[3:] == ["-k", "import", *testing.FOLDERS]


def test_every_folder_of_tests_is_run_or_a_target_of_its_own():
    there = {f"tests/{folder.name}" for folder in (ROOT / "tests").iterdir() if any(folder.glob("**/test_*.py"))}
    assert there <= {*testing.FOLDERS, "tests/compose"}


def test_what_is_named_is_run_alone():
    named = "tests/unit/launcher/test_ports.py::test_a_taken_port_is_named"
    assert testing.command(["-x", named])[3:] == ["-x", named]


def test_unit_tests_start_nothing_and_see_nothing_of_the_callers_node(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GTM_MONGO_URI", "mongodb://production/")
    monkeypatch.setenv("GTM_TEST_PORT", "9999")
    seen: dict[str, str] = {}

    def run(_arguments: object, environ: dict[str, str]) -> int:
        seen.update(environ)
        return 5

    monkeypatch.setattr(testing, "_pytest", run)
    monkeypatch.setattr(testing, "_prepare_machine", lambda _given: pytest.fail("nothing is needed"))
    assert testing.run(["tests/unit"]) == 5
    assert "GTM_MONGO_URI" not in seen
    assert seen["GTM_TEST_PORT"] == "9999"
    assert seen["PATH"] == os.environ["PATH"]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> list[tuple[list[str], int]]:
    """What pytest was asked, and how many stores there were for it; nothing is started."""
    found: list[tuple[list[str], int]] = []
    stores: list[int] = []

    @contextmanager
    def place(_given: object):
        testing._scratch(settings.home.path).mkdir()
        yield settings

    @contextmanager
    def backings(_settings: object, _given: object, number: int):
        stores.append(number)
        yield {}

    def run(arguments: list[str], _environ: object, **_how: bool) -> int:
        found.append((list(arguments), stores.pop()))
        return 0

    monkeypatch.setattr(testing, "_prepare_machine", lambda _given: None)
    monkeypatch.setattr(testing, "_free_place", place)
    monkeypatch.setattr(testing, "_backings", backings)
    monkeypatch.setattr(testing, "_pytest", run)
    return found


def test_everything_is_run_side_by_side_with_a_store_each(asked: list[object], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GTM_TEST_WORKERS", "4")
    assert testing.run([]) == 0
    assert asked == [(["-n4"], 4)]


def test_one_worker_or_words_for_pytest_is_pytest_as_it_is(asked: list[object], monkeypatch: pytest.MonkeyPatch):
    assert testing.run(["-k", "import"]) == 0
    monkeypatch.setenv("GTM_TEST_WORKERS", "1")
    assert testing.run([]) == 0
    assert asked == [(["-k", "import"], 1), ([], 1)]


@pytest.mark.parametrize("number", ["0", "7", "many"])
def test_a_number_of_workers_that_cannot_be_is_refused(monkeypatch: pytest.MonkeyPatch, number: str):
    monkeypatch.setenv("GTM_TEST_WORKERS", number)
    with pytest.raises(SettingError, match="GTM_TEST_WORKERS"):
        testing.run([])


@pytest.mark.parametrize("how", ["named", "inside"])
def test_what_killed_tests_left_is_ended_and_nothing_else(tmp_path: Path, how: str):
    scratch = tmp_path / "8980.tmp"
    scratch.mkdir()
    deaf = "import signal, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", deaf if how == "named" else "print(1, flush=True); input()"]
    given = {"env": os.environ | {"HERE": f"{scratch}/node"}} if how == "named" else {"cwd": scratch}
    with (
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **given) as left,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=tmp_path) as other,
    ):
        try:
            for one in (left, other):
                assert one.stdout is not None
                one.stdout.readline()
            testing._end_what_is_left(scratch, within=0.5)
            assert left.wait(60) != 0
            assert other.poll() is None
        finally:
            left.kill()
            other.kill()


def test_no_free_range_of_ports_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path):
    monkeypatch.setattr(testing, "ROOT", tmp_path)
    monkeypatch.setattr(ports, "is_free", lambda _host, _port: False)
    monkeypatch.setattr(testing, "TRIES", 3)
    with pytest.raises(LauncherError) as caught, testing._free_place({}):
        pass
    assert "GTM_TEST_PORT" in str(caught.value)
