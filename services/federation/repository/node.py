"""Members in the store."""

from pymongo import ASCENDING

from chassis.kernel.ids import is_id
from chassis.kernel.principal import Caller
from chassis.storage.repository import Index, Page, Repository
from services.federation.domain.node import Node


class Nodes(Repository[Node]):
    """By short name: those that this node admits, or that its centre tells of."""

    collection_name = "nodes"
    noun = "node"
    kind = Node
    indexes = (Index((("node", ASCENDING),), unique=True, conflict="node-known", field="node"),)
    order = (("node", ASCENDING),)

    def named(self, name: str, origin: str | None = None) -> Node | None:
        """By short name or id; `origin`: only as that node has it."""
        own = {"origin": origin} if origin else {}
        return self.find_by(**({"_id": name} if is_id(name) else {"node": name}), **own)

    def every(self, **equal: str) -> list[Node]:
        """All that fit, by name; a federation has tens."""
        return [self.to_record(one) for one in self.collection.find(equal).sort("node", ASCENDING)]

    def listed(self, caller: Caller, *, page_size: int, cursor: str | None, state: str | None) -> Page[Node]:
        """A page of members, by name."""
        return self.page({"state": state} if state else {}, page_size, cursor, caller)
