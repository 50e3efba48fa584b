"""How a node stands: each process with its pid and state, and whether the node as a whole does its work."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from launcher import health, journal, processes
from launcher.control import ProcessState, Supervisor, SupervisorGoneError
from launcher.homes import Home
from launcher.programs import shown
from launcher.settings import Settings

EXTERNAL, STOPPED, UNSUPERVISED = "external", "stopped", "unsupervised"


@dataclass(frozen=True, kw_only=True)
class NodeStatus:
    """What `gtm status` says. `processes`: {name, pid or null, state, since or null}."""

    node: str
    address: str
    ready: bool
    processes: list[dict[str, Any]]
    deaths: dict[str, list[journal.Happening]]

    def for_machines(self) -> dict[str, Any]:
        """The JSON of `status --json`: part of what scripts rely on."""
        return {"node": self.node, "address": self.address, "ready": self.ready, "processes": self.processes}


def of(settings: Settings) -> NodeStatus:
    """How the node of this GTM_HOME stands, whatever ports the caller's environment names."""
    home = settings.home
    record = home.record()
    supervised = _supervised(home)
    left = processes.names(processes.running(home)) if supervised is None else {}
    names = shown(record.get("services", settings.services))
    rows = [_row(name, record, supervised or {}, left) for name in names]
    works = supervised is not None and all(row["state"] in ("running", EXTERNAL) for row in rows)
    return NodeStatus(
        node=record.get("node", settings.node),
        address=record.get("address", settings.public_url),
        ready=works and health.is_ready(record.get("gateway", settings.gateway_address)),
        processes=rows,
        deaths=journal.deaths(journal.since_start(home)) if supervised is not None else {},
    )


def _supervised(home: Home) -> dict[str, ProcessState] | None:
    """What the supervisor says; None without one."""
    supervisor = Supervisor.of(home)
    try:
        return None if supervisor is None else supervisor.states()
    except SupervisorGoneError:
        return None


def _row(
    name: str, record: dict[str, Any], supervised: dict[str, ProcessState], left: dict[str, int]
) -> dict[str, Any]:
    if name in supervised:
        one = supervised[name]
        return {"name": name, "pid": one.pid, "state": one.state, "since": _instant(one.since)}
    if supervised and name in record.get("external", ()):
        return {"name": name, "pid": None, "state": EXTERNAL, "since": record["started"]}
    if name in left:
        return {"name": name, "pid": left[name], "state": UNSUPERVISED, "since": None}
    return {"name": name, "pid": None, "state": STOPPED, "since": None}


def _instant(seconds: int) -> str | None:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds") if seconds else None
