"""Which process of this node beats: one for each store, however many run; a run that was taken over never goes on."""

from typing import Any

from pymongo.database import Database

OWN = "own"


class Beats:
    """{_id: own, run, sequence}: who beats, and the number of its last beat."""

    collection_name = "beats"

    def __init__(self, database: Database[dict[str, Any]]) -> None:
        self.collection = database[self.collection_name]

    def begin(self, run: str) -> None:
        """A process that starts beats from now on, whoever did before."""
        self.collection.update_one({"_id": OWN}, {"$set": {"run": run, "sequence": 0}}, upsert=True)

    def next(self, run: str, sequence: int) -> bool:
        """Whether this run may send its next beat: it may until another one took over."""
        wanted = {"_id": OWN, "run": run, "sequence": sequence - 1}
        return self.collection.update_one(wanted, {"$set": {"sequence": sequence}}).matched_count == 1

    def last(self) -> tuple[str, int]:
        """The run that beats, and its last beat."""
        found = self.collection.find_one({"_id": OWN}) or {}
        return str(found.get("run", "")), int(found.get("sequence", 0))

    def take_over(self, run: str, seen: tuple[str, int]) -> bool:
        """Beat from now on, if nobody has beaten since that was seen."""
        wanted = {"_id": OWN, "run": seen[0], "sequence": seen[1]}
        return self.collection.update_one(wanted, {"$set": {"run": run, "sequence": 0}}).matched_count == 1
