"""What PDFs need of the system: installed where we may, else named in one line, and the node starts all the same."""

from pathlib import Path

import pytest

from launcher import packages, printing, progress
from launcher.errors import LauncherError


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """A machine without Pango and fonts; what it was warned of."""
    told: list[str] = []
    monkeypatch.setattr(printing, "LIBRARIES", {"libpango-1.0-0": "libnot-there.so.0"})
    monkeypatch.setattr(printing, "FONTS", tmp_path)
    monkeypatch.setattr(progress, "warn", lambda code, **params: told.append(f"{code} {params['names']}"))
    return told


def test_it_is_installed_where_we_may(bare: list[str], monkeypatch: pytest.MonkeyPatch):
    asked: list[list[str]] = []
    monkeypatch.setattr(packages, "install", lambda names, missing: asked.append(list(names)))
    printing.prepare()
    assert asked == [["libpango-1.0-0", "fonts-dejavu-core"]]
    assert bare == []


@pytest.mark.parametrize("code", ["printing-missing", "package-failed"])
def test_where_it_is_not_one_line_names_it(bare: list[str], monkeypatch: pytest.MonkeyPatch, code: str):
    def fails(_names: list[str], missing: str) -> None:
        raise LauncherError(code, names=missing, reason="no network")

    monkeypatch.setattr(packages, "install", fails)
    printing.prepare()
    assert bare == ["printing-missing libpango-1.0-0 fonts-dejavu-core"]


def test_what_is_there_is_not_asked_for(bare: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(printing, "LIBRARIES", {"libc6": "libc.so.6"})
    (tmp_path / "any").mkdir()
    (tmp_path / "any" / "One.ttf").touch()
    assert printing.missing() == []
