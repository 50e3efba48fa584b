"""Runs one service: `python -m chassis.runner actors`.

In order of time: settings → logs → queues of the whole node → nameko container → operators' port → until SIGTERM.
A broker or store that is not there yet is waited for, not died of.
"""

import eventlet

eventlet.monkey_patch()

import importlib  # noqa: E402 (the patch comes first, so that every module below is green)
import os  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402
import tomllib  # noqa: E402
from typing import Any  # noqa: E402

from amqp.exceptions import AMQPError  # noqa: E402
from kombu.exceptions import KombuError  # noqa: E402
from nameko.containers import ServiceContainer  # noqa: E402

from chassis.broker import frames, names  # noqa: E402
from chassis.broker.pulse import HEARTBEAT_SECONDS, Pulse  # noqa: E402
from chassis.broker.topology import Subscription, declare  # noqa: E402
from chassis.kernel import policy  # noqa: E402
from chassis.kernel.errors import UnavailableError  # noqa: E402
from chassis.process import logs, metrics, ops  # noqa: E402
from chassis.process.settings import ROOT, Settings, SettingsError  # noqa: E402
from chassis.storage import skew  # noqa: E402

log = logs.get_logger()
WORKERS = 10  # more was slower (docs/decisions)
STOP_SECONDS = 7  # then the broker gives to others what was under way
_pulse = Pulse()


def main(name: str) -> int:
    """Run the service until it is told to stop. Returns the exit code."""
    try:
        settings = Settings.from_environment()
    except SettingsError as error:
        print(f"{name}: {error}", file=sys.stderr)
        return 2
    logs.configure(name, settings.node, settings.log_level)
    names.look_up_anew()
    frames.forgive()
    metrics.announce_build()
    state: dict[str, Any] = {"container": None, "exit": 0}
    metrics.READY.labels(name).set_function(lambda: float(all(_checks(state["container"]).values())))
    ops.serve(settings.ops_host, settings.ops_port, lambda: _checks(state["container"]))
    stopping = eventlet.event.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stopping.ready() or eventlet.spawn(stopping.send))
    starter = eventlet.spawn(_start, name, settings, state, stopping)
    stopping.wait()
    log.info("service.stopping")
    starter.kill()
    if state["container"] is not None:
        with eventlet.Timeout(STOP_SECONDS, False):
            state["container"].stop()
    log.info("service.stopped")
    return int(state["exit"])


def _start(name: str, settings: Settings, state: dict[str, Any], stopping: Any) -> None:
    try:
        _start_when_possible(name, settings, state)
    except Exception:
        log.exception("service.crash")
        state["exit"] = 1
        if not stopping.ready():
            stopping.send()


def _start_when_possible(name: str, settings: Settings, state: dict[str, Any]) -> None:
    pause = 0.5
    while True:
        try:
            declare(settings.amqp_uri, subscriptions(settings.services), name.rpartition(".")[2])
            container = _container(name, settings)
            container.start()
            state["container"] = container
            log.info("service.started", ops_port=settings.ops_port)
            container.wait()
            return
        except (OSError, UnavailableError, AMQPError, KombuError) as error:
            log.warning("service.waiting", error=type(error).__name__, seconds=pause)
            eventlet.sleep(pause)
            pause = min(5.0, pause * 2)


def _container(name: str, settings: Settings) -> ServiceContainer:
    module = importlib.import_module(f"{_package(name)}.service")
    config = {
        "AMQP_URI": settings.amqp_uri,
        "HEARTBEAT": HEARTBEAT_SECONDS,
        "max_workers": WORKERS,
        "serializer": "json",
        "ACCEPT": ["json"],
        "GTM": settings,
        "SUBSCRIPTIONS": subscriptions(settings.services),
        "POLICY": policy.read(_rules(module.SERVICE)),
    }
    return ServiceContainer(module.SERVICE, config)


def _rules(service: Any) -> dict[str, Any]:
    """The table of the platform, and what a service of the tests adds for itself."""
    table = tomllib.loads((ROOT / "services" / "policy.toml").read_text(encoding="utf-8"))
    own = {call: list(who) for call, who in service.rules.items()}
    return {**table, service.name: {**table.get(service.name, {}), **own}}


def subscriptions(services: tuple[str, ...]) -> list[Subscription]:
    """Every queue that the services of this node consume, as their contracts publish them."""
    found: list[Subscription] = []
    for name in services:
        found += importlib.import_module(f"{_package(name)}.contract.subscriptions").SUBSCRIPTIONS
    return found


def _package(name: str) -> str:
    """services.<name>, or the package that a name with dots is (a service of the tests)."""
    return name if "." in name else f"services.{name}"


def _checks(container: Any) -> dict[str, bool]:
    if container is None:
        return {"started": False}
    store = next(one for one in container.dependencies if one.attr_name == "store")
    consumers = [one for one in container.subextensions if hasattr(one, "_consumers_ready")]
    broker = all(_consuming(one) for one in consumers)
    return {"started": True, "store": store.answers(), "broker": broker, "clock": skew.agrees(store.client)}


def _consuming(queue_consumer: Any) -> bool:
    """Whether every consumer of this connection is open on a live channel, and the broker is heard of."""
    channels = [consumer.channel for consumer in queue_consumer._consumers.values()]
    open_ones = [channel for channel in channels if channel is not None and channel.connection is not None]
    return 0 < len(open_ones) == len(channels) and all(_pulse.beats(channel.connection) for channel in open_ones)


if __name__ == "__main__":
    code = main(sys.argv[1])
    # At once: leaving in order would ask a store that is away to end its sessions.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
