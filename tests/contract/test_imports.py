"""The architecture is a failing build, not a picture: the contracts of .importlinter hold."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LINT = Path(sys.executable).with_name("lint-imports")


def test_imports_go_where_they_may() -> None:
    told = subprocess.run([LINT, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout[-3000:]
    assert " 0 broken" in told.stdout


def test_a_service_that_reaches_into_another_would_be_found(tmp_path: Path) -> None:
    """The same contracts, on a copy with one wrong import."""
    for name in ("services", "gateway", "chassis"):
        subprocess.run(["cp", "-r", str(ROOT / name), str(tmp_path)], check=True)
    (tmp_path / ".importlinter").write_text((ROOT / ".importlinter").read_text(encoding="utf-8"), encoding="utf-8")
    wrong = tmp_path / "services" / "meetings" / "handlers" / "minutes.py"
    reaching = "from services.actors.domain.group import Group as Other  # noqa: F401\n"
    wrong.write_text(wrong.read_text(encoding="utf-8") + reaching, encoding="utf-8")
    told = subprocess.run([LINT, "--no-cache"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert told.returncode != 0
    assert "services.meetings.handlers.minutes" in told.stdout
