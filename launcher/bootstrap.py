"""From a bare Python to the launcher: makes the virtual environment if there is none yet, then becomes the launcher.

Runs before anything is installed: the standard library and the two modules beside it, nothing else.
"""

import os
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)

from launcher import environments, texts  # noqa: E402 (only found once the checkout is on the path)

DEVELOPERS = ("test", "check")
HELP = ("help", "--help", "-h")


def main(arguments: list[str]) -> int:
    """Hand over to `python -m launcher` in the environment that the command needs; returns only if it need not."""
    kind = "dev" if arguments[:1] and arguments[0] in DEVELOPERS else "runtime"
    if not environments.environment(kind).complete and (not arguments or arguments[0] in HELP):
        print(texts.say("help-before-install"))
        return 0
    try:
        python = environments.ensure(kind).python
    except environments.EnvironmentMakingError as error:
        print(f"gtm: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"\ngtm: {texts.say('interrupted')}", file=sys.stderr)
        return 130
    return _become([str(python), "-P", "-m", "launcher", *arguments])


def _become(command: list[str]) -> NoReturn:
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "VIRTUAL_ENV")}
    # The command may be given from any folder: with -P the checkout is searched, never the folder one stands in.
    os.execve(command[0], command, kept | {"PYTHONPATH": str(ROOT)})  # noqa: S606 (no shell is wanted)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
