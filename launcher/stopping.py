"""Stops a node: what serves first, then what it stands on, then the supervisor; and whatever else is left of it."""

from launcher import processes
from launcher.control import Supervisor, SupervisorGoneError
from launcher.homes import Home
from launcher.settings import SERVICES

SERVING = ("gateway", *SERVICES)
BACKING = ("broker", "store")
# Longer than any program is given before it is killed: this is for what the supervisor did not see to.
LEFTOVER_SECONDS = 20.0


def stop(home: Home) -> bool:
    """Stop the node; returns when every process of it has ended. Whether there was one."""
    there = bool(processes.running(home))
    supervisor = Supervisor.of(home)
    if supervisor is not None:
        _stop_supervised(supervisor)
        processes.wait_gone(home, LEFTOVER_SECONDS)
    end_leftovers(home)
    return there


def end_leftovers(home: Home) -> bool:
    """End the processes that outlived their supervisor, in the same order. Whether there were any."""
    left = {one.name for one in processes.running(home)}
    # A supervisor that is alive but deaf goes first: it would start again what is ended here.
    rest = sorted(left - {processes.SUPERVISOR, *SERVING, *BACKING})
    for names in ([processes.SUPERVISOR], SERVING, BACKING, rest):
        processes.end(home, list(names), LEFTOVER_SECONDS)
    return bool(left)


def _stop_supervised(supervisor: Supervisor) -> None:
    try:
        known = supervisor.states()
        supervisor.stop(*(name for name in SERVING if name in known))
        supervisor.stop(*(name for name in BACKING if name in known))
        supervisor.stop(*(name for name in known if name not in (*SERVING, *BACKING)))
        supervisor.shut_down()
    except SupervisorGoneError:
        return  # stopped by somebody else at the same moment, or killed: what is left is ended next
