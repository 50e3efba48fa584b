"""A virtual environment is used only if it was built to the end, in its place, from this very lock file."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from launcher import environments
from launcher.environments import Environment, EnvironmentMakingError


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose lock file names nothing, so that an environment of it takes a second or two to make."""
    (tmp_path / "locks").mkdir()
    (tmp_path / "locks" / "runtime.txt").write_text("# nothing\n", encoding="utf-8")
    monkeypatch.setattr(environments, "ROOT", tmp_path)
    monkeypatch.setattr(environments, "FOLDER", tmp_path / ".venv")
    return tmp_path


def is_complete(wanted: Environment) -> bool:
    return wanted.complete


def faked(wanted: Environment, *, mark: bool = True) -> None:
    wanted.python.parent.mkdir(parents=True, exist_ok=True)
    wanted.python.write_text("", encoding="utf-8")
    if mark:
        (wanted.path / "complete").write_text(str(wanted.path), encoding="utf-8")


def test_the_key_follows_the_lock_file(checkout: Path):
    before = environments.environment("runtime").path
    (checkout / "locks" / "runtime.txt").write_text("click==8\n", encoding="utf-8")
    assert environments.environment("runtime").path != before
    assert before.parent == checkout / ".venv"


def test_it_is_made_once_and_runs(checkout: Path):
    made = environments.ensure("runtime")
    assert made.complete
    mark = made.path / "complete"
    first = mark.stat().st_mtime_ns
    assert subprocess.run([made.python, "-c", "import pip"], check=True).returncode == 0
    environments.ensure("runtime")
    assert mark.stat().st_mtime_ns == first


def test_an_interrupted_one_is_built_anew(checkout: Path, monkeypatch: pytest.MonkeyPatch):
    wanted = environments.environment("runtime")
    wanted.path.mkdir(parents=True)
    (wanted.path / "half").write_text("", encoding="utf-8")
    monkeypatch.setattr(environments, "_run", lambda *_, **__: faked(wanted, mark=False))
    assert not is_complete(wanted)
    environments.ensure("runtime")
    assert is_complete(wanted)
    assert not (wanted.path / "half").exists()


def test_one_that_was_moved_does_not_count(checkout: Path, tmp_path: Path):
    wanted = environments.environment("runtime")
    faked(wanted)
    assert wanted.complete
    moved = wanted.path.rename(checkout / ".venv" / "elsewhere")
    assert not Environment("runtime", moved).complete


def test_one_whose_python_was_removed_does_not_count(checkout: Path):
    wanted = environments.environment("runtime")
    faked(wanted)
    wanted.python.unlink()
    assert not wanted.complete


def test_two_at_once_build_one(checkout: Path, monkeypatch: pytest.MonkeyPatch):
    built: list[str] = []
    entered = threading.Event()

    def build(wanted: Environment) -> None:
        built.append(wanted.kind)
        entered.wait(1)
        faked(wanted)

    monkeypatch.setattr(environments, "_build", build)
    both = [threading.Thread(target=environments.ensure, args=["runtime"]) for _ in range(2)]
    for one in both:
        one.start()
    entered.set()
    for one in both:
        one.join(10)
    assert built == ["runtime"]


def test_a_failure_shows_what_pip_said_and_what_to_do():
    fails = [sys.executable, "-c", "import sys; print('ERROR: no such package'); sys.exit(1)"]
    with pytest.raises(EnvironmentMakingError) as caught:
        environments._run(fails, total=3)
    assert "no such package" in str(caught.value)
    assert "PyPI" in str(caught.value)


def test_every_package_is_installed_by_its_hash_and_nothing_else():
    assert {"--require-hashes", "--no-deps", ":all:"} <= set(environments.PIP_INSTALL)


def test_a_folder_that_cannot_be_written_is_named(checkout: Path):
    (checkout / ".venv").write_text("in the way", encoding="utf-8")
    with pytest.raises(EnvironmentMakingError) as caught:
        environments.ensure("runtime")
    assert str(checkout / ".venv") in str(caught.value)


def test_nothing_but_the_standard_library_is_needed_to_get_there():
    code = "import sys, launcher.environments, launcher.texts; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(environments.ROOT)!r}); {code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert loaded - set(sys.stdlib_module_names) - {"__main__"} == {"launcher"}
