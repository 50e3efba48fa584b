"""Becomes a process of the node: `python -m launcher.child NAME`, in GTM_HOME/run, reads programs/NAME.json.

Supervisor's own settings could say all this but not hold it: there an environment variable may not contain quotes,
and a secret would stand in one more file. The process keeps its pid: what supervisor started is what runs.
"""

import ctypes
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main(name: str) -> None:
    """Take on the environment, the folder and the name of the program. Never returns."""
    program: dict[str, Any] = json.loads((Path("programs") / f"{name}.json").read_text(encoding="utf-8"))
    os.umask(0o077)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)  # a caller that ignores them (nohup) must not teach it to the node
    os.chdir(program["cwd"])
    if program["tied"]:
        end_with_parent()
    os.execvpe(program["argv"][0], program["argv"], program["env"])  # noqa: S606 (the list is the launcher's own)


def end_with_parent() -> None:
    """Ask the kernel for SIGTERM when the process that started us ends, however it ends."""
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it ended before we asked
        sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1])
