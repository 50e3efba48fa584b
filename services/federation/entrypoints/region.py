"""Calls that a region answers: joining its centre."""

from typing import Any

from chassis.contract.schema import load
from chassis.service import rpc
from services.federation.adapters.hub_client import HubClient
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
        )
        said = {"node": settings.node, "hub": link["hub"]["id"], **link["amqps"]}
        return dict(MembershipSchema().dump(said)) | {"certificate_ends": link.get("certificate_ends")}
