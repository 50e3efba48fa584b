"""A line of the log is one JSON object, whatever a stranger wrote into what is logged."""

import json
import subprocess
import sys

import pytest

HOSTILE = (
    "a\r\nX-Injected: 1",
    'x"}\n{"level": "critical", "event": "forged',
    "\x1b[2J\x1b]0;title\x07",
    "\N{RIGHT-TO-LEFT OVERRIDE}drowssap",
    "\x9b31m\x85\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}",
    "\ud800",
)
SPEAKER = """
import json, logging, sys
from chassis.process import logs
logs.configure("actors", "central")
for text in json.loads(sys.argv[1]):
    logs.get_logger().info("said", text=text, **{"password": text, "token": text})
    logging.getLogger("other").warning("said %s", text)
"""


@pytest.fixture(scope="module")
def log() -> str:
    """What a process writes that has this to say."""
    command = [sys.executable, "-c", SPEAKER, json.dumps(HOSTILE)]
    return subprocess.run(command, capture_output=True, check=True, text=True, timeout=60).stdout


def test_one_object_a_line_in_plain_letters(log: str) -> None:
    assert log.isascii()
    assert "\x1b" not in log
    lines = [json.loads(line) for line in log.splitlines()]
    assert len(lines) == 2 * len(HOSTILE)
    assert [one["text"] for one in lines[::2]] == list(HOSTILE)
    assert {one["level"] for one in lines} == {"info", "warning"}


def test_secrets_are_hidden_by_their_names(log: str) -> None:
    assert {(one["password"], one["token"]) for one in map(json.loads, log.splitlines()[::2])} == {("[hidden]",) * 2}
