"""The virtual environments of a checkout: `.venv/<kind>-<key>`, one for each lock file of `locks/`.

The key is a hash of the lock file and of the Python that made it. An environment is built in its place under a file
lock and counts only once its mark is written, which is the last step: one that was interrupted is built anew. The
mark holds the path, because an environment that was moved no longer finds its own programs. Standard library only.
"""

import contextlib
import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from launcher import texts

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".venv"
LAST_LINES = 12  # of pip's output, shown when it failed

# Everything is pinned with its hash: nothing is resolved, nothing is compiled, what is not named is not fetched.
PIP_INSTALL = (
    *("-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--no-deps", "--require-hashes"),
    *("--only-binary", ":all:", "--no-warn-script-location", "--progress-bar", "off", "-r"),
)


class EnvironmentMakingError(Exception):
    """The environment could not be made; the message says why, to a person."""


@dataclass(frozen=True)
class Environment:
    """A virtual environment, there or not."""

    kind: str
    path: Path

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.path / "bin" / "python"

    @property
    def complete(self) -> bool:
        """Whether it was built to the end, at this very place, and its Python is still installed."""
        mark = self.path / "complete"
        return mark.is_file() and mark.read_text(encoding="utf-8") == str(self.path) and self.python.exists()


def environment(kind: str) -> Environment:
    """Where the environment of a kind (runtime, dev, store) belongs."""
    made_by = f"{platform.python_implementation()} {sys.version_info[:2]} {platform.machine()} {sys.base_prefix}"
    key = hashlib.sha256(_lock_file(kind).read_bytes() + made_by.encode()).hexdigest()[:12]
    return Environment(kind, FOLDER / f"{kind}-{key}")


def ensure(kind: str) -> Environment:
    """The environment of a kind, built now if need be. Raises: EnvironmentMakingError."""
    wanted = environment(kind)
    if wanted.complete:
        return wanted
    try:
        FOLDER.mkdir(exist_ok=True)
        with _alone(FOLDER / f"{wanted.path.name}.lock"):
            if not wanted.complete:  # another gtm may have made it while this one waited
                _build(wanted)
    except OSError as error:
        raise EnvironmentMakingError(texts.say("venv-unwritable", folder=FOLDER, reason=error.strerror)) from error
    return wanted


def _lock_file(kind: str) -> Path:
    return ROOT / "locks" / f"{kind}.txt"


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _tell(texts.say("venv-waiting"))
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _build(wanted: Environment) -> None:
    started = time.monotonic()
    _tell(texts.say("venv-making", kind=wanted.kind))
    shutil.rmtree(wanted.path, ignore_errors=True)
    _run([sys.executable, "-m", "venv", str(wanted.path)], total=0)
    lock = _lock_file(wanted.kind)
    total = sum("==" in line for line in lock.read_text(encoding="utf-8").splitlines())
    _run([str(wanted.python), *PIP_INSTALL, str(lock)], total=total)
    mark = wanted.path / "complete.new"
    mark.write_text(str(wanted.path), encoding="utf-8")
    os.sync()  # the mark must not reach the disk before what it vouches for
    mark.replace(wanted.path / "complete")
    _tell(texts.say("venv-made", seconds=round(time.monotonic() - started)))


def _run(command: list[str], *, total: int) -> None:
    """Run a step, counting the packages that pip reports; on failure its last lines are the reason."""
    cleared = {
        name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "PYTHONPATH", "PIP_USER")
    }
    last: deque[str] = deque(maxlen=LAST_LINES)
    done = 0
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=cleared, text=True
    ) as process:
        for line in process.stdout or ():
            last.append(line.rstrip())
            if line.startswith(("Collecting ", "Processing ")):
                done += 1
                _count(done, total)
    if sys.stderr.isatty() and total:
        print("\r\033[K", end="", file=sys.stderr)
    if process.returncode:
        raise EnvironmentMakingError("\n".join([texts.say("venv-failed"), *last, texts.say("venv-remedy")]))


def _count(done: int, total: int) -> None:
    if sys.stderr.isatty() and total:
        print(f"\r\033[K  {min(done, total)}/{total}", end="", file=sys.stderr, flush=True)


def _tell(message: str) -> None:
    # Never on standard output: `status --json` prints JSON alone, on a fresh checkout too.
    print(message, file=sys.stderr, flush=True)
