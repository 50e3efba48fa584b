"""Calls on the reference lists that ship."""

from typing import Any

from chassis.contract.schema import load
from chassis.kernel.errors import NotFoundError
from chassis.service import Service, rpc
from services.actors.contract.commands import ReferenceQuery
from services.actors.domain.reference import LISTS, reference


class ReferenceEntrypoints(Service):
    """list, get: the same for everybody, the public too."""

    @rpc
    def list_references(self, payload: Any) -> Any:
        """The names of the lists, how long each is, and where it comes from."""
        items = [
            {"name": name, "items": len(content["items"]), "source": content["source"], "as_of": content.get("as_of")}
            for name in LISTS
            for content in (reference(name),)
        ]
        return {"items": items, "next_cursor": None}

    @rpc
    def get_reference(self, payload: Any) -> Any:
        """One list. Raises: NotFoundError reference-not-found."""
        name = load(ReferenceQuery(), payload)["name"]
        if name not in LISTS:
            raise NotFoundError("reference-not-found", None, {"name": name, "known": ", ".join(LISTS)})
        return {"name": name, **reference(name)}
