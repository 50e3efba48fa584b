"""A program takes the place of the process that supervisor started: same pid, its own environment and folder."""

import json
import subprocess
import sys
from pathlib import Path

from launcher.environments import ROOT
from launcher.programs import Program
from tests.integration.eventually import eventually

TELL = "import json, os; print(json.dumps([os.getpid(), os.getcwd(), dict(os.environ), os.umask(0)]))"
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "CALLER": "1"}
CHILD = [sys.executable, "-P", "-m", "launcher.child"]


def written(folder: Path, program: Program) -> Path:
    (folder / "programs").mkdir()
    (folder / "programs" / f"{program.name}.json").write_text(json.dumps(program.job({"MARK": "m"})), encoding="utf-8")
    return folder


def test_it_becomes_the_program(tmp_path: Path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    odd = 'it\'s "50 %" #1; é'
    program = Program(name="actors", argv=[sys.executable, "-c", TELL], env={"ODD": odd}, cwd=elsewhere)
    run = written(tmp_path, program)
    process = subprocess.Popen([*CHILD, "actors"], cwd=run, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)
    told, _ = process.communicate(timeout=20)
    pid, folder, environ, umask = json.loads(told)
    assert pid == process.pid
    assert folder == str(elsewhere)
    assert umask == 0o077
    assert environ["ODD"] == odd
    assert environ["MARK"] == "m"
    assert "CALLER" not in environ


def test_a_tied_program_ends_with_its_parent(tmp_path: Path):
    asleep = [sys.executable, "-c", "import time; print(1, flush=True); time.sleep(60)"]
    run = written(tmp_path, Program(name="x", argv=asleep, env={}, cwd=tmp_path, tied=True))
    code = f"import subprocess, time; p = subprocess.Popen({[*CHILD, 'x']!r}); print(p.pid, flush=True); time.sleep(60)"
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=run, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert parent.stdout.readline() == "1\n"
        parent.kill()
    eventually(lambda: not _lives(pid), within=10)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").split()[2] not in "ZX"
    except OSError:
        return False
