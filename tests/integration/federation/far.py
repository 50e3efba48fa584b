"""A centre and a region with a thin line between them: what they say to each other crosses it, all else does not."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.integration.federation.brokers import NodeBroker
from tests.integration.federation.linked import Linked, describe
from tests.thin import THIN, Line, Profile

HOST = "centre.essai"
LOOPBACK = "127.0.0.1"


class FarCentre(Linked):
    """Others reach it over a line."""

    line: Line | None = None

    def address(self) -> str:
        if self.line is None:
            return self.http
        port = urlsplit(self.http).port or 80
        return f"http://{self.line.through(port)}:{port}"


@contextmanager
def far_pair(
    folder: Path,
    mongo: str,
    profile: Profile | None = THIN,
    services: tuple[str, ...] = ("actors",),
    **environment: str,
) -> Iterator[tuple[FarCentre, Linked, Any]]:
    """Both, running and not joined yet, and the line; None without a profile: then they meet on the loopback device.

    Raises: NoNamespaceError.
    """
    with ExitStack() as stack:
        line = Line(profile) if profile else None
        if line:
            stack.callback(line.close)
        homes = {name: folder / name for name in ("central", "agadez")}
        for home in homes.values():
            (home / "broker").mkdir(parents=True)
        keys = homes["central"] / "keys" / "federation"
        brokers = {
            "central": NodeBroker(
                homes["central"] / "broker", "central", keys, host=HOST, bind=line.outside if line else LOOPBACK
            ),
            "agadez": NodeBroker(homes["agadez"] / "broker", "agadez"),
        }
        tls = brokers["central"].tls
        brokers["agadez"].knows(HOST, line.through(tls) if line else LOOPBACK)
        for broker in brokers.values():
            stack.callback(broker.close)
            broker.start()
        described = folder / "nodes"
        describe(described, "central", "Centre", f'[listen]\nhost = "{HOST}"\nport = {tls}', services)
        describe(described, "agadez", "Agadez", 'hub = "central"', services)
        centre = FarCentre(brokers["central"], mongo, homes["central"], "central", described)
        region = Linked(brokers["agadez"], mongo, homes["agadez"], "agadez", described)
        centre.line = line
        for node in (centre, region):
            stack.callback(node.close)
        centre.begin(None, services, GTM_HTTP_HOST="0.0.0.0", **environment)  # noqa: S104 (over the line too)
        region.begin("central", services, **environment)
        yield centre, region, line
