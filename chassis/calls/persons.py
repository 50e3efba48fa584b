"""What a service holds on a person, and who read it: for the person, and for who answers them on the node."""

from collections.abc import Iterable, Mapping
from typing import Any

from chassis.contract.persons import AccessFilter, AccessSchema, PersonQuery
from chassis.contract.schema import load
from chassis.kernel.clock import rfc3339
from chassis.kernel.principal import Caller
from chassis.service import Service, rpc

KEEPERS = {"admin", "secretariat"}
MOST = 1000  # of each kind; a person has a handful


class Persons(Service):
    """Asked of every service of the node, also of those that hold nothing."""

    @rpc
    def export_person(self, payload: Any) -> Any:
        """Everything held on one's own person; on anybody's, for admin and secretariat: contract/persons.py."""
        caller, asked = self.asking(), load(PersonQuery(), payload)
        focal_point, account = asked["focal_point_id"], asked["account_id"]
        _require_own(caller, focal_point, account)
        told = {
            "service": self.name,
            "records": self.records_on(focal_point, account),
            "versions": self._versions_of(focal_point) if focal_point else [],
            "copies": self._copies_of(focal_point) if focal_point else [],
            "acts": self._acts_of(account) if account else {},
            "accesses": [],
        }
        if focal_point:
            told["accesses"] = accesses(self.store.accesses.page({"records": focal_point}, MOST, None))
            if told["records"] or told["versions"] or told["copies"]:
                self.store.accesses.note(*_who(caller), [focal_point])
        return told

    @rpc
    def list_accesses(self, payload: Any) -> Any:
        """A page of who read personal data here, the newest first: of one's own record, of all for admins."""
        caller, asked = self.asking(), load(AccessFilter(), payload)
        if "admin" not in caller.principal.roles:
            _require_own(caller, asked["focal_point_id"], None)
        wanted = {name: asked[key] for name, key in (("records", "focal_point_id"), ("by", "by")) if asked[key]}
        found = self.store.accesses.page(wanted, asked["page_size"] + 1, asked["cursor"])
        page = found[: asked["page_size"]]
        following = page[-1]["_id"] if len(found) > len(page) else None
        return {"items": accesses(page), "next_cursor": following}

    def records_on(self, focal_point: str | None, account: str | None) -> list[dict[str, Any]]:
        """The service's own records of whom is asked."""
        found = [one.collection.find_one({"_id": focal_point}) for one in self._repositories() if focal_point]
        return [_plain(one) for one in found if one is not None]

    def _versions_of(self, id: str) -> list[dict[str, Any]]:
        rows = self.store.outbox.rows.find({"subject": id}, {"envelope": 1}).limit(MOST)
        return sorted((dict(row["envelope"]) for row in rows), key=lambda one: int(one["recordversion"]))

    def _copies_of(self, id: str) -> list[dict[str, Any]]:
        found = [replica.collection.find_one({"_id": id}) for replica in self.store.replicas.values()]
        return [_plain(one) for one in found if one is not None]

    def _acts_of(self, account: str) -> dict[str, list[str]]:
        """Ids alone: what an account wrote is the institution's, that it was this account is the person's."""
        told = {}
        for one in self._repositories():
            wanted = {"$or": [{"created_by": account}, {"updated_by": account}]}
            told[one.noun] = [found["_id"] for found in one.collection.find(wanted, {"_id": 1}).limit(MOST)]
        return {noun: ids for noun, ids in told.items() if ids}

    def _repositories(self) -> Iterable[Any]:
        return self.store.by_kind.values()


def accesses(documents: Iterable[Mapping[str, Any]]) -> list[Any]:
    """Access records as they are shown."""
    return [AccessSchema().dump({**one, "id": one["_id"]}) for one in documents]


def _require_own(caller: Caller, focal_point: str | None, account: str | None) -> None:
    principal = caller.principal
    own = focal_point in (None, principal.focal_point_id) and account in (None, principal.account_id)
    if not own or (focal_point is None and account is None):
        caller.require(*sorted(KEEPERS))


def _who(caller: Caller) -> tuple[str, str, str]:
    return caller.principal.account_id, caller.method, caller.correlation_id


def _plain(document: Mapping[str, Any]) -> dict[str, Any]:
    """A stored document as JSON; what is there for searching only says nothing more."""
    return {"id" if name == "_id" else name: _json(value) for name, value in document.items() if name != "derived"}


def _json(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _json(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_json(one) for one in value]
    return rfc3339(value) if hasattr(value, "tzinfo") else value
