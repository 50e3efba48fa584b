"""Three whole nodes on one machine: the centre, Agadez and Zinder; each a broker, a store, a gateway and services."""

import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.faults.own import OwnStore
from tests.integration.at_once import at_once
from tests.integration.eventually import eventually
from tests.integration.federation.brokers import NodeBroker
from tests.integration.federation.linked import Linked, describe, invite
from tests.system.federation.cable import Cable

HUB, REGIONS = "central", ("agadez", "zinder")
NAMES = (HUB, *REGIONS)
# Zinder has no indicators: a node need not run what others do.
SERVICES = {
    HUB: ("actors", "meetings", "indicators"),
    "agadez": ("actors", "meetings", "indicators"),
    "zinder": ("actors", "meetings"),
}
LIGHT = {"GTM_HTTP_WORKERS": "1", "GTM_HEARTBEAT_SECONDS": "2"}
PATIENCE = 180  # seconds for what the slowest machine does between nodes


class Whole(Linked):
    """A node that shares nothing with any other one."""

    def __init__(self, folder: Path, name: str, descriptions: Path, keys: Path | None = None) -> None:
        self.folder = folder
        for part in ("broker", "store", "home"):
            (folder / part).mkdir(parents=True)
        broker = NodeBroker(folder / "broker", name, folder / "home" / "keys" / "federation" if name == HUB else None)
        self.store = OwnStore(folder / "store")
        at_once(broker.start, self.store.start)
        super().__init__(broker, self.store.uri, folder / "home", name, descriptions)

    def ask(
        self, method: str, path: str, body: Any = None, expect: int = 200, roles: Iterable[str] = ("admin",)
    ) -> Any:
        """What the API answers. Raises: AssertionError when it answers otherwise."""
        answer = self.api(method, path, body, tuple(roles))
        assert answer.status_code == expect, (self.name, method, path, answer.status_code, answer.text)
        return answer.json()

    def make(self, path: str, body: Any, **who: Any) -> dict[str, Any]:
        """Create something."""
        return dict(self.ask("POST", path, body, 201, **who))

    def see(self, path: str) -> dict[str, Any]:
        """A page, as soon as it is there."""

        def found() -> dict[str, Any] | None:
            answer = self.api("GET", path)
            return dict(answer.json()) if answer.ok else None

        return eventually(found, within=PATIENCE, every=0.3) or {}

    def parked(self) -> list[dict[str, Any]]:
        """What any service of it could not handle."""
        return [one for service in self.services for one in self.database(service)["parked"].find({}, {"reason": 1})]

    def end(self) -> None:
        """All its processes."""
        self.stop()
        self.close()
        self.broker.close()
        self.store.close()


class Three:
    """The three of them, joined; between each region and the centre a line that can be cut."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.descriptions = folder, folder / "descriptions"
        self.nodes: dict[str, Whole] = {}
        self.cables: dict[str, Cable] = {}
        self._line = REGIONS[0]
        """Whose line the centre tells the port of."""

    @property
    def centre(self) -> Whole:
        """The one that the others dial in to."""
        return self.nodes[HUB]

    @property
    def agadez(self) -> Whole:
        """A region."""
        return self.nodes["agadez"]

    @property
    def zinder(self) -> Whole:
        """The other one."""
        return self.nodes["zinder"]

    def begin(self) -> None:
        """Start and join them."""
        describe(self.descriptions, HUB, "Centre", '[listen]\nhost = "localhost"\nport = 1', SERVICES[HUB])
        for region in REGIONS:
            describe(self.descriptions, region, region.title(), f'hub = "{HUB}"', SERVICES[region])
        self.cables = {region: Cable() for region in REGIONS}
        at_once(*(self._starting(name) for name in NAMES))
        for region in REGIONS:
            self.cables[region].target = self.centre.broker.tls
            self.join(region)

    def _starting(self, name: str) -> Callable[[], None]:
        def start() -> None:
            self.nodes[name] = Whole(self.folder / name, name, self.descriptions)
            hub = None if name == HUB else HUB
            told = {"GTM_LINK_PORT": self._told} if name == HUB else {}
            self.nodes[name].begin(hub, SERVICES[name], **LIGHT, **told)

        return start

    @property
    def _told(self) -> str:
        return str(self.cables[self._line].port)

    def join(self, region: str, **more: Any) -> None:
        """Invite it and have it join. The centre is told the port of the region's own line first."""
        if region != self._line:
            self._line = region
            self.centre.stop("federation")
            self.centre.start_federation(GTM_LINK_PORT=self._told)
        self.nodes[region].ask("POST", "/federation/join", {"invitation": invite(self.centre, region, **more)})

    def rebuild(self, region: str, meanwhile: Callable[[Whole], None] = lambda _: None) -> None:
        """Lose all of a region, its keys included, and set it up anew from nothing.

        `meanwhile`: done with the new machine before it joins.
        """
        self.nodes.pop(region).end()
        shutil.rmtree(self.folder / region)
        self._starting(region)()
        meanwhile(self.nodes[region])
        self.join(region, replace=True)

    @contextmanager
    def cut(self, region: str) -> Iterator[None]:
        """While this lasts nothing passes between the region and the centre."""
        self.cables[region].cut()
        try:
            yield
        finally:
            self.cables[region].mend()

    def await_links(self) -> None:
        """Until each end of each link says that it is up to date."""
        for region in REGIONS:
            for node, other in ((self.nodes[region], HUB), (self.centre, region)):
                eventually(lambda n=node, o=other: n.link(o).get("state") == "up_to_date", PATIENCE, 0.5)  # type: ignore[misc]

    def end(self) -> None:
        """All of it."""
        at_once(*(node.end for node in self.nodes.values()))
        for cable in self.cables.values():
            cable.close()
