"""Calls that a region answers: joining its centre."""

from typing import Any

from chassis.contract.schema import load
from chassis.service import rpc
from services.federation.adapters.hub_client import HubClient
from services.federation.adapters.key_files import note_life
from services.federation.contract import commands
from services.federation.contract.records import MembershipSchema
from services.federation.entrypoints.parts import Federating
from services.federation.handlers import joining


class RegionEntrypoints(Federating):
    """For the role admin of a region."""

    @rpc
    def join_hub(self, payload: Any) -> Any:
        """Join the centre of an invitation, or finish what was begun; see handlers.joining."""
        asked = load(commands.JoinSchema(), payload)
        settings = self.parts.settings
        link = joining.join(
            token=asked["invitation"],
            without_tls=asked["without_tls"],
            node=settings.node,
            hub=settings.hub,
            description=settings.said(),
            files=self.parts.files,
            centre=HubClient(),
            broker=self.parts.region_broker,
            live_on=self._live_on,
        )
        said = {"node": settings.node, "hub": link["hub"]["id"], **link["amqps"]}
        said["incarnation"] = self.store.place.incarnation
        return dict(MembershipSchema().dump(said)) | {"certificate_ends": link.get("certificate_ends")}

    def _live_on(self, incarnation: int) -> None:
        """The other services look at what is noted when they find the new link (chassis/calls/federated.py)."""
        note_life(self.parts.settings.home, incarnation)
        self.store.live_on(incarnation)
