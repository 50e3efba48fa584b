"""Policy: no broker, no store, no supervisor. Real files, real ports and a few short-lived processes of our own."""

from pathlib import Path

import pytest

from launcher.homes import Home
from launcher.settings import Settings


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty GTM_HOME."""
    made = Home(tmp_path / "home")
    made.make()
    return made


@pytest.fixture
def settings(home: Home) -> Settings:
    """The settings of a node in that home, in French, with a password in its environment."""
    environ = {"GTM_HOME": str(home.path), "GTM_ADMIN_PASSWORD": "secret-of-the-admin", "PATH": "/usr/bin:/bin"}
    return Settings.from_environment(environ)


@pytest.fixture(autouse=True)
def french(monkeypatch: pytest.MonkeyPatch) -> None:
    """People are spoken to in French, whatever the machine is set to."""
    monkeypatch.setenv("GTM_LANGUAGE", "fr")
