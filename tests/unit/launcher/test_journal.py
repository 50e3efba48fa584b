"""Deaths and restarts are read from the supervisor's log, each told once."""

import json
from pathlib import Path

from launcher.homes import Home, write_json
from launcher.journal import Journal, deaths, happenings, last_lines, since_start

LOG = """2025-03-01 09:12:40,001 INFO spawned: 'actors' with pid 4700
2025-03-01 09:12:41,003 INFO success: actors entered RUNNING state, process has stayed up for > than 1 seconds
2025-03-01 09:12:44,102 WARN exited: actors (terminated by SIGKILL; not expected)
2025-03-01 09:12:45,110 INFO spawned: 'actors' with pid 4711
2025-03-01 09:12:46,000 WARN exited: store (exit status 1; not expected)
2025-03-01 09:12:47,000 INFO stopped: gateway (exit status 0)
"""


def test_the_log_is_read_as_deaths_and_starts():
    found = list(happenings(LOG.splitlines()))
    assert [(one.kind, one.name, one.what) for one in found] == [
        ("spawned", "actors", "4700"),
        ("exited", "actors", "SIGKILL"),
        ("spawned", "actors", "4711"),
        ("exited", "store", "exit status 1"),
    ]
    assert {name: len(many) for name, many in deaths(found).items()} == {"actors": 1, "store": 1}


def test_news_are_told_once_and_in_whole_lines(home: Home):
    path = home.logs / "supervisor.log"
    path.write_text(LOG, encoding="utf-8")
    journal = Journal(home)
    assert journal.news() == []
    with path.open("a", encoding="utf-8") as file:
        file.write(
            "2025-03-01 09:13:00,000 WARN exited: broker (terminated by SIGSEGV; not expected)\n2025-03-01 09:13:01"
        )
    assert [one.name for one in journal.news()] == ["broker"]
    with path.open("a", encoding="utf-8") as file:
        file.write(",000 INFO spawned: 'broker' with pid 5\n")
    assert [one.what for one in journal.news()] == ["5"]
    assert journal.news() == []


def test_a_rotated_log_is_read_from_its_beginning(home: Home):
    path = home.logs / "supervisor.log"
    path.write_text(LOG, encoding="utf-8")
    journal = Journal(home)
    path.write_text("2025-03-01 09:13:00,000 WARN exited: broker (exit status 2; not expected)\n", encoding="utf-8")
    assert [one.name for one in journal.news()] == ["broker"]


def test_only_this_start_counts(home: Home):
    (home.logs / "supervisor.log").write_text(LOG + LOG, encoding="utf-8")
    write_json(home.run / "node.json", {"journal_offset": len(LOG.encode())})
    assert len(deaths(since_start(home))["actors"]) == 1


def test_last_lines_are_what_a_person_can_take_in(tmp_path: Path):
    crash = {"level": "error", "event": "service.crash", "exception": "Traceback…\n  File x\nKeyError: 'y'"}
    path = tmp_path / "actors.log"
    path.write_text("first\n" + "x" * 9000 + "\n" + json.dumps(crash) + "\n{half\n", encoding="utf-8")
    lines = last_lines(path, 3)
    assert lines[1:] == ["error: service.crash — KeyError: 'y'", "{half"]
    assert len(lines[0]) == 300
    assert last_lines(tmp_path / "none.log", 3) == []
