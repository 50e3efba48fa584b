"""`gtm test` runs everything but the long targets, unless it is told what to run; the caller's node is not touched."""

import os

import pytest

from launcher import ports, testing
from launcher.environments import ROOT
from launcher.errors import LauncherError


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


def test_no_free_range_of_ports_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path):
    monkeypatch.setattr(testing, "ROOT", tmp_path)
    monkeypatch.setattr(ports, "is_free", lambda _host, _port: False)
    monkeypatch.setattr(testing, "TRIES", 3)
    with pytest.raises(LauncherError) as caught, testing._free_place({}):
        pass
    assert "GTM_TEST_PORT" in str(caught.value)
