"""While packages are installed their services do not start, and a policy that was there stays."""

from pathlib import Path

import pytest

from launcher import packages
from launcher.errors import LauncherError


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine whose apt-get writes down how it was called and which policy was in force."""
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    called = f'echo "$@" >> {tmp_path}/calls; /bin/cat {tmp_path}/policy-rc.d >> {tmp_path}/policy 2>/dev/null'
    (bin_folder / "apt-get").write_text(f"#!/bin/sh\n{called}; exit 0\n", encoding="utf-8")
    (bin_folder / "apt-get").chmod(0o755)
    (tmp_path / "lists").mkdir()
    monkeypatch.setenv("PATH", str(bin_folder))
    monkeypatch.setattr(packages, "POLICY", tmp_path / "policy-rc.d")
    monkeypatch.setattr(packages, "LISTS", tmp_path / "lists")
    monkeypatch.setattr(packages, "can_install", lambda: True)
    return tmp_path


def test_it_says_so_refreshes_the_lists_and_installs(machine: Path, capsys: pytest.CaptureFixture[str]):
    packages.install(["rabbitmq-server"], missing="broker-missing")
    assert "rabbitmq-server" in capsys.readouterr().err
    calls = (machine / "calls").read_text("utf-8").splitlines()
    assert calls[0].endswith("update")
    assert calls[1].endswith("install -y --no-install-recommends rabbitmq-server")


def test_services_may_not_start_meanwhile_and_the_policy_is_removed(machine: Path):
    packages.install(["rabbitmq-server"], missing="broker-missing")
    assert "exit 101" in (machine / "policy").read_text("utf-8")
    assert not (machine / "policy-rc.d").exists()


def test_somebody_elses_policy_stays(machine: Path):
    (machine / "policy-rc.d").write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
    packages.install(["chromium"], missing="broker-missing")
    assert (machine / "policy-rc.d").read_text("utf-8") == "#!/bin/sh\nexit 0\n"


def test_a_failure_shows_what_apt_said(machine: Path):
    (machine / "bin" / "apt-get").write_text("#!/bin/sh\necho E: no network; exit 100\n", encoding="utf-8")
    with pytest.raises(LauncherError) as caught:
        packages.install(["chromium"], missing="broker-missing")
    assert "no network" in str(caught.value)
    assert not (machine / "policy-rc.d").exists()


def test_without_the_right_it_only_says_what_is_missing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(packages, "can_install", lambda: False)
    with pytest.raises(LauncherError) as caught:
        packages.install(["rabbitmq-server"], missing="broker-missing")
    assert caught.value.code == "broker-missing"
