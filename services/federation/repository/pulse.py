"""The last pulse of each node; older ones are of no use to anybody."""

from pymongo import ASCENDING

from chassis.storage.repository import Index, Repository
from services.federation.domain.pulse import Pulse


class Pulses(Repository[Pulse]):
    """One a node: a pulse is heard and replaced, never listed, sent again or rebuilt."""

    collection_name = "pulses"
    noun = "pulse"
    kind = Pulse
    indexes = (Index((("node", ASCENDING), ("_id", ASCENDING))),)

    def life(self, node: str) -> int:
        """The incarnation that a node's last pulse was of; 0 if none was heard."""
        found = self.collection.find_one({"node": node}, {"incarnation": 1})
        return 0 if found is None else int(found["incarnation"])

    def keep(self, pulse: Pulse, incarnation: int) -> bool:
        """Keep it unless it is older than what is kept of its run; False if it is."""
        kept = self.find(pulse.id)
        if kept is not None and kept.version >= pulse.version:
            return False
        document = self.to_document(pulse) | {"incarnation": incarnation}
        self.collection.replace_one({"_id": pulse.id}, document, upsert=True)
        self.collection.delete_many({"node": pulse.node, "_id": {"$ne": pulse.id}})
        return True
