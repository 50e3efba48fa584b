"""Starts the supervisor of a node: supervisord, told what to run.

It listens on a loopback port, with a password that only the owner of GTM_HOME can read: a Unix socket would not do,
its path is limited to 108 bytes and GTM_HOME may be deeper. Programs are started one by one by the launcher, then kept
up by the supervisor for as long as it lives: a process that dies is started again, at once if it had stayed up, and
after a growing pause if it dies as soon as it starts.
"""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from launcher import processes
from launcher.control import LOOK_SECONDS, Supervisor, SupervisorGoneError
from launcher.environments import ROOT
from launcher.homes import Home, write_json, write_private
from launcher.programs import Program
from launcher.settings import LOOPBACK

ANSWER_SECONDS = 30.0
OPEN_FILES = 4096  # RabbitMQ holds a descriptor per connection and per queue

# Not even the supervisor needs to know the node's secrets: each program has its own environment in its own file.
INHERITED = ("HOME", "LANG", "LC_ALL", "TZ", "TMPDIR")

# Paths are relative to GTM_HOME/run, where it is started: it would read % and # in a path as signs of its own.
HEAD = """[supervisord]
nodaemon=true
silent=true
{user}pidfile=supervisor.pid
logfile=../log/supervisor.log
logfile_maxbytes=5MB
logfile_backups=3
childlogdir=.
umask=077
minfds={files}
[inet_http_server]
port={host}:{port}
username=gtm
password={password}
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
"""

# startretries: it never gives up, a node must heal by itself once the disk has room again.
PROGRAM = """[program:{name}]
command=python -P -m launcher.child {name}
priority={priority}
autostart=false
autorestart=true
startsecs=1
startretries=1000000000
stopsignal=TERM
stopwaitsecs={seconds}
killasgroup=true
redirect_stderr=true
stdout_logfile=../log/{name}.log
stdout_logfile_maxbytes=5MB
stdout_logfile_backups=3
"""


def start(home: Home, port: int, programs: Sequence[Program], *, tied: bool = False) -> Supervisor:
    """Start the supervisor of these programs, in the order in which they may start; none of them runs yet.

    `tied`: it ends with the calling process, however that ends. Raises: SupervisorGoneError.
    """
    password = home.secret("supervisor")
    write_private(home.run / "supervisord.conf", _configuration(port, password, programs))
    for program in [*programs, _itself(home, tied=tied)]:
        write_json(home.run / "programs" / f"{program.name}.json", program.job(processes.mark(home, program.name)))
    process = _spawn(home)
    supervisor = Supervisor(port, password)
    until = time.monotonic() + ANSWER_SECONDS
    while not supervisor.answers():
        if process.poll() is not None or time.monotonic() >= until:
            raise SupervisorGoneError
        time.sleep(LOOK_SECONDS)
    return supervisor


def _configuration(port: int, password: str, programs: Sequence[Program]) -> str:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    # As root it wants to be told that this is meant.
    user = "user=root\n" if os.geteuid() == 0 else ""
    head = HEAD.format(user=user, files=files, host=LOOPBACK, port=port, password=password)
    # It stops them in the opposite order of their priorities when it is told to end.
    sections = (
        PROGRAM.format(name=one.name, priority=place, seconds=one.stop_seconds) for place, one in enumerate(programs)
    )
    return head + "".join(sections)


def _itself(home: Home, *, tied: bool) -> Program:
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return Program(
        name=processes.SUPERVISOR,
        argv=[sys.executable, "-P", "-m", "supervisor.supervisord", "-c", "supervisord.conf"],
        env={**inherited, "PATH": path, "PYTHONPATH": str(ROOT)},
        cwd=home.run,
        tied=tied,
    )


def _spawn(home: Home) -> subprocess.Popen[bytes]:
    """Start it in a session of its own, with none of the caller's descriptors: only its own log of last resort."""
    with (home.logs / "supervisor.err").open("wb") as errors:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "launcher.child", processes.SUPERVISOR],
            cwd=home.run,
            env={**os.environ, "PYTHONPATH": str(ROOT), **processes.mark(home, processes.SUPERVISOR)},
            stdin=subprocess.DEVNULL,
            stdout=errors,
            stderr=errors,
            start_new_session=True,
        )
