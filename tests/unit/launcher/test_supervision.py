"""What supervisord is told: restart for ever, keep the logs small, start nothing by itself, know one secret."""

import configparser
from pathlib import Path

from launcher.programs import Program
from launcher.supervise import _configuration

PROGRAMS = [
    Program(
        name=name, argv=["/bin/true", "--password=argument"], env={"S": "environment"}, cwd=Path("/x"), stop_seconds=7
    )
    for name in ("epmd", "broker", "actors")
]


def read() -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser()
    parser.read_string(_configuration(8087, "own-password", PROGRAMS))
    return parser


def test_each_program_is_restarted_for_ever_and_started_only_when_told():
    told = read()
    for program in PROGRAMS:
        section = told[f"program:{program.name}"]
        assert section["autostart"] == "false"
        assert section["autorestart"] == "true"
        assert int(section["startretries"]) > 10**8
        assert section["stopwaitsecs"] == "7"


def test_logs_are_rotated():
    told = read()
    for program in PROGRAMS:
        section = told[f"program:{program.name}"]
        assert (section["stdout_logfile_maxbytes"], section["stdout_logfile_backups"]) == ("5MB", "3")
    assert told["supervisord"]["logfile_maxbytes"] == "5MB"


def test_what_starts_first_stops_last():
    told = read()
    places = [int(told[f"program:{name}"]["priority"]) for name in ("epmd", "broker", "actors")]
    assert places == sorted(places)


def test_it_listens_on_the_loopback_address_with_a_password():
    assert read()["inet_http_server"]["port"] == "127.0.0.1:8087"
    assert read()["inet_http_server"]["password"] == "own-password"


def test_it_holds_neither_arguments_nor_environments():
    text = _configuration(8087, "own-password", PROGRAMS)
    assert "argument" not in text
    assert "environment" not in text
    assert "/x" not in text
