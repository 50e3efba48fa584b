"""How the smoke test speaks to the composed node: over HTTP, by Compose, by Docker; every wait has an end."""

import json
import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
REQUEST_SECONDS = 30
COMMAND_SECONDS = 400

token = ""


class SmokeError(Exception):
    """Something is not as it should be; the message says what."""


def check(holds: object, otherwise: str) -> None:
    """Raises: SmokeError."""
    if not holds:
        raise SmokeError(otherwise)


def call(
    method: str, path: str, body: Any = None, *, base: str = "", kind: str = "application/json", **options: bool
) -> tuple[int, Any]:
    """Status and JSON of an answer; 0 where there was none. `token=False` sends no token."""
    data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    request = urllib.request.Request((base or os.environ["GTM_TEST_URL"]) + path, data, method=method)
    if data is not None:
        request.add_header("Content-Type", kind)
    if options.get("token", True):
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=REQUEST_SECONDS) as answer:
            return answer.status, _read(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, _read(error.read())
    except OSError as error:
        return 0, repr(error)


def _read(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return content[:300]


def compose(*arguments: str) -> str:
    """Run Compose on the node. Raises: SmokeError."""
    return _run(os.environ["GTM_TEST_COMPOSE"], "--project-directory", str(ROOT), *arguments)


def docker(*arguments: str) -> str:
    """Run Docker. Raises: SmokeError."""
    return _run("docker", *arguments)


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=COMMAND_SECONDS)
    check(done.returncode == 0, f"{' '.join(command[-4:])}: {done.stderr[-600:]}")
    return done.stdout.strip()


def wait(what: str, seconds: float, test: Callable[[], Any], why: Callable[[], str] = str) -> Any:
    """What the test gives once it is true. Raises: SmokeError when that takes too long."""
    until = time.monotonic() + seconds
    while True:
        found = test()
        if found:
            return found
        check(time.monotonic() < until, f"{what}: not within {seconds} s {why()}")
        time.sleep(0.5)
