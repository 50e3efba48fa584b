"""Calls on members: who belongs, and the end of a membership, at the centre or on the region itself."""

from typing import Any

from chassis.contract.schema import load
from chassis.kernel.errors import NotFoundError
from chassis.service import rpc
from services.federation.contract import commands
from services.federation.contract.records import NodeSchema
from services.federation.entrypoints.centre import CentreEntrypoints
from services.federation.handlers import joining
from services.federation.handlers import node as handlers


class MemberEntrypoints(CentreEntrypoints):
    """Lists are for whoever may see what travels between nodes."""

    @rpc
    def list_nodes(self, payload: Any) -> Any:
        """A page of members, by name."""
        return self.page(self.parts.nodes.listed, commands.NodeFilterSchema(), payload, NodeSchema())

    @rpc
    def get_node(self, payload: Any) -> Any:
        """One member, by short name or id."""
        caller = self.asking()
        id = load(commands.NodeQuery(), payload)["id"]
        found = self.parts.nodes.named(id)
        if found is None or not self.store.sight(caller).admits(found.visibility):
            raise NotFoundError("node-not-found", None, {"id": id})
        return dict(NodeSchema().dump(found))

    @rpc
    def remove_node(self, payload: Any) -> Any:
        """End a membership; on a region, its own: then the centre is left. See handlers.node and handlers.joining."""
        settings = self.parts.settings
        asked = load(commands.RemoveSchema(), payload)
        if settings.hub is not None and asked["id"] == settings.hub:
            return self._leave(asked["force"])
        waiting = self.parts.hub_broker.waiting(self._short(asked["id"])) if settings.hub is None else 0
        done = self._change(handlers.remove, commands.RemoveSchema(), payload, waiting=waiting)
        return {name: done[name] for name in ("node", "hub", "state")}

    def _leave(self, force: bool) -> dict[str, Any]:
        parts, hub = self.parts, str(self.parts.settings.hub)
        if not parts.files.link():
            raise NotFoundError("node-not-found", None, {"id": hub})
        with parts.changing:
            joining.leave(hub, force, parts.files, parts.region_broker, lambda: parts.links.forget(hub))
        return {"node": parts.settings.node, "hub": hub, "state": "removed"}

    def _short(self, id: str) -> str:
        found = self.parts.nodes.named(id, self.parts.settings.node)
        return found.node if found else id
