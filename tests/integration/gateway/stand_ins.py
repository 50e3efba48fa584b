"""Stock nameko services for tests of the gateway alone: they answer by nameko's own code what the test asks them to.

Run as a child: `python -m tests.integration.gateway.stand_ins AMQP_URI NAME…`; prints "ready" once they consume.
"""

import eventlet

eventlet.monkey_patch()

import base64  # noqa: E402
import sys  # noqa: E402
from typing import Any  # noqa: E402

from nameko.containers import ServiceContainer  # noqa: E402
from nameko.extensions import DependencyProvider  # noqa: E402
from nameko.rpc import rpc  # noqa: E402

from chassis.kernel import errors  # noqa: E402


class Headers(DependencyProvider):
    """The headers of the call, without nameko's prefix."""

    def get_dependency(self, worker_ctx: Any) -> dict[str, Any]:
        return dict(worker_ctx.data)


class StandIn:
    """Answers for one service name; the records it gives are made up on the spot."""

    name = "stand_in"
    headers = Headers()

    @rpc
    def echo(self, payload: Any) -> Any:
        return payload

    @rpc
    def tell_headers(self, payload: Any) -> Any:
        return self.headers

    @rpc
    def wait(self, payload: Any) -> Any:
        eventlet.sleep(payload["seconds"])
        return payload

    @rpc(expected_exceptions=errors.PlatformError)
    def refuse(self, payload: Any) -> Any:
        kind = errors.BY_NAME[payload["kind"]]
        raise kind(payload["code"], payload.get("field"), payload.get("params"), payload.get("errors", ()))

    @rpc
    def crash(self, payload: Any) -> Any:
        raise RuntimeError("a secret that must not be told")

    @rpc
    def ready(self, payload: Any = None) -> Any:
        return {"ready": True, "checks": {"store": True}}

    @rpc
    def list_events(self, payload: Any) -> Any:
        return {"items": [], "places": [], "next_cursor": None}

    @rpc
    def list_meetings(self, payload: Any) -> Any:
        return {"items": [payload], "next_cursor": None}

    @rpc
    def import_minutes(self, payload: Any) -> Any:
        size = len(base64.b64decode(payload["content_base64"]))
        return {"created": True, "meeting_id": "m", "minutes_id": "m", "warnings": [], "extracted": {"size": size}}


def main(amqp_uri: str, names: list[str]) -> None:
    """Serve until killed."""
    config = {"AMQP_URI": amqp_uri, "max_workers": 20}
    containers = [ServiceContainer(type(name, (StandIn,), {"name": name}), config) for name in names]
    for container in containers:
        container.start()
    print("ready", flush=True)
    for container in containers:
        container.wait()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
