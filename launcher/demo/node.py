"""What the node has already, by the keys that people know, and one way each to make and to move what is missing."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from launcher.api_client import ApiClient
from launcher.demo.calendar import Month
from launcher.demo.catalogue import entries

Record = dict[str, Any]
Body = Mapping[str, Any]

CENTRAL_GROUP = "GTM"  # the acronym that the starter directory gives the central group

KEYS: dict[str, Callable[[Body], Any]] = {
    "/institutions": lambda one: one["acronym"],
    "/focal-points": lambda one: one["email"],
    "/groups": lambda one: one["acronym"],
    "/interventions": lambda one: one["title"],
    "/meetings": lambda one: one["title"],
    "/recommendations": lambda one: (one["meeting_id"], one["text"]),
    "/frameworks": lambda one: one["code"],
    "/indicators": lambda one: one["code"],
    "/observations": lambda one: (one["indicator_id"], one["period"], one["area"]),
}
"""By what an entry is known, list by list: what is found under its key is never made again."""


class Node:
    """The node as seen through its API; each list is read once and kept up as entries are made."""

    def __init__(self, client: ApiClient, today: date) -> None:
        self.client, self.today = client, today
        self._known: dict[str, dict[Any, Record]] = {}

    def known(self, path: str) -> dict[Any, Record]:
        """The records of a list by their key."""
        if path not in self._known:
            self.look_again(path)
        return self._known[path]

    def look_again(self, path: str) -> None:
        """Read a list anew, after the node has added to it by itself."""
        self._known[path] = {KEYS[path](one): one for one in self.client.pages(path)}

    def make(self, path: str, body: Body) -> bool:
        """Create a record unless one with its key exists; whether it was created."""
        known, key = self.known(path), KEYS[path](body)
        if key in known:
            return False
        known[key] = self.client.post(path, dict(body)).body
        return True

    def move(self, path: str, record: Record, moves: Sequence[tuple[str, Body]]) -> bool:
        """Send the verbs one after the other; `record` is then as the node answered; whether there were any."""
        for verb, body in moves:
            answer = self.client.post(f"{path}/{record['id']}/{verb}", dict(body), version=record["version"])
            record.update(answer.body)
        return bool(moves)

    def institution_id(self, acronym: str) -> str:
        """The id of an institution of the directory."""
        return str(self.known("/institutions")[acronym]["id"])

    @cached_property
    def place_names(self) -> dict[str, str]:
        """French names by p-code, of regions and departments."""
        places = [*self.client.get("/reference/regions")["items"], *self.client.get("/reference/departments")["items"]]
        return {place.get("pcode") or place["code"]: place["labels"]["fr"] for place in places}

    @cached_property
    def month(self) -> Month:
        """The month the demonstration counts from: that of its first load, read off a meeting that it left."""
        for entry in entries("meeting"):
            if "text" in entry and (found := self.known("/meetings").get(entry["title"])):
                return Month.of(date.fromisoformat(found["date"])).plus(-entry["month"])
        return Month.of(self.today)

    def meeting_day(self, entry: Body) -> date:
        """The day of a meeting of the demonstration."""
        return self.month.plus(entry["month"]).thursday(entry["week"])
